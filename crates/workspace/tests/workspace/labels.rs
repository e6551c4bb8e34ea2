//! The label of a conversation: it rises with what is read, and never falls.

use axum::http::StatusCode;
use kaname_identity::{UserChange, change_user};
use kaname_kernel::Label;
use kaname_testkit::on_both;
use kaname_workspace::AnswerEvent;
use serde_json::{Value, json};

use crate::world::{Person, World, citation};

async fn label_after(world: &World, person: &Person, path: &str, cited: Label) -> Value {
    let (mut events, script) = world.ask(person, path, "避難所の鍵はどこですか").await;
    script.give(AnswerEvent::Citations(vec![citation(world, cited.clone())])).await;
    script.finish(cited).await;
    while let Some((name, data)) = events.next().await {
        if name == "done" {
            return data["conversation"]["label"].clone();
        }
    }
    panic!("no answer");
}

#[tokio::test]
async fn the_label_rises_and_never_falls() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        let path = world.begin(&hanako).await;
        let (_, begun) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(begun["conversation"]["label"], "2", "what the pack says of plain text");
        assert_eq!(label_after(&world, &hanako, &path, Label::of_rank(1)).await, "2");
        let personal = Label::of_rank(3).with_compartment("personal").unwrap();
        // The clearance must hold the compartment before anything so labelled can be read.
        let admin = kaname_identity::console_principal(&world.platform, world.institution, None);
        let admin = admin.await.unwrap();
        let clearance = Label::of_rank(5).with_compartment("personal").unwrap();
        let change = UserChange { clearance: Some(clearance), ..UserChange::default() };
        change_user(&world.identity, &admin, hanako.id, change).await.unwrap();
        assert_eq!(label_after(&world, &hanako, &path, personal).await, "3+personal");
        assert_eq!(label_after(&world, &hanako, &path, Label::of_rank(1)).await, "3+personal");
        let (_, read) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(read["conversation"]["label"], "3+personal");
        assert_eq!(read["messages"][1]["label"], "2");
        assert_eq!(read["messages"][3]["label"], "3+personal");
    })
    .await;
}

#[tokio::test]
async fn the_label_so_far_goes_with_the_next_question() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        let path = world.begin(&hanako).await;
        label_after(&world, &hanako, &path, Label::of_rank(4)).await;
        let (_events, script) = world.ask(&hanako, &path, "いつまでですか").await;
        assert_eq!(script.question.label, Label::of_rank(4));
    })
    .await;
}

#[tokio::test]
async fn what_was_shown_before_a_stop_raises_the_label_too() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        for (told, expected) in [(Some(3), "3"), (None, "5")] {
            let path = world.begin(&hanako).await;
            let (mut events, script) = world.ask(&hanako, &path, "避難所の鍵はどこですか").await;
            events.expect("started").await;
            if let Some(rank) = told {
                script.give(AnswerEvent::Label(Label::of_rank(rank))).await;
            }
            script.say("防災倉庫").await;
            events.expect("delta").await;
            drop(script);
            let failed = events.expect("failed").await;
            // Where nobody told, it is the most that the person could have read.
            assert_eq!(failed["message"]["label"], expected);
            let (_, read) = world.call(&hanako, ("GET", &path), None).await;
            assert_eq!(read["conversation"]["label"], expected);
        }
    })
    .await;
}

#[tokio::test]
async fn who_lost_the_clearance_does_not_read_it_again() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        let (path, plain) = (world.begin(&hanako).await, world.begin(&hanako).await);
        label_after(&world, &hanako, &path, Label::of_rank(4)).await;
        let admin = kaname_identity::console_principal(&world.platform, world.institution, None);
        let admin = admin.await.unwrap();
        let change = UserChange { clearance: Some(Label::of_rank(3)), ..UserChange::default() };
        change_user(&world.identity, &admin, hanako.id, change).await.unwrap();
        for (asked, body) in [
            (("GET", path.clone()), None),
            (("PATCH", path.clone()), Some(json!({ "title": "鍵" }))),
            (("POST", format!("{path}/messages")), Some(json!({ "text": "鍵の場所" }))),
        ] {
            let (status, refused) = world.call(&hanako, (asked.0, &asked.1), body).await;
            assert_eq!(
                (status, &refused["code"]),
                (StatusCode::FORBIDDEN, &json!("workspace.not_cleared"))
            );
            assert!(!refused.to_string().contains("避難所"));
        }
        let (_, listed) = world.call(&hanako, ("GET", "/conversations"), None).await;
        let shown: Vec<&Value> = listed["items"].as_array().unwrap().iter().collect();
        assert_eq!(shown.len(), 1);
        assert!(plain.ends_with(shown[0]["id"].as_str().unwrap()));
        assert_eq!(world.call(&hanako, ("DELETE", &path), None).await.0, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn nobody_writes_above_the_own_clearance() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let taro = world.person("taro", 1).await;
        let path = world.begin(&taro).await;
        assert_eq!(label_after(&world, &taro, &path, Label::of_rank(1)).await, "1");
    })
    .await;
}
