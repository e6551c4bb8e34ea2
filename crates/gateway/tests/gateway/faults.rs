//! Silence, absence and callers who go away. Every other fault is in `fault_matrix`.

use std::time::Duration;

use http_body_util::BodyExt as _;
use kaname_platform::params;
use kaname_testkit::{Manner, PIECES, Upstream, good_events, on_both};

use crate::support::{World, chat_body, json_of, text_of};

const ADMITTED: [&str; 3] = ["request", "decision", "attempt"];

fn chain(outcome: &str) -> Vec<String> {
    ADMITTED.iter().copied().chain([outcome]).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_and_recorded() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.add_endpoint("http://127.0.0.1:1/v1").await;
        let (status, body) =
            json_of(world.post("/v1/chat/completions", &chat_body(true), &[]).await).await;
        assert_eq!(
            (status.as_u16(), body["error"]["code"].as_str()),
            (502, Some("gateway.upstream_unreachable"))
        );
        assert_eq!(world.acts().await, chain("outcome failed gateway.upstream_unreachable"));
    })
    .await;
}

#[tokio::test]
async fn silence_before_and_inside_an_answer_ends_in_time() {
    on_both(|test| async move {
        let world = World::patient(test, Duration::from_millis(300)).await;
        let silent = Upstream::start(Manner::Silent).await;
        let endpoint = world.add_endpoint(&silent.base_url()).await;
        let (status, body) =
            json_of(world.post("/v1/chat/completions", &chat_body(true), &[]).await).await;
        assert_eq!(
            (status.as_u16(), body["error"]["code"].as_str()),
            (504, Some("gateway.upstream_timeout"))
        );
        world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
        let stalling = Upstream::start(Manner::Stall).await;
        world.add_endpoint(&stalling.base_url()).await;
        let (_, text) =
            text_of(world.post("/v1/chat/completions", &chat_body(true), &[]).await).await;
        assert!(text.contains(PIECES[1]) && text.contains("gateway.upstream_stalled"), "{text}");
        let mut expected = chain("outcome failed gateway.upstream_timeout");
        expected.extend(chain("outcome broken gateway.upstream_stalled"));
        assert_eq!(world.acts().await, expected);
        assert_eq!(world.content("guard.outcome", "answer").await, PIECES[..2].concat());
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_goes_away_stops_the_upstream_and_is_recorded() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Stall).await;
        world.add_endpoint(&upstream.base_url()).await;
        let response = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        let mut body = response.into_body();
        for event in good_events().iter().take(2) {
            let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
            assert_eq!(frame, event.as_bytes(), "one write per event");
        }
        drop(body);
        world.until_last_act("outcome abandoned").await;
        assert_eq!(world.acts().await, chain("outcome abandoned"));
        assert_eq!(world.content("guard.outcome", "answer").await, PIECES[..2].concat());
        let left = async {
            while !upstream.client_left() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), left).await.expect("the upstream was let go");
    })
    .await;
}

#[tokio::test]
async fn what_the_log_cannot_record_is_never_ended_as_if_it_were() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let response = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(response.status(), 200);
        let mut tx = world.test.platform.db.begin().await.unwrap();
        tx.execute("DELETE FROM model_call", params![]).await.unwrap();
        tx.commit().await.unwrap();
        let (_, text) = text_of(response).await;
        assert!(!text.contains("[DONE]") && text.contains("\"error\""), "{text}");
        assert_eq!(world.acts().await, ADMITTED);
    })
    .await;
}
