//! Bad input: the right status, the field named, nothing kept, nothing run.

use axum::http::StatusCode;
use kaname_kernel::Label;
use kaname_testkit::on_both;
use kaname_workspace::QUESTION_LENGTH_MAX;
use serde_json::json;

use crate::world::{World, read};

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused_with_their_field() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let messages = format!("{path}/messages");
        let long = json!({ "text": "課".repeat(QUESTION_LENGTH_MAX + 1) }).to_string();
        let crowd = vec!["01890a5d-ac96-774b-bcce-b302099a8057"; 51];
        let crowd = json!({ "text": "ごみ", "collection_ids": crowd }).to_string();
        for (method, at, body, status, code, field) in [
            ("POST", &messages, "{\"text\":", 400, "http.malformed_json", None),
            ("POST", &messages, "[]", 422, "http.invalid_body", Some(".")),
            ("POST", &messages, "{}", 422, "http.invalid_body", Some(".")),
            ("POST", &messages, r#"{"text":1}"#, 422, "http.invalid_body", Some("text")),
            ("POST", &messages, r#"{"text":""}"#, 422, "workspace.invalid_text", Some("text")),
            ("POST", &messages, r#"{"text":" \n"}"#, 422, "workspace.invalid_text", Some("text")),
            (
                "POST",
                &messages,
                r#"{"text":"a\u0000"}"#,
                422,
                "workspace.invalid_text",
                Some("text"),
            ),
            ("POST", &messages, &long, 422, "workspace.invalid_text", Some("text")),
            (
                "POST",
                &messages,
                &crowd,
                422,
                "workspace.too_many_collections",
                Some("collection_ids"),
            ),
            ("PATCH", &path, r#"{"title":""}"#, 422, "workspace.invalid_title", Some("title")),
            ("PATCH", &path, r#"{"label":"1"}"#, 422, "http.invalid_body", Some("label")),
        ] {
            let (found, refused) = read(world.send(&hanako, (method, at), Some(body)).await).await;
            assert_eq!(
                (found.as_u16(), refused["code"].as_str()),
                (status, Some(code)),
                "{body:.60}"
            );
            if let Some(field) = field {
                assert_eq!(refused["field"], field, "{body:.60}");
            }
        }
        let many = format!("/conversations?cursor={}", "%27%20OR%201%3D1");
        let (status, refused) = world.call(&hanako, ("GET", &many), None).await;
        assert_eq!((status.as_u16(), refused["field"].as_str()), (422, Some("cursor")));
        let (_, own) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(own["messages"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn markup_and_statements_in_text_stay_text() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let odd = "<script>alert(1)</script>\n\nevent: done\ndata: {}\n\n'; DROP TABLE message;--";
        let (mut events, script) = world.ask(&hanako, &path, odd).await;
        assert_eq!(events.headers["x-content-type-options"], "nosniff");
        assert_eq!(events.expect("started").await["user_message"]["text"], odd);
        script.say(odd).await;
        assert_eq!(events.expect("delta").await["text"], odd, "one event, whatever is in it");
        script.finish(Label::of_rank(1)).await;
        assert_eq!(
            events.expect("done").await["conversation"]["title"],
            "<script>alert(1)</script>"
        );
        let messages = world.messages(&hanako, &path, 2).await;
        assert_eq!((&messages[0]["text"], &messages[1]["text"]), (&json!(odd), &json!(odd)));
        let title = json!({ "title": "<img src=x onerror=alert(1)>" });
        let (status, changed) = world.call(&hanako, ("PATCH", &path), Some(title.clone())).await;
        assert_eq!((status, &changed["title"]), (StatusCode::OK, &title["title"]));
    })
    .await;
}
