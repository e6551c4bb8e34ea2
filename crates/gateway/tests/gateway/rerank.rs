//! Documents put in order: by an endpoint that can, and by vectors where there is none.

use kaname_gateway::{Capability, EndpointChange};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{World, json_of};

#[tokio::test]
async fn an_endpoint_that_can_rerank_is_given_the_body_as_it_came() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let endpoint = world.add_endpoint(&upstream.base_url()).await;
        let change = EndpointChange {
            capabilities: Some(vec![Capability::Rerank]),
            ..EndpointChange::default()
        };
        world.gateway.change_endpoint(&world.administrator, endpoint.id, &change).await.unwrap();
        let body = "{\"model\":\"kaname/standard\", \"query\":\"要\",\"documents\":[\"a\",{\"text\":\"b\"}],\"x\":null}";
        let (status, answer) = json_of(world.post("/v1/rerank", body, &[]).await).await;
        assert_eq!((status.as_u16(), answer["results"][0]["index"].as_u64()), (200, Some(1)));
        let sent = upstream.requests().remove(0);
        assert!(sent.head.starts_with("post /v1/rerank") || sent.head.starts_with("POST /v1/rerank"));
        let sent = String::from_utf8(sent.body).unwrap();
        assert_eq!(sent, body.replace("kaname/standard", "up-model"));
        assert_eq!(world.acts().await, ["request", "decision", "attempt", "outcome completed"]);
        assert_eq!(world.content("guard.request", "request").await, body);
        // Two places for one document: what the endpoint says cannot be.
        let one = "{\"model\":\"kaname/standard\",\"query\":\"要\",\"documents\":[\"a\"]}";
        let (status, answer) = json_of(world.post("/v1/rerank", one, &[]).await).await;
        let code = answer["error"]["code"].as_str();
        assert_eq!((status.as_u16(), code), (502, Some("gateway.upstream_malformed")));
    })
    .await;
}

#[tokio::test]
async fn where_the_model_only_embeds_the_nearest_vectors_come_first_and_the_answer_says_so() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let body = json!({
            "model": "kaname/embedding", "query": "要", "top_n": 2, "return_documents": true,
            "documents": ["abc", {"text": "粗大"}, "é"],
        });
        let answer = world.post("/v1/rerank", &body.to_string(), &[]).await;
        let (status, answer) = json_of(answer).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
        // Three bytes a letter, as the question has; then two; one is cut off.
        let places: Vec<_> = answer["results"].as_array().unwrap().iter().collect();
        assert_eq!(places.len(), 2);
        assert_eq!(places[0]["index"], 1);
        assert_eq!(places[0]["document"]["text"], "粗大");
        assert!((places[0]["relevance_score"].as_f64().unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(places[1]["index"], 2);
        assert_eq!(answer["model"], "kaname/embedding (cosine of embeddings)");
        assert_eq!(answer["meta"]["method"], "cosine_of_embeddings");
        assert_eq!(world.acts().await, ["request", "decision", "attempt", "outcome completed"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_put_in_order_is_refused_by_field() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        for (field, value) in [
            ("query", json!("")),
            ("query", json!(["a"])),
            ("documents", json!([])),
            ("documents", json!("a")),
            ("documents", json!([{"title": "a"}])),
            ("top_n", json!(0)),
            ("return_documents", json!("yes")),
        ] {
            let mut body = json!({"model": "kaname/embedding", "query": "要", "documents": ["a"]});
            body[field] = value;
            let answer = world.post("/v1/rerank", &body.to_string(), &[]).await;
            let (status, answer) = json_of(answer).await;
            assert_eq!((status.as_u16(), answer["error"]["param"].as_str()), (400, Some(field)));
        }
        let body = json!({"model": "kaname/generation", "query": "要", "documents": ["a"]});
        let (status, answer) =
            json_of(world.post("/v1/rerank", &body.to_string(), &[]).await).await;
        assert_eq!(
            (status.as_u16(), answer["error"]["code"].as_str()),
            (404, Some("model_not_found"))
        );
    })
    .await;
}
