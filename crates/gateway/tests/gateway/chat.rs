//! Calls that go well, calls that are refused, and the verbs that other slices use.

use axum::{
    body::Body,
    http::{Request, header},
};
use futures_util::{StreamExt as _, future::join_all};
use kaname_gateway::{ChatEvent, ChatMessage, ChatRequest, EndpointChange, Error, Language};
use kaname_guard::{Caller, Purpose};
use kaname_kernel::{Label, Role, Scope};
use kaname_testkit::{Manner, PIECES, Upstream, good_events, on_both};
use serde_json::Value;

use crate::support::{World, chat_body, json_of, text_of};

#[tokio::test]
async fn the_callers_bytes_pass_as_they_are_but_for_the_models_name() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let body = "{ \"x\":null,\"messages\":[{\"role\":\"user\",\"content\":\"要\\u3042\",\"n\":1.50}],\
                    \"model\" : \"kaname/standard\" , \"zz\":{\"a\":[1e2]}}";
        let response = world.post("/v1/chat/completions", body, &[]).await;
        let act = response.headers()["x-kaname-act"].to_str().unwrap().to_owned();
        assert_eq!(response.headers()["x-kaname-label"], "2");
        assert_eq!(response.headers()["x-request-id"], act.as_str());
        let (status, text) = text_of(response).await;
        assert_eq!(status, 200);
        assert!(text.contains("\"x_unknown\":null") && text.contains(&PIECES.concat()));
        let received = upstream.requests().remove(0);
        assert_eq!(String::from_utf8(received.body).unwrap(), body.replace("kaname/standard", "up-model"));
        assert!(received.head.contains("authorization: Bearer upstream-secret"), "{}", received.head);
        assert!(!received.head.contains(&world.key), "the caller's key stays here");
        assert_eq!(world.acts().await, ["request", "decision", "attempt", "outcome completed"]);
        assert_eq!(world.content("guard.outcome", "answer").await, PIECES.concat());
        assert!(world.content("guard.request", "messages").await.starts_with("[{\"role\":\"user\""));
    })
    .await;
}

#[tokio::test]
async fn a_stream_passes_event_by_event_and_ends_after_its_outcome() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let response = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream; charset=utf-8");
        let mut expected = good_events();
        expected.push("data: [DONE]\n\n".to_owned());
        let mut frames = response.into_body().into_data_stream();
        for event in expected {
            if event.contains("[DONE]") {
                assert_eq!(
                    world.acts().await.len(),
                    3,
                    "the outcome is written when the end is asked for"
                );
            }
            assert_eq!(frames.next().await.unwrap().unwrap(), event.as_bytes());
        }
        assert_eq!(world.acts().await, ["request", "decision", "attempt", "outcome completed"]);
        assert!(frames.next().await.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_streams_at_once_all_end_well() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let expected = good_events().concat() + "data: [DONE]\n\n";
        let body = chat_body(true);
        let calls = (0..50)
            .map(|_| async { text_of(world.post("/v1/chat/completions", &body, &[]).await).await });
        for (status, text) in join_all(calls).await {
            assert_eq!((status.as_u16(), &text), (200, &expected));
        }
        let acts = world.acts().await;
        assert_eq!(acts.len(), 200);
        assert_eq!(acts.iter().filter(|act| *act == "outcome completed").count(), 50);
    })
    .await;
}

#[tokio::test]
async fn a_denied_call_never_opens_a_connection() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let endpoint = world.add_endpoint(&upstream.base_url()).await;
        let refused = |headers: &'static [(&'static str, &'static str)]| async {
            let (status, body) =
                json_of(world.post("/v1/chat/completions", &chat_body(false), headers).await).await;
            (status.as_u16(), body["error"]["code"].as_str().unwrap().to_owned())
        };
        assert_eq!(
            refused(&[("x-kaname-label", "3")]).await,
            (403, "guard.endpoint_not_cleared".to_owned())
        );
        let personal = refused(&[("x-kaname-label", "1+personal")]).await;
        assert_eq!(personal, (403, "guard.endpoint_not_cleared".to_owned()));
        let off = EndpointChange { enabled: Some(false), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, endpoint.id, &off).await.unwrap();
        assert_eq!(refused(&[]).await, (403, "guard.endpoint_disabled".to_owned()));
        let weak = world.key_of(&world.administrator, &[Scope::Knowledge]).await;
        let request =
            Request::post("/v1/chat/completions").header("authorization", format!("Bearer {weak}"));
        let response = world.send(request.body(Body::from(chat_body(false))).unwrap()).await;
        assert_eq!(response.headers()["x-should-retry"], "false");
        assert_eq!(json_of(response).await.0, 403);
        assert_eq!(world.acts().await, ["request", "decision"].repeat(4));
        assert_eq!(upstream.connections(), 0);
    })
    .await;
}

