//! Conversations themselves: list, rename, select, delete.

use axum::http::StatusCode;
use kaname_kernel::Label;
use kaname_platform::{Act, params};
use kaname_testkit::on_both;
use serde_json::json;

use crate::world::{Person, World, patiently};

async fn answered(world: &World, person: &Person, path: &str, text: &str) {
    let (mut events, script) = world.ask(person, path, text).await;
    script.say("答えです。").await;
    script.finish(Label::of_rank(1)).await;
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn the_list_begins_with_the_latest_and_goes_on_by_its_cursor() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let mut paths = Vec::new();
        for _ in 0..3 {
            paths.push(world.begin(&hanako).await);
            test.clock.advance_ms(1_000);
        }
        answered(&world, &hanako, &paths[0], "粗大ごみの日").await;
        let (_, first) = world.call(&hanako, ("GET", "/conversations?limit=2"), None).await;
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = format!("/conversations?limit=2&cursor={cursor}");
        let (_, second) = world.call(&hanako, ("GET", &rest), None).await;
        assert!(second["next_cursor"].is_null());
        let shown =
            [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
        let order: Vec<String> = shown
            .iter()
            .map(|one| format!("/conversations/{}", one["id"].as_str().unwrap()))
            .collect();
        assert_eq!(order, [&paths[0], &paths[2], &paths[1]].map(Clone::clone));
        assert_eq!(
            (&shown[0]["title"], &shown[0]["message_count"]),
            (&json!("粗大ごみの日"), &json!(2))
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_name_is_recorded_and_stays() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (status, renamed) =
            world.call(&hanako, ("PATCH", &path), Some(json!({ "title": "ごみの相談" }))).await;
        assert_eq!((status, &renamed["title"]), (StatusCode::OK, &json!("ごみの相談")));
        let collection = "01890a5d-ac96-774b-bcce-b302099a8057";
        let select = json!({ "collection_ids": [collection, collection] });
        let (_, selected) = world.call(&hanako, ("PATCH", &path), Some(select)).await;
        assert_eq!(selected["collection_ids"], json!([collection]));
        answered(&world, &hanako, &path, "粗大ごみの日").await;
        let (_, own) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(own["conversation"]["title"], "ごみの相談");
        let acts = world.acts().await;
        let kinds: Vec<&str> = acts.iter().map(|act| act.0.as_str()).collect();
        assert_eq!(
            kinds[..2],
            ["workspace.conversation_created", "workspace.conversation_renamed"]
        );
        assert!(!acts[1].1.to_string().contains("相談"));
        assert_eq!(acts[2].1["collections"], collection);
    })
    .await;
}

#[tokio::test]
async fn deleting_forgets_what_was_said_and_records_that_it_was_deleted() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let (path, kept) = (world.begin(&hanako).await, world.begin(&hanako).await);
        answered(&world, &hanako, &kept, "住民票の写し").await;
        world.call(&hanako, ("PATCH", &path), Some(json!({ "title": "秘密の相談" }))).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみの日").await;
        // Whatever followed from the question on the way to the answer is forgotten with it.
        let beyond = Act::by_system(world.institution, "gateway.sent")
            .following(script.question.act)
            .content("messages", "粗大ごみの日");
        world.platform.record(beyond).await.unwrap();
        script.finish(Label::of_rank(1)).await;
        while events.next().await.is_some() {}
        let before = world.acts().await.len();
        let (status, _) = world.call(&hanako, ("DELETE", &path), None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(world.call(&hanako, ("GET", &path), None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(world.call(&hanako, ("DELETE", &path), None).await.0, StatusCode::NOT_FOUND);
        let acts = world.acts().await;
        assert_eq!(acts.len(), before + 1, "no act goes away");
        assert_eq!(acts[before].0, "workspace.conversation_deleted");
        let mut tx = world.platform.db.read().await.unwrap();
        let rows = tx
            .fetch_all(
                "SELECT value FROM act_content WHERE field IN \
                 ('question', 'answer', 'title', 'messages')",
                params![],
            )
            .await
            .unwrap();
        let values: Vec<String> =
            rows.iter().map(|row| String::from_utf8(row.get("value").unwrap()).unwrap()).collect();
        assert_eq!(values.len(), 2, "those of the other conversation: {values:?}");
        assert!(values.contains(&"住民票の写し".to_owned()));
        let left = tx.fetch_all("SELECT message_id FROM message", params![]).await.unwrap();
        assert_eq!(left.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn deleting_stops_the_answer_that_is_on_its_way() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみの日").await;
        events.expect("started").await;
        script.say("毎週").await;
        events.expect("delta").await;
        let (status, _) = world.call(&hanako, ("DELETE", &path), None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        patiently(script.steps.closed()).await;
        assert_eq!(events.expect("done").await["message"]["state"], "stopped");
        let mut tx = world.platform.db.read().await.unwrap();
        let left = tx
            .fetch_all(
                "SELECT field FROM act_content WHERE field IN ('question', 'answer')",
                params![],
            )
            .await
            .unwrap();
        assert!(left.is_empty());
    })
    .await;
}
