//! Vectors: over `/v1/embeddings` and by the verb, from inside and from an upstream.

use kaname_gateway::{EmbedRequest, Error, NewEndpoint};
use kaname_guard::{Caller, Purpose};
use kaname_kernel::Label;
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{World, json_of, new_endpoint};

#[tokio::test]
async fn the_embedded_model_answers_in_openais_shape() {
    on_both(|test| async move {
        let world = World::new(test).await;
        assert_eq!(world.gateway.ensure_embedded_endpoints().await.unwrap(), 2);
        assert_eq!(world.gateway.ensure_embedded_endpoints().await.unwrap(), 0, "once is enough");
        let world = &world;
        let call = |body: serde_json::Value| async move {
            json_of(world.post("/v1/embeddings", &body.to_string(), &[]).await).await
        };
        let (status, one) = call(json!({"model": "kaname/embedding", "input": "要"})).await;
        assert_eq!((status.as_u16(), &one["data"][0]["embedding"]), (200, &json!([3.0, 1.0])));
        assert_eq!((one["object"].as_str(), one["data"][0]["index"].as_u64()), (Some("list"), Some(0)));
        let body = json!({"model": "kaname/embedding", "input": ["a", "要"], "encoding_format": "base64", "dimensions": 2});
        let (_, two) = call(body).await;
        assert_eq!(two["data"][1]["embedding"], json!("AABAQAAAgD8="));
        for (field, value) in [
            ("dimensions", json!(3)),
            ("encoding_format", json!("hex")),
            ("input", json!([])),
            ("input", json!([1, 2])),
            ("input", json!({})),
        ] {
            let mut body = json!({"model": "kaname/embedding", "input": "要"});
            body[field] = value;
            let (status, answer) = call(body).await;
            assert_eq!((status.as_u16(), answer["error"]["param"].as_str()), (400, Some(field)));
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstreams_vectors_pass_as_they_are_if_they_are_as_many_as_asked() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let body = "{\"model\":\"kaname/standard\",\"input\":\"要\",\"x\":null}";
        let (status, answer) = json_of(world.post("/v1/embeddings", body, &[]).await).await;
        assert_eq!((status.as_u16(), &answer["data"][0]["embedding"]), (200, &json!([0.6, 0.8])));
        let sent = String::from_utf8(upstream.requests().remove(0).body).unwrap();
        assert_eq!(sent, body.replace("kaname/standard", "up-model"));
        let two = "{\"model\":\"kaname/standard\",\"input\":[\"a\",\"b\"]}";
        let (status, answer) = json_of(world.post("/v1/embeddings", two, &[]).await).await;
        assert_eq!(
            (status.as_u16(), answer["error"]["code"].as_str()),
            (502, Some("gateway.upstream_malformed"))
        );
    })
    .await;
}

#[tokio::test]
async fn one_batch_is_one_attempt_and_one_outcome() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let label = Label::of_rank(5).with_compartment("my_number").unwrap();
        let system = Caller::System(world.test.institution);
        let request = |label: &Label, texts: &[&str]| EmbedRequest {
            purpose: Purpose::Index,
            label: label.clone(),
            parent: None,
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        };
        let batch = request(&label, &["粗大ごみ", "a"]);
        let embedded = world.gateway.embed(&system, batch).await.unwrap();
        assert_eq!(embedded.vectors, [[12.0, 4.0], [1.0, 1.0]]);
        assert_eq!(embedded.model, "measuring");
        assert_eq!(world.acts().await, ["request", "decision", "attempt", "outcome completed"]);
        assert_eq!(world.content("guard.request", "input_sha256").await.len(), 64);
        let over = request(&Label::of_rank(6), &["a"]);
        let refused = world.gateway.embed(&system, over).await.unwrap_err();
        assert!(matches!(refused.error, Error::Guard(kaname_guard::Error::Denied(_))));
        let nothing = world.gateway.embed(&system, request(&label, &[])).await.unwrap_err();
        assert!(matches!(nothing.error, Error::BadCall { .. }));
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_of_vectors_that_keeps_failing_is_left_alone() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let failing = Upstream::start(Manner::Status(500)).await;
        world.add_endpoint(&failing.base_url()).await;
        let body = "{\"model\":\"kaname/standard\",\"input\":\"要\"}";
        let mut told = Vec::new();
        for _ in 0..4 {
            let (status, answer) = json_of(world.post("/v1/embeddings", body, &[]).await).await;
            told.push((status.as_u16(), answer["error"]["code"].as_str().unwrap().to_owned()));
        }
        let failed = (502, "gateway.upstream_failed".to_owned());
        let resting = (503, "gateway.resting".to_owned());
        assert_eq!(told, [failed.clone(), failed.clone(), failed, resting]);
        assert_eq!(failing.requests().len(), 3, "the fourth was not sent");
    })
    .await;
}

#[tokio::test]
async fn as_many_calls_for_vectors_run_at_once_as_the_endpoint_bears() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let slow = Upstream::start(Manner::Late).await;
        let new = NewEndpoint { concurrent_max: Some(1), ..new_endpoint(&slow.base_url()) };
        world.gateway.create_endpoint(&world.administrator, new).await.unwrap();
        let body = "{\"model\":\"kaname/standard\",\"input\":\"要\"}";
        let first = world.post("/v1/embeddings", body, &[]);
        let second = async {
            while slow.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            let refused = json_of(world.post("/v1/embeddings", body, &[]).await).await;
            slow.release();
            refused
        };
        let (first, (status, told)) = tokio::join!(first, second);
        assert_eq!((status.as_u16(), &told["error"]["code"]), (503, &json!("gateway.resting")));
        assert_eq!((first.status().as_u16(), slow.requests().len()), (200, 1));
    })
    .await;
}