#[tokio::test]
async fn bad_bodies_are_refused_in_openais_shape_before_anything_is_called() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let huge = format!("{{\"model\":\"{}\"}}", "a".repeat(70_000));
        let cases = [
            ("{\"model\":\"a\",\"model\":\"b\"}", 400, "gateway.bad_call"),
            ("{\"model\":", 400, "gateway.bad_call"),
            ("[]", 400, "gateway.bad_call"),
            ("{\"model\":\"kaname/standard\"}", 400, "gateway.bad_call"),
            ("{\"model\":\"kaname/standard\",\"messages\":[]}", 400, "gateway.bad_call"),
            ("{\"model\":7,\"messages\":[{}]}", 400, "gateway.bad_call"),
            (
                "{\"model\":\"kaname/standard\",\"messages\":[{}],\"stream\":\"yes\"}",
                400,
                "gateway.bad_call",
            ),
            ("{\"model\":\"gpt\",\"messages\":[{}]}", 404, "model_not_found"),
            ("{\"model\":\"' OR 1=1 --\",\"messages\":[{}]}", 404, "model_not_found"),
            (&huge, 413, "http.too_large"),
        ];
        for (body, status, code) in cases {
            let (got, answer) = json_of(world.post("/v1/chat/completions", body, &[]).await).await;
            let start: String = body.chars().take(60).collect();
            assert_eq!(
                (got.as_u16(), answer["error"]["code"].as_str()),
                (status, Some(code)),
                "{start}"
            );
            assert!(answer["error"]["message"].is_string() && answer["error"]["type"].is_string());
        }
        let bad_label = [("x-kaname-label", "secret")];
        let (status, _) =
            json_of(world.post("/v1/chat/completions", &chat_body(true), &bad_label).await).await;
        assert_eq!(status, 400);
        let bytes = Request::post("/v1/chat/completions")
            .header("authorization", format!("Bearer {}", world.key));
        let response =
            world.send(bytes.body(Body::from(b"{\"model\":\"\xff\"}".to_vec())).unwrap()).await;
        assert_eq!(json_of(response).await.0, 400);
        let nobody =
            Request::post("/v1/chat/completions").body(Body::from(chat_body(true))).unwrap();
        let (status, answer) = json_of(world.send(nobody).await).await;
        assert_eq!(
            (status.as_u16(), answer["error"]["code"].as_str()),
            (401, Some("invalid_api_key"))
        );
        assert_eq!(world.acts().await, Vec::<String>::new());
        assert_eq!(upstream.connections(), 0);
    })
    .await;
}

#[tokio::test]
async fn models_are_listed_in_openais_shape_and_only_the_institutions_own() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.add_endpoint("http://127.0.0.1:1/v1").await;
        let (status, list) = json_of(world.get("/v1/models", &world.key).await).await;
        assert_eq!(
            (status.as_u16(), list["data"][0]["id"].as_str()),
            (200, Some("kaname/standard"))
        );
        assert_eq!(
            (list["object"].as_str(), list["data"][0]["object"].as_str()),
            (Some("list"), Some("model"))
        );
        for path in ["/v1/models/kaname/standard", "/v1/models/kaname%2Fstandard"] {
            assert_eq!(json_of(world.get(path, &world.key).await).await.0, 200, "{path}");
        }
        assert_eq!(json_of(world.get("/v1/models/other", &world.key).await).await.0, 404);
        let village = world.test.other_institution("village").await;
        let stranger = world.add(village, "stranger", Role::Administrator).await;
        let key = world.key_of(&stranger, &[Scope::Models]).await;
        let (_, list) = json_of(world.get("/v1/models", &key).await).await;
        assert_eq!(list["data"], Value::Array(Vec::new()));
        let call =
            Request::post("/v1/chat/completions").header("authorization", format!("Bearer {key}"));
        let response = world.send(call.body(Body::from(chat_body(false))).unwrap()).await;
        assert_eq!(json_of(response).await.0, 404, "another institution's model is not there");
    })
    .await;
}

fn written(reads: Vec<Label>) -> ChatRequest {
    ChatRequest {
        purpose: Purpose::Ask,
        label: Label::of_rank(2),
        reads,
        language: Some(Language::Ja),
        parent: None,
        messages: vec![ChatMessage {
            role: "user", content: "粗大ごみの手数料は？".to_owned()
        }],
        max_tokens: Some(64),
        temperature: None,
    }
}

