//! A budget through the front door: what is used up is refused before anything is sent.

use kaname_guard::{NewBudget, Unit};
use kaname_testkit::{Manner, Upstream, on_both};

use crate::support::{World, chat_body, text_of};

/// Two calls a day for the whole institution, administrators included.
fn two_calls() -> NewBudget {
    NewBudget {
        subject_kind: "institution".to_owned(),
        subject_id: None,
        period: "day".to_owned(),
        unit: Unit::Requests.as_str().to_owned(),
        limit: 2,
        enabled: None,
        contact: "情報政策課".to_owned(),
    }
}

#[tokio::test]
async fn the_call_after_the_last_is_refused_with_whom_to_ask_and_never_sent() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let guard = world.gateway.guard();
        guard.create_budget(&world.administrator, &two_calls()).await.unwrap();
        for stream in [false, true] {
            let answer = world.post("/v1/chat/completions", &chat_body(stream), &[]).await;
            assert_eq!(text_of(answer).await.0, 200);
        }
        let refused = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(refused.headers()["x-should-retry"], "false");
        let (status, text) = text_of(refused).await;
        assert_eq!(status, 429, "{text}");
        assert!(text.contains("情報政策課"), "{text}");
        assert_eq!(upstream.requests().len(), 2);
        let left = guard.list_budgets(&world.administrator, (None, 1)).await.unwrap();
        let standing = left.items[0].standing;
        assert_eq!((standing.used, standing.reserved), (2, 0));
    })
    .await;
}
