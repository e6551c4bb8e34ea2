//! A second endpoint is asked alongside a slow one: the first content wins, the other call really
//! ends, and both are on record with what they cost.

use kaname_gateway::{Bounds, Endpoint, NewEndpoint, NewRoute, Price};
use kaname_platform::params;
use kaname_testkit::{Manner, PIECES, Upstream, on_both};

use crate::{
    routes::leg,
    support::{World, chat_body, new_endpoint, text_of},
};

async fn priced(world: &World, name: &str, upstream: &Upstream) -> Endpoint {
    let price = Price {
        input: 1_000_000,
        output: 2_000_000,
        as_of: "2026-04-01".to_owned(),
        ..Price::default()
    };
    let new = NewEndpoint {
        public_name: format!("one/{name}"),
        price: Some(price),
        ..new_endpoint(&upstream.base_url())
    };
    world.gateway.create_endpoint(&world.administrator, new).await.unwrap()
}

/// A route to both that waits 10 ms, or as long as `after` says.
async fn hedged(world: &World, upstreams: [&Upstream; 2], after: u32) {
    let first = priced(world, "first", upstreams[0]).await;
    let second = priced(world, "second", upstreams[1]).await;
    let new = NewRoute {
        public_name: "kaname/standard".to_owned(),
        name: "標準".to_owned(),
        legs: vec![leg(&first, 0), leg(&second, 1)],
        bounds: Bounds { hedge_after_ms: Some(after), ..Bounds::default() },
        serves_workspace: false,
    };
    world.gateway.create_route(&world.administrator, new).await.unwrap();
}

/// Outcome and cost of every call so far, in the order of the attempts; waits until all have ended.
async fn calls(world: &World, count: usize) -> Vec<(String, Option<i64>)> {
    let wait = async {
        loop {
            let mut tx = world.test.platform.db.read().await.unwrap();
            let sql = "SELECT outcome, cost_micro_yen FROM model_call \
                       WHERE outcome IS NOT NULL ORDER BY act_id";
            let rows = tx.fetch_all(sql, params![]).await.unwrap();
            if rows.len() == count {
                let read = |row: &kaname_platform::db::Row| {
                    (row.get("outcome").unwrap(), row.get("cost_micro_yen").unwrap())
                };
                return rows.iter().map(read).collect();
            }
            drop(tx);
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), wait).await.unwrap()
}

async fn left(upstream: &Upstream) {
    let left = async {
        while !upstream.client_left() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), left).await.unwrap();
}

#[tokio::test]
async fn the_second_answers_where_the_first_is_slow_and_the_first_is_let_go_and_paid() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let slow = Upstream::start(Manner::Silent).await;
        let good = Upstream::start(Manner::Normal).await;
        hedged(&world, [&slow, &good], 10).await;
        for (round, stream) in [false, true].into_iter().enumerate() {
            let answer = world.post("/v1/chat/completions", &chat_body(stream), &[]).await;
            let (status, text) = text_of(answer).await;
            assert_eq!(status, 200, "{text}");
            assert!(text.contains(PIECES[0]), "{text}");
            left(&slow).await;
            let calls = calls(&world, 2 * (round + 1)).await.split_off(2 * round);
            assert_eq!(calls[0].0, "abandoned");
            // What was sent may be charged: each byte of it as one token.
            let sent = i64::try_from(chat_body(stream).len()).unwrap();
            assert_eq!(calls[0].1, Some(sent));
            assert_eq!(calls[1], ("completed".to_owned(), Some(3 + 2 * 4)));
            let mut acts = world.acts().await.split_off(7 * round);
            assert_eq!(acts[..5], ["request", "decision", "attempt", "decision", "attempt"]);
            acts[5..].sort();
            assert_eq!(acts[5..], ["outcome abandoned", "outcome completed"]);
            assert_eq!((slow.requests().len(), good.requests().len()), (round + 1, round + 1));
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_still_wins_where_it_begins_before_the_second() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (late, silent) =
            (Upstream::start(Manner::Late).await, Upstream::start(Manner::Silent).await);
        hedged(&world, [&late, &silent], 10).await;
        let body = chat_body(true);
        let released = async {
            while silent.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            late.release();
        };
        let (response, ()) = tokio::join!(world.post("/v1/chat/completions", &body, &[]), released);
        let (status, text) = text_of(response).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
        left(&silent).await;
        let outcomes: Vec<String> =
            calls(&world, 2).await.into_iter().map(|(outcome, _)| outcome).collect();
        assert_eq!(outcomes, ["completed", "abandoned"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_is_asked_where_the_first_begins_in_time_or_the_second_may_not() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (good, other) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Normal).await);
        hedged(&world, [&good, &other], 120_000).await;
        let answer = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(text_of(answer).await.0, 200);
        assert!(other.requests().is_empty());
        assert_eq!(world.acts().await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn both_may_fail_and_the_failure_is_told_once() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (late, bad) =
            (Upstream::start(Manner::Late).await, Upstream::start(Manner::Status(500)).await);
        hedged(&world, [&late, &bad], 10).await;
        let body = chat_body(false);
        let released = async {
            while bad.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            late.release();
        };
        let (response, ()) = tokio::join!(world.post("/v1/chat/completions", &body, &[]), released);
        // The second failed; the first was still under way and answers.
        assert_eq!(text_of(response).await.0, 200);
        let mut outcomes: Vec<String> =
            calls(&world, 2).await.into_iter().map(|(outcome, _)| outcome).collect();
        outcomes.sort();
        assert_eq!(outcomes, ["completed", "failed"]);
    })
    .await;
}

/// Waits until the second is asked for the request `sent`; where it will not be, the first answers.
async fn helped(slow: &Upstream, good: &Upstream, sent: usize) {
    while good.requests().len() < sent.min(62) {
        tokio::task::yield_now().await;
    }
    if good.requests().len() < sent {
        slow.release();
    }
}

#[tokio::test]
async fn a_second_endpoint_is_asked_only_while_retries_are_left() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (slow, good) =
            (Upstream::start(Manner::Late).await, Upstream::start(Manner::Normal).await);
        hedged(&world, [&slow, &good], 10).await;
        // Fifty retries at the start, and one more for every five requests.
        for sent in 1..=70 {
            let body = chat_body(false);
            let post = world.post("/v1/chat/completions", &body, &[]);
            let helped = helped(&slow, &good, sent);
            let (response, ()) = tokio::join!(post, helped);
            assert_eq!(text_of(response).await.0, 200);
        }
        assert!((62..=64).contains(&good.requests().len()), "{}", good.requests().len());
    })
    .await;
}

#[tokio::test]
async fn a_wait_that_cannot_be_is_refused_by_its_field() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let endpoint = priced(&world, "first", &upstream).await;
        for (after, failover) in [(9, None), (120_001, None), (100, Some(false))] {
            let bounds = Bounds { hedge_after_ms: Some(after), failover, ..Bounds::default() };
            let new = NewRoute {
                public_name: "kaname/standard".to_owned(),
                name: "標準".to_owned(),
                legs: vec![leg(&endpoint, 0)],
                bounds,
                serves_workspace: false,
            };
            let refused = world.gateway.create_route(&world.administrator, new).await;
            let field = matches!(
                refused,
                Err(kaname_gateway::Error::Invalid { field: "hedge_after_ms", .. })
            );
            assert!(field, "{after} {failover:?}");
        }
    })
    .await;
}
