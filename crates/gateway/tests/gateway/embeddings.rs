//! Vectors: over `/v1/embeddings` and by the verb, from inside and from an upstream.

use kaname_gateway::{EmbedRequest, Error};
use kaname_guard::{Caller, Purpose};
use kaname_kernel::Label;
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{World, json_of};

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
