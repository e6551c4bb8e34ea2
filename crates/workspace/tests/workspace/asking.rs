//! A question and its answer: events, headers, what is kept, what is recorded.

use kaname_kernel::Label;
use kaname_platform::params;
use kaname_testkit::on_both;
use kaname_workspace::{AnswerEvent, AnswerMode, Answered, Stage};
use serde_json::json;

use crate::world::{World, citation};

const QUESTION: &str = "粗大ごみの手数料はいくらですか";

#[tokio::test]
async fn an_answer_comes_in_order_and_is_kept_before_the_last_event() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, QUESTION).await;
        let header = |name: &str| events.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/event-stream");
        assert_eq!(header("x-accel-buffering"), "no");
        assert_eq!(header("cache-control"), "no-store, no-transform");
        let started = events.expect("started").await;
        assert_eq!(started["user_message"]["text"], QUESTION);
        script.give(AnswerEvent::Stage(Stage::Searching)).await;
        assert_eq!(events.expect("status").await, json!({ "stage": "searching" }));
        script.say("一点につき").await;
        script.say("五百円です。[1]").await;
        assert_eq!(events.expect("delta").await, json!({ "text": "一点につき" }));
        assert_eq!(events.expect("delta").await, json!({ "text": "五百円です。[1]" }));
        let cited = citation(&world, Label::of_rank(1));
        script.give(AnswerEvent::Citations(vec![cited])).await;
        let citations = events.expect("citations").await;
        assert_eq!(citations["citations"][0]["page"], 3);
        script.finish(Label::of_rank(1)).await;
        let done = events.expect("done").await;
        // What the last event says is on disk by then, word for word.
        let (_, kept) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(kept["messages"], json!([started["user_message"], done["message"]]));
        assert_eq!(kept["conversation"], done["conversation"]);
        assert_eq!(done["message"]["id"], started["message_id"]);
        assert_eq!(done["message"]["text"], "一点につき五百円です。[1]");
        assert_eq!(done["message"]["state"], "complete");
        assert_eq!(done["message"]["mode"], "quotation");
        assert_eq!(done["message"]["citations"], citations["citations"]);
        assert_eq!(done["conversation"]["title"], QUESTION);
        assert_eq!(done["conversation"]["message_count"], 2);
        assert!(events.next().await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_question_is_on_disk_with_its_act_before_the_answerer_hears_of_it() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, QUESTION).await;
        let messages = world.messages(&hanako, &path, 1).await;
        assert_eq!(messages.len(), 1, "an answer on its way is not shown");
        assert_eq!(messages[0]["act_id"], script.question.act.to_string());
        let started = events.expect("started").await;
        assert_eq!(started["act_id"], messages[0]["act_id"]);
        let kinds: Vec<String> = world.acts().await.into_iter().map(|act| act.0).collect();
        assert_eq!(kinds, ["workspace.conversation_created", "workspace.question_asked"]);
    })
    .await;
}

#[tokio::test]
async fn acts_follow_one_another_and_hold_no_content() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, QUESTION).await;
        script.say("五百円です。").await;
        script.finish(Label::of_rank(2)).await;
        while events.next().await.is_some() {}
        let acts = world.acts().await;
        let (kind, refs, parent) = &acts[2];
        assert_eq!(kind, "workspace.answered");
        assert_eq!(parent.as_deref(), Some(script.question.act.to_string().as_str()));
        assert_eq!((&refs["state"], &refs["mode"]), (&json!("complete"), &json!("quotation")));
        let mut tx = world.platform.db.read().await.unwrap();
        let rows = tx
            .fetch_all("SELECT entry, refs FROM act WHERE kind LIKE 'workspace.%'", params![])
            .await
            .unwrap();
        for row in rows {
            let entry: Vec<u8> = row.get("entry").unwrap();
            let shown = String::from_utf8_lossy(&entry).into_owned();
            let refs: String = row.get("refs").unwrap();
            assert!(!shown.contains("ごみ") && !shown.contains("五百円") && !refs.contains("ごみ"));
        }
        let beside = tx
            .fetch_all(
                "SELECT value FROM act_content WHERE field IN ('question', 'answer')",
                params![],
            )
            .await
            .unwrap();
        assert_eq!(beside.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_the_answer_is_at_its_end_replaces_what_was_streamed() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, QUESTION).await;
        script.say("五百円です。ほかは知りません。").await;
        let answered = Answered {
            text: Some("五百円です。[1]".to_owned()),
            mode: AnswerMode::Written,
            label: Label::of_rank(2),
            endpoint_name: Some("標準".to_owned()),
        };
        script.give(AnswerEvent::Done(answered)).await;
        while events.next().await.is_some() {}
        let messages = world.messages(&hanako, &path, 2).await;
        assert_eq!(messages[1]["text"], "五百円です。[1]");
        assert_eq!(messages[1]["mode"], "written");
        assert_eq!(messages[1]["endpoint_name"], "標準");
    })
    .await;
}

#[tokio::test]
async fn a_question_that_leans_back_brings_the_one_before() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        for (text, earlier) in [
            (QUESTION, None),
            ("いつまでですか", Some(QUESTION)),
            ("住民票の写しは郵送で取れますか", None),
        ] {
            let (mut events, script) = world.ask(&hanako, &path, text).await;
            assert_eq!(script.question.earlier.as_deref(), earlier);
            script.finish(Label::of_rank(2)).await;
            while events.next().await.is_some() {}
        }
        let (mut events, script) = world.ask(&hanako, &path, "いくらですか").await;
        assert!(script.question.looked_up().starts_with("住民票の写し"));
        assert_eq!(script.question.text, "いくらですか");
        script.finish(Label::of_rank(2)).await;
        while events.next().await.is_some() {}
    })
    .await;
}
