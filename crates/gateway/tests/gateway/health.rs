//! Probes of ailing endpoints: who is asked and when, what ends a rest, what is written.

use kaname_gateway::{EndpointChange, HealthState};
use kaname_platform::params;
use kaname_testkit::{Manner, Upstream, on_both};

use crate::support::{World, chat_body, text_of};

async fn post(world: &World) -> u16 {
    let answer = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
    text_of(answer).await.0.as_u16()
}

/// Three failures: the endpoint rests.
async fn trip(world: &World) {
    for _ in 0..3 {
        assert_eq!(post(world).await, 502);
    }
    assert_eq!(post(world).await, 503);
}

/// From and to of every change of health that was written.
async fn changes(world: &World) -> Vec<(String, String)> {
    let mut tx = world.test.platform.db.read().await.unwrap();
    let sql = "SELECT refs FROM act WHERE kind = 'gateway.health_changed' ORDER BY act_id";
    let rows = tx.fetch_all(sql, params![]).await.unwrap();
    let words = |row: &kaname_platform::db::Row| {
        let refs: serde_json::Value =
            serde_json::from_str(&row.get::<String>("refs").unwrap()).unwrap();
        (refs["from"].as_str().unwrap().to_owned(), refs["to"].as_str().unwrap().to_owned())
    };
    rows.iter().map(words).collect()
}

async fn state(world: &World) -> HealthState {
    world.gateway.endpoints(world.test.institution).await.unwrap()[0].health.state
}

fn change(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

#[tokio::test]
async fn an_endpoint_that_answers_a_probe_ends_its_rest_before_the_time() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Burst(500, 3)).await;
        world.add_endpoint(&upstream.base_url()).await;
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 0, "nothing ails");
        trip(&world).await;
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 1);
        let probe = upstream.requests().pop().unwrap();
        assert!(probe.head.starts_with("GET /v1/models ") && probe.body.is_empty());
        let acts = world.acts().await;
        assert_eq!(
            acts[acts.len() - 4..],
            ["request", "decision", "attempt", "outcome completed"],
            "a probe takes the one way"
        );
        // The clock has not moved: without the probe it would rest on.
        assert_eq!(post(&world).await, 200);
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 0, "it is well");
        assert_eq!(state(&world).await, HealthState::Ok);
        assert_eq!(changes(&world).await, [change("unknown", "ok")]);
    })
    .await;
}

#[tokio::test]
async fn one_that_does_not_answer_is_asked_ever_more_seldom_and_written_once() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Status(500)).await;
        world.add_endpoint(&upstream.base_url()).await;
        trip(&world).await;
        let mut asked = Vec::new();
        for _ in 0..120 {
            asked.push(world.gateway.probe_ailing().await.unwrap());
            world.test.clock.advance_ms(15_000);
        }
        let rounds: Vec<usize> =
            asked.iter().enumerate().filter(|(_, count)| **count == 1).map(|(at, _)| at).collect();
        assert_eq!(rounds, [0, 1, 3, 7, 15, 31, 63], "twice as long each time");
        assert_eq!(state(&world).await, HealthState::Failing);
        assert_eq!(changes(&world).await, [change("unknown", "failing")]);
        assert_eq!(upstream.requests().len(), 3 + 7);
    })
    .await;
}

#[tokio::test]
async fn what_is_switched_off_blocked_or_part_of_the_program_is_not_asked() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Status(500)).await;
        let endpoint = world.add_endpoint(&upstream.base_url()).await;
        trip(&world).await;
        let block = kaname_gateway::NewBlock {
            blocked: kaname_gateway::Blocked::Endpoint(endpoint.id.to_string()),
            minutes: 5,
            reason: "訓練".to_owned(),
        };
        let block = world.gateway.block(&world.administrator, block).await.unwrap();
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 0);
        let id = block.id.parse().unwrap();
        world.gateway.unblock(&world.administrator, id).await.unwrap();
        let off = EndpointChange { enabled: Some(false), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, endpoint.id, &off).await.unwrap();
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 0);
        let on = EndpointChange { enabled: Some(true), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, endpoint.id, &on).await.unwrap();
        assert_eq!(world.gateway.probe_ailing().await.unwrap(), 1);
    })
    .await;
}
