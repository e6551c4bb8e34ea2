//! Spans at a real OTLP receiver: what they say of a call, and what they never say.

use std::{collections::BTreeMap, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use kaname_gateway::{Config, SCHEMA_URL};
use kaname_kernel::Label;
use kaname_platform::{
    outbound::Collector,
    telemetry::{Exporter, Source},
};
use kaname_testkit::{Backend, Manner, PIECES, TestPlatform, Upstream};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value, trace::v1::Span,
};
use prost::Message as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::{World, chat_body, json_of, text_of};

const QUESTION: &str = "粗大ごみの手数料は";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// What arrived at the collector.
struct Arrived {
    headers: HeaderMap,
    body: Bytes,
}

/// A server that takes what OTLP/HTTP posts.
struct Receiver {
    url: String,
    arrived: UnboundedReceiver<Arrived>,
}

impl Receiver {
    #[expect(clippy::disallowed_methods, reason = "a test server has no platform to spawn on")]
    async fn start() -> Self {
        let (sender, arrived) = unbounded_channel();
        let app = Router::new().route("/v1/traces", post(take)).with_state(sender);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, arrived }
    }

    /// The next spans to arrive, with the bytes that they came in.
    async fn spans(&mut self) -> (Vec<Span>, Arrived) {
        let wait = tokio::time::timeout(Duration::from_secs(20), self.arrived.recv());
        let arrived = wait.await.unwrap().unwrap();
        let request = ExportTraceServiceRequest::decode(arrived.body.clone()).unwrap();
        let resource = &request.resource_spans[0];
        let scope = &resource.scope_spans[0];
        assert_eq!((request.resource_spans.len(), resource.scope_spans.len()), (1, 1));
        assert_eq!((&*resource.schema_url, &*scope.schema_url), (SCHEMA_URL, SCHEMA_URL));
        let about = said(&resource.resource.as_ref().unwrap().attributes);
        assert_eq!(about["service.name"], "kaname");
        (scope.spans.clone(), arrived)
    }

    async fn span(&mut self) -> (Span, BTreeMap<String, String>, Arrived) {
        let (mut spans, arrived) = self.spans().await;
        assert_eq!(spans.len(), 1, "{spans:?}");
        let span = spans.remove(0);
        let facts = said(&span.attributes);
        (span, facts, arrived)
    }
}

async fn take(State(sender): State<UnboundedSender<Arrived>>, headers: HeaderMap, body: Bytes) {
    sender.send(Arrived { headers, body }).unwrap();
}

fn said(
    attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue],
) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::DoubleValue(number) => number.to_string(),
        Value::BoolValue(flag) => flag.to_string(),
        other => format!("{other:?}"),
    };
    attributes
        .iter()
        .map(|pair| {
            let value = pair.value.as_ref().unwrap().value.as_ref().unwrap();
            (pair.key.clone(), text(value))
        })
        .collect()
}

/// A world whose spans go to `receiver`; content leaves up to `cleared`.
async fn world(receiver: &Receiver, cleared: Option<Label>) -> World {
    let test = TestPlatform::new(Backend::Sqlite).await;
    let (tasks, url) = (test.platform.tasks.clone(), receiver.url.clone());
    let headers = HeaderMap::from_iter([(
        "x-collector-key".parse().unwrap(),
        "collector-secret".parse().unwrap(),
    )]);
    let bounds = (Duration::from_secs(20), Config::default());
    World::with(test, bounds, |gateway, outbound| {
        let collector = Collector::new(&url, headers).unwrap();
        let source = Source {
            service: "kaname".to_owned(),
            version: "0".to_owned(),
            instance: "one".to_owned(),
            scope: "kaname.gateway",
            schema_url: SCHEMA_URL,
        };
        gateway.with_exporter(Exporter::start(
            (&tasks, outbound.clone()),
            collector,
            source,
            cleared,
        ))
    })
    .await
}

#[tokio::test]
async fn a_call_becomes_a_span_of_the_callers_trace_without_a_word_of_its_content() {
    let mut receiver = Receiver::start().await;
    let world = world(&receiver, None).await;
    let upstream = Upstream::start(Manner::Normal).await;
    world.add_endpoint(&upstream.base_url()).await;
    let headers = [("traceparent", PARENT), ("tracestate", "town=7")];
    let answer = world.post("/v1/chat/completions", &chat_body(true), &headers).await;
    let act = answer.headers()["x-kaname-act"].to_str().unwrap().to_owned();
    assert_eq!(text_of(answer).await.0, 200);
    let (span, facts, arrived) = receiver.span().await;
    assert_eq!(span.name, "chat up-model");
    assert_eq!(span.kind, 3, "a client's");
    assert_eq!(span.trace_id[..4], [0x0a, 0xf7, 0x65, 0x19]);
    assert_eq!(span.parent_span_id[..], [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
    assert_eq!(span.trace_state, "town=7");
    assert!(span.status.is_none() && span.end_time_unix_nano >= span.start_time_unix_nano);
    let port = upstream.base_url();
    let port = port.trim_end_matches("/v1").rsplit(':').next().unwrap().to_owned();
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "up-model"),
        ("gen_ai.request.stream", "true"),
        ("gen_ai.response.model", "up-model"),
        ("gen_ai.usage.input_tokens", "3"),
        ("gen_ai.usage.output_tokens", "4"),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("kaname.act.id", &act),
        ("kaname.decision", "allowed"),
        ("kaname.endpoint", "kaname/standard"),
        ("kaname.failover", "false"),
        ("kaname.label", "2"),
        ("kaname.outcome", "completed"),
        ("kaname.purpose", "direct_call"),
    ] {
        assert_eq!(facts.get(name).map(String::as_str), Some(value), "{name}: {facts:?}");
    }
    assert!(facts["gen_ai.response.finish_reasons"].contains("stop"));
    assert!(facts.contains_key("gen_ai.response.time_to_first_chunk"));
    assert!(!facts.contains_key("error.type"));
    assert_eq!(arrived.headers["content-type"], "application/x-protobuf");
    assert_eq!(arrived.headers["x-collector-key"], "collector-secret");
    let text = String::from_utf8_lossy(&arrived.body).into_owned();
    let secrets = [QUESTION, PIECES[0], PIECES[1], &world.key, "upstream-secret", "chief"];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} left for the collector");
    }
    let user = world.administrator.user.to_string();
    assert!(!text.contains(&user), "a person's id left for the collector");
}