#[tokio::test]
async fn other_slices_have_text_written_under_the_label_of_what_they_send() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let caller = Caller::from(&world.administrator);
        let none = world.gateway.chat_stream(&caller, written(Vec::new())).await;
        assert!(matches!(none.unwrap_err().error, Error::NoEndpoint));
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let mut stream =
            world.gateway.chat_stream(&caller, written(vec![Label::of_rank(1)])).await.unwrap();
        assert_eq!(stream.label(), &Label::of_rank(2));
        let mut text = String::new();
        while let Some(event) = stream.next().await {
            match event.unwrap() {
                ChatEvent::Delta(more) => text.push_str(&more),
                ChatEvent::Finished { finish_reason, usage, .. } => {
                    assert_eq!(finish_reason.as_deref(), Some("stop"));
                    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (Some(3), Some(4)));
                }
            }
        }
        assert_eq!(text, PIECES.concat());
        let refused =
            world.gateway.chat_stream(&caller, written(vec![Label::of_rank(3)])).await.unwrap_err();
        assert!(matches!(refused.error, Error::Guard(kaname_guard::Error::Denied(_))));
        assert!(refused.act.is_some(), "the denial is on record");
        assert_eq!(upstream.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_an_endpoint_that_is_on_cleared_and_speaks_the_language_is_capable() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let endpoint = world.add_endpoint("http://127.0.0.1:1/v1").await;
        let able = |label: u8, language: Language| {
            let world = &world;
            async move {
                let (label, language) = (Label::of_rank(label), Some(language));
                let request = ChatRequest { label, language, ..written(Vec::new()) };
                let caller = Caller::from(&world.administrator);
                let found = world.gateway.capable_endpoint(&caller, &request);
                found.await.unwrap().map(|endpoint| endpoint.id)
            }
        };
        assert_eq!(able(2, Language::Ja).await, Some(endpoint.id));
        assert_eq!(able(3, Language::Ja).await, None, "not cleared");
        assert_eq!(able(2, Language::En).await, None, "not trusted with English");
        let off = EndpointChange { enabled: Some(false), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, endpoint.id, &off).await.unwrap();
        assert_eq!(able(2, Language::Ja).await, None, "switched off");
    })
    .await;
}

#[tokio::test]
async fn the_embedded_generator_answers_in_openais_shape_and_never_counts_for_japanese() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let call = |text: &str, rest: &str| {
            format!(
                "{{\"model\":\"kaname/embedded\",\"messages\":[{{\"role\":\"user\",\"content\":\"{text}\"}}]{rest}}}"
            )
        };
        let whole = world.post("/v1/chat/completions", &call("one two", ""), &[]).await;
        let (status, answer) = json_of(whole).await;
        assert_eq!((status.as_u16(), &answer["choices"][0]["message"]["content"]), (200, &"one two".into()));
        assert_eq!(answer["object"], "chat.completion");
        assert_eq!((&answer["model"], &answer["usage"]["total_tokens"]), (&"kaname/embedded".into(), &4.into()));
        let rest = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        let (_, text) = text_of(world.post("/v1/chat/completions", &call("one two", rest), &[]).await).await;
        let data: Vec<&str> = text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect();
        assert_eq!((data.len(), data[5]), (6, "[DONE]"), "role, two words, finish, usage, end: {text}");
        let chunks: Vec<Value> = data[..5].iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect();
        assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk" && chunk["id"] == chunks[0]["id"]));
        assert_eq!(chunks[1]["choices"][0]["delta"]["content"], "one ");
        assert_eq!(chunks[3]["choices"][0]["finish_reason"], "stop");
        assert_eq!((&chunks[4]["choices"], &chunks[4]["usage"]["prompt_tokens"]), (&Value::Array(Vec::new()), &2.into()));
        let crashed = world.post("/v1/chat/completions", &call("crash", ""), &[]).await;
        assert_eq!(json_of(crashed).await.1["error"]["code"], "gateway.embedded_failed");
        assert_eq!(world.acts().await.last().unwrap(), "outcome failed gateway.embedded_failed");
        let gone = json_of(world.post("/v1/chat/completions", &call("gone", ""), &[]).await).await.1;
        assert_eq!(gone["error"]["code"], "gateway.embedded_no_model");
        let caller = Caller::from(&world.administrator);
        for (language, expected) in [(Language::En, true), (Language::Ja, false)] {
            let request = ChatRequest { language: Some(language), ..written(Vec::new()) };
            let found = world.gateway.capable_endpoint(&caller, &request).await;
            assert_eq!(found.unwrap().is_some(), expected, "{language:?}");
        }
    })
    .await;
}
