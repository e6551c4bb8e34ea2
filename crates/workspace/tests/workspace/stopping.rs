//! Stopping, going away, failing: what was shown is kept, and the work behind it ends.

use std::time::Duration;

use axum::http::StatusCode;
use kaname_kernel::Label;
use kaname_testkit::on_both;
use kaname_workspace::{AnswerFault, Config};
use serde_json::json;

use crate::world::{World, patiently, read};

#[tokio::test]
async fn stopping_keeps_what_was_shown_and_ends_the_work() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 2).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        let started = events.expect("started").await;
        script.say("毎週").await;
        events.expect("delta").await;
        let stop = format!("{path}/messages/{}/stop", started["message_id"].as_str().unwrap());
        assert_eq!(world.call(&hanako, ("POST", &stop), None).await.0, StatusCode::ACCEPTED);
        let done = events.expect("done").await;
        assert_eq!(done["message"]["state"], "stopped");
        assert_eq!(done["message"]["text"], "毎週");
        assert!(events.next().await.is_none());
        patiently(script.steps.closed()).await;
        assert_eq!(world.messages(&hanako, &path, 2).await[1], done["message"]);
        // A second stop changes nothing; a stop of nothing is refused.
        assert_eq!(world.call(&hanako, ("POST", &stop), None).await.0, StatusCode::ACCEPTED);
        let asked =
            format!("{path}/messages/{}/stop", started["user_message"]["id"].as_str().unwrap());
        assert_eq!(world.call(&hanako, ("POST", &asked), None).await.0, StatusCode::NOT_FOUND);
        let odd = format!("{path}/messages/no-id/stop");
        assert_eq!(world.call(&hanako, ("POST", &odd), None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(world.acts().await[2].1["state"], "stopped");
    })
    .await;
}

#[tokio::test]
async fn whoever_goes_away_stops_the_answer_and_finds_it_again() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 2).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        events.expect("started").await;
        script.say("毎週").await;
        events.expect("delta").await;
        drop(events);
        patiently(script.steps.closed()).await;
        let messages = world.messages(&hanako, &path, 2).await;
        assert_eq!(
            (&messages[1]["state"], &messages[1]["text"]),
            (&json!("stopped"), &json!("毎週"))
        );
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみの申込先").await;
        script.finish(Label::of_rank(1)).await;
        while events.next().await.is_some() {}
        assert_eq!(world.messages(&hanako, &path, 4).await[3]["state"], "complete");
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_kept_with_its_code_and_what_was_shown() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 2).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        events.expect("started").await;
        script.say("毎週").await;
        events.expect("delta").await;
        let fault =
            AnswerFault { code: "gateway.unreachable".to_owned(), detail: "gone".to_owned() };
        script.steps.send(Err(fault)).await.unwrap();
        let failed = events.expect("failed").await;
        assert_eq!(
            (&failed["code"], &failed["detail"]),
            (&json!("gateway.unreachable"), &json!("gone"))
        );
        let messages = world.messages(&hanako, &path, 2).await;
        assert_eq!(messages[1], failed["message"]);
        assert_eq!(
            messages[1]["error"],
            json!({ "code": "gateway.unreachable", "detail": "gone" })
        );
        assert_eq!(
            (&messages[1]["state"], &messages[1]["text"]),
            (&json!("failed"), &json!("毎週"))
        );
        assert_eq!(world.acts().await[2].1["code"], "gateway.unreachable");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_takes_too_long_is_a_failure() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 2).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        events.expect("started").await;
        drop(script);
        assert_eq!(events.expect("failed").await["code"], "workspace.cut_off");
        let hasty = Config { answer_time_max: Duration::ZERO, ..Config::default() };
        let hasty = World::with(&test.platform, test.institution, hasty);
        let mut events =
            crate::world::Events::of(hasty.post(&hanako, &path, "ごみ袋の大きさ").await);
        events.expect("started").await;
        assert_eq!(events.expect("failed").await["code"], "workspace.timed_out");
    })
    .await;
}

#[tokio::test]
async fn one_answer_at_a_time_in_a_conversation_and_so_many_over_all() {
    on_both(async |test| {
        let narrow = Config { answers_at_once_max: 2, ..Config::default() };
        let world = World::with(&test.platform, test.institution, narrow);
        let hanako = world.person("hanako", 2).await;
        let (path, other) = (world.begin(&hanako).await, world.begin(&hanako).await);
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        let (status, refused) = read(world.post(&hanako, &path, "急ぎの質問です").await).await;
        assert_eq!(
            (status, &refused["code"]),
            (StatusCode::CONFLICT, &json!("workspace.answer_running"))
        );
        let (mut elsewhere, second) = world.ask(&hanako, &other, "粗大ごみはいつですか").await;
        let third = world.begin(&hanako).await;
        let (status, refused) = read(world.post(&hanako, &third, "急ぎの質問です").await).await;
        assert_eq!(
            (status, &refused["code"]),
            (StatusCode::TOO_MANY_REQUESTS, &json!("workspace.busy"))
        );
        for script in [script, second] {
            script.finish(Label::of_rank(1)).await;
        }
        while events.next().await.is_some() {}
        while elsewhere.next().await.is_some() {}
        assert_eq!(
            world.messages(&hanako, &path, 2).await.len(),
            2,
            "a refused question leaves nothing"
        );
        let (mut events, script) = world.ask(&hanako, &third, "粗大ごみはいつですか").await;
        script.finish(Label::of_rank(1)).await;
        while events.next().await.is_some() {}
    })
    .await;
}

#[tokio::test]
async fn a_program_that_stops_in_order_leaves_no_answer_open() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 2).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        events.expect("started").await;
        script.say("毎週").await;
        events.expect("delta").await;
        world.platform.tasks.stop();
        let failed = events.expect("failed").await;
        assert_eq!(failed["code"], "workspace.interrupted");
        assert_eq!(world.messages(&hanako, &path, 2).await[1]["text"], "毎週");
        assert_eq!(world.workspace.close_open_messages(0).await.unwrap(), 0);
    })
    .await;
}