#[tokio::test]
async fn without_a_callers_trace_the_trace_is_the_act_and_faults_have_their_code() {
    let mut receiver = Receiver::start().await;
    let world = world(&receiver, None).await;
    let upstream = Upstream::start(Manner::Status(500)).await;
    world.add_endpoint(&upstream.base_url()).await;
    let answer = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
    let act = answer.headers()["x-kaname-act"].to_str().unwrap().to_owned();
    let (span, facts, _) = receiver.span().await;
    let hex = format!("{:032x}", u128::from_be_bytes(span.trace_id.try_into().unwrap()));
    assert_eq!(hex, act.replace('-', ""));
    assert!(span.parent_span_id.is_empty());
    assert_eq!(span.status.unwrap().code, 2);
    assert_eq!(facts["error.type"], "gateway.upstream_failed");
    assert_eq!(facts["kaname.outcome"], "failed");
    let attempt = facts["kaname.attempt.id"].replace('-', "");
    let own = format!("{:016x}", u64::from_be_bytes(span.span_id.try_into().unwrap()));
    assert!(attempt.ends_with(&own) && attempt != hex);
}

#[tokio::test]
async fn refusals_and_embeddings_are_spans_too_and_an_unsampled_caller_leaves_none() {
    let mut receiver = Receiver::start().await;
    let world = world(&receiver, None).await;
    let upstream = Upstream::start(Manner::Normal).await;
    world.add_endpoint(&upstream.base_url()).await;
    let unsampled = [("traceparent", PARENT.replace("-01", "-00"))];
    let unsampled = [("traceparent", unsampled[0].1.as_str())];
    assert_eq!(
        world.post("/v1/chat/completions", &chat_body(false), &unsampled).await.status(),
        200
    );
    let high = [("x-kaname-label", "3")];
    assert_eq!(world.post("/v1/chat/completions", &chat_body(false), &high).await.status(), 403);
    let input = r#"{"model": "kaname/standard", "input": "粗大ごみの手数料は"}"#;
    let (status, _) = json_of(world.post("/v1/embeddings", input, &[]).await).await;
    assert_eq!(status, 200);
    let (spans, arrived) = receiver.spans().await;
    let told: Vec<_> = spans
        .iter()
        .map(|span| (span.name.as_str(), said(&span.attributes)["kaname.outcome"].clone()))
        .collect();
    let expected =
        [("chat up-model", "denied".to_owned()), ("embeddings up-model", "completed".to_owned())];
    assert_eq!(told, expected);
    assert_eq!(said(&spans[0].attributes)["error.type"], "endpoint_not_cleared");
    assert!(!String::from_utf8_lossy(&arrived.body).contains(QUESTION));
}

#[tokio::test]
async fn content_leaves_only_up_to_the_collectors_label_and_the_ledger_says_so() {
    for (cleared, leaves) in [(2, true), (1, false)] {
        let mut receiver = Receiver::start().await;
        let world = world(&receiver, Some(Label::of_rank(cleared))).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let answer = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(text_of(answer).await.0, 200);
        let (_, facts, arrived) = receiver.span().await;
        let shown = String::from_utf8_lossy(&arrived.body).contains(QUESTION);
        assert_eq!(shown, leaves, "a collector cleared for {cleared}");
        assert_eq!(facts.contains_key("gen_ai.output.messages"), leaves);
        if leaves {
            let input: serde_json::Value =
                serde_json::from_str(&facts["gen_ai.input.messages"]).unwrap();
            assert_eq!(input[0]["role"], "user");
            assert!(input[0]["parts"][0]["content"].as_str().unwrap().starts_with(QUESTION));
            let output: serde_json::Value =
                serde_json::from_str(&facts["gen_ai.output.messages"]).unwrap();
            assert_eq!(output[0]["parts"][0]["content"], PIECES.concat());
            assert_eq!(output[0]["finish_reason"], "stop");
        }
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT refs FROM act WHERE kind = 'guard.outcome'";
        let row = tx.fetch_one(sql, kaname_platform::params![]).await.unwrap();
        let refs: String = row.get("refs").unwrap();
        assert_eq!(refs.contains("content_shown_to"), leaves, "{refs}");
    }
}
