//! A conversation is its owner's alone: for everybody else it is not there.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use kaname_identity::{NewKey, create_key};
use kaname_kernel::{Actor, Label, Principal, Role, Scope};
use kaname_testkit::on_both;
use kaname_workspace::ROUTES;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{World, read};

/// Every route, with a body that it would take.
fn routes(path: &str, message: &str) -> Vec<(&'static str, String, Option<Value>)> {
    ROUTES
        .iter()
        .map(|(method, route, _)| {
            let id = path.trim_start_matches("/conversations/");
            let at = route.replace("{id}", id).replace("{message_id}", message);
            let body = match (*method, *route) {
                ("POST", "/conversations") => Some(json!({})),
                ("POST", "/conversations/{id}/messages") => Some(json!({ "text": "ごみ" })),
                ("PATCH", _) => Some(json!({ "title": "ごみ" })),
                _ => None,
            };
            (*method, at, body)
        })
        .collect()
}

#[tokio::test]
async fn for_everybody_else_a_conversation_is_not_there() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let other = test.other_institution("village").await;
        let hanako = world.person("hanako", 5).await;
        let path = world.begin(&hanako).await;
        let (mut events, script) = world.ask(&hanako, &path, "粗大ごみはいつですか").await;
        let started = events.expect("started").await;
        let message = started["message_id"].as_str().unwrap().to_owned();
        let colleague = world.person("taro", 5).await;
        let stranger = world.person_of(other, "village", "hanako", 5).await;
        for person in [&colleague, &stranger] {
            let of_one =
                routes(&path, &message).into_iter().filter(|(_, at, _)| at != "/conversations");
            for (method, at, body) in of_one {
                let (status, refused) = world.call(person, (method, &at), body).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {at}");
                assert_eq!(refused["code"], "workspace.not_found", "{method} {at}");
            }
            let (_, listed) = world.call(person, ("GET", "/conversations"), None).await;
            assert_eq!(listed["items"], json!([]));
        }
        // Nothing of that touched the answer.
        script.say("毎週").await;
        script.finish(Label::of_rank(1)).await;
        events.expect("delta").await;
        assert_eq!(events.expect("done").await["message"]["state"], "complete");
        let (_, own) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!(own["conversation"]["title"], "粗大ごみはいつですか");
    })
    .await;
}

#[tokio::test]
async fn every_route_wants_somebody_and_a_key_wants_its_scope() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        let path = world.begin(&hanako).await;
        let principal = Principal {
            institution: world.institution,
            user: hanako.id,
            display_name: "hanako".to_owned(),
            actor: Actor::Console,
            roles: [Role::Staff].into(),
            department: None,
            clearance: Label::of_rank(5),
        };
        let mut keys = Vec::new();
        for scope in [Scope::Ledger, Scope::Knowledge] {
            let new =
                NewKey { name: "試験".to_owned(), scopes: [scope].into(), expires_in_days: 1 };
            let (_, secret) = create_key(&world.identity, &principal, new).await.unwrap();
            keys.push(format!("Bearer {}", secret.reveal()));
        }
        for (method, at, body) in routes(&path, "01890a5d-ac96-774b-bcce-b302099a8057") {
            for (key, expected) in [
                (None, Some(StatusCode::UNAUTHORIZED)),
                (Some(&keys[0]), Some(StatusCode::FORBIDDEN)),
                (Some(&keys[1]), None),
            ] {
                let mut request = Request::builder().method(method).uri(&at);
                request = key.iter().fold(request, |r, key| r.header(header::AUTHORIZATION, *key));
                let kind = body.as_ref().map(|_| "application/json");
                request =
                    kind.iter().fold(request, |r, kind| r.header(header::CONTENT_TYPE, *kind));
                let body = body.as_ref().map(ToString::to_string).unwrap_or_default();
                let request = request.body(Body::from(body)).unwrap();
                let response = world.router.clone().oneshot(request).await.unwrap();
                match expected {
                    Some(expected) => assert_eq!(response.status(), expected, "{method} {at}"),
                    None => assert_ne!(response.status(), StatusCode::FORBIDDEN, "{method} {at}"),
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_without_the_csrf_token_changes_nothing() {
    on_both(async |test| {
        let world = World::new(&test.platform, test.institution);
        let hanako = world.person("hanako", 5).await;
        let path = world.begin(&hanako).await;
        let mut forged = hanako.clone();
        forged.csrf = "x".to_owned();
        for (method, at, body) in routes(&path, "01890a5d-ac96-774b-bcce-b302099a8057") {
            if method == "GET" {
                continue;
            }
            let body = body.map(|body| body.to_string());
            let (status, refused) =
                read(world.send(&forged, (method, &at), body.as_deref()).await).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{method} {at}");
            assert_eq!(refused["code"], "identity.forged_request");
        }
        let (_, own) = world.call(&hanako, ("GET", &path), None).await;
        assert_eq!((&own["messages"], &own["conversation"]["title"]), (&json!([]), &json!("")));
    })
    .await;
}

#[test]
fn the_list_of_routes_is_what_the_document_says() {
    let listed: std::collections::BTreeSet<String> =
        ROUTES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let documented = runtime.block_on(async {
        let test = kaname_testkit::TestPlatform::new(kaname_testkit::Backend::Sqlite).await;
        let world = World::new(&test.platform, test.institution);
        let (_, api) = kaname_workspace::router::<()>(world.workspace).split_for_parts();
        let api = serde_json::to_value(&api).unwrap();
        let mut found = std::collections::BTreeSet::new();
        for (path, operations) in api["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys() {
                found.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        found
    });
    assert_eq!(listed, documented);
}
