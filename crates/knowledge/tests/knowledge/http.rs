//! Knowledge over HTTP: the list of routes, uploads, and what a stranger gets.

use std::collections::BTreeSet;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use kaname_identity::{NewKey, create_key};
use kaname_kernel::{Principal, Scope};
use kaname_knowledge::{ROUTES, router};
use kaname_testkit::{Backend, TestPlatform, on_both};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{World, account};

/// An id that nothing has.
const NOTHING: &str = "0199a000-0000-7000-8000-000000000000";

struct Client {
    app: Router,
    key: String,
}

impl Client {
    async fn new(world: &World, person: &Principal, scopes: &[Scope]) -> Self {
        let (app, _) = router::<()>(world.knowledge.clone()).split_for_parts();
        let scopes = scopes.iter().copied().collect();
        let new = NewKey { name: "app".to_owned(), scopes, expires_in_days: 1 };
        let (_, secret) = create_key(&world.identity, person, new).await.unwrap();
        Self { app, key: secret.reveal().to_owned() }
    }

    async fn call(&self, method: &str, path: &str, body: (&str, Vec<u8>)) -> (StatusCode, Vec<u8>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", body.0)
            .body(Body::from(body.1))
            .unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status();
        (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    async fn json(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let content = ("application/json", body.to_string().into_bytes());
        let (status, bytes) = self.call(method, path, content).await;
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

fn multipart(files: &[(&str, &[u8])]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge", body)
}

#[tokio::test]
async fn the_list_has_every_route_of_the_router_and_no_other() {
    let world = World::new(TestPlatform::new(Backend::Sqlite).await).await;
    let (_, openapi) = router::<()>(world.knowledge).split_for_parts();
    let document = serde_json::to_value(&openapi).unwrap();
    let mut served = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            served.insert((method.to_uppercase(), path.clone()));
        }
    }
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed, served);
    assert_eq!(listed.len(), ROUTES.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_upload_to_an_answer_over_http() {
    on_both(|test| async {
        let world = World::with(test, |config| config.file_bytes_max = 2_000).await;
        let chief = account(&world, "chief", kaname_kernel::Role::Administrator).await;
        let client = Client::new(&world, &chief, &[Scope::Knowledge, Scope::Documents]).await;
        let new =
            json!({"key": "living", "name": "くらし", "label": "1", "readers": {"everyone": true}});
        let (status, made) = client.json("POST", "/collections", new).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        let documents = format!("/collections/{}/documents", made["id"].as_str().unwrap());
        let text = "# 図書館\n\n図書館は毎週月曜日に休みます。\n";
        let large = vec![b'a'; 3_000];
        let files =
            multipart(&[("lib.md", text.as_bytes()), ("large.txt", &large), ("none.md", b"")]);
        let (status, sent) = client.call("POST", &documents, files).await;
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        assert_eq!(status, StatusCode::ACCEPTED, "{sent}");
        let codes: Vec<&str> = sent["refused"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["knowledge.document_too_large", "knowledge.document_empty"]);
        world.work().await;
        let (_, job) = client
            .json("GET", &format!("/jobs/{}", sent["job_id"].as_str().unwrap()), Value::Null)
            .await;
        assert_eq!((&job["state"], &job["progress"]["done"]), (&json!("succeeded"), &json!(1)));
        let (status, answer) =
            client.json("POST", "/ask", json!({"question": "図書館が休むのはいつですか"})).await;
        assert_eq!((status, &answer["mode"]), (StatusCode::OK, &json!("quotation")), "{answer}");
        let citation = &answer["citations"][0];
        assert_eq!(citation["quote"], "図書館は毎週月曜日に休みます。");
        let document = citation["document_id"].as_str().unwrap();
        let (_, shown) =
            client.json("GET", &format!("/documents/{document}/text?around=0"), Value::Null).await;
        let place = |name: &str| usize::try_from(citation[name].as_u64().unwrap()).unwrap();
        assert_eq!(
            &shown["text"].as_str().unwrap()[place("start")..place("end")],
            citation["quote"]
        );
        let (status, bytes) =
            client.call("GET", &format!("/documents/{document}/original"), ("", Vec::new())).await;
        assert_eq!((status, bytes.as_slice()), (StatusCode::OK, text.as_bytes()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn title_date_and_label_of_a_document_are_changed_and_each_change_is_recorded() {
    on_both(|test| async {
        let world = World::new(test).await;
        let chief = account(&world, "chief", kaname_kernel::Role::Administrator).await;
        let client = Client::new(&world, &chief, &[Scope::Knowledge, Scope::Documents]).await;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("lib.md", "図書館は月曜日に休みます。".as_bytes())]).await;
        let path = format!("/documents/{}", sent.documents[0].id);
        let wanted = json!({"title": "図書館の案内", "label": "2", "effective_date": "2026-04-01"});
        let (status, changed) = client.json("PATCH", &path, wanted.clone()).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        for field in ["title", "label", "effective_date"] {
            assert_eq!(changed[field], wanted[field], "{field}");
        }
        let (_, dateless) = client.json("PATCH", &path, json!({"effective_date": ""})).await;
        assert_eq!(
            (&dateless["effective_date"], &dateless["title"]),
            (&Value::Null, &wanted["title"])
        );
        for (field, value) in
            [("label", "1"), ("label", "99"), ("effective_date", "2026-02-30"), ("title", " ")]
        {
            let (status, refused) = client.json("PATCH", &path, json!({field: value})).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
            assert_eq!(refused["field"], field, "{refused}");
        }
        assert_eq!(client.json("GET", &path, Value::Null).await.1["label"], "2");
        assert_eq!(world.acts("knowledge.document_changed").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_gets_anything() {
    on_both(|test| async {
        let world = World::new(test).await;
        let chief = account(&world, "chief", kaname_kernel::Role::Administrator).await;
        let outside = Client {
            key: "kn_wrong".to_owned(),
            ..Client::new(&world, &chief, &[Scope::Ledger]).await
        };
        let narrow = Client::new(&world, &chief, &[Scope::Ledger]).await;
        let broad = Client::new(&world, &chief, &[Scope::Knowledge, Scope::Documents]).await;
        for (method, path, _) in ROUTES {
            let path = path.replace("{id}", NOTHING);
            let body = match path.as_str() {
                "/ask" => json!({"question": "x"}),
                "/search" => json!({"query": "x"}),
                "/collections" => {
                    json!({"key": "x", "name": "x", "label": "1", "readers": {"everyone": true}})
                }
                _ => json!({}),
            };
            let (status, _) = outside.json(method, &path, body.clone()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let upload = path.ends_with("/documents") && *method == "POST";
            let content = if upload {
                multipart(&[])
            } else {
                ("application/json", body.to_string().into_bytes())
            };
            let (status, _) = narrow.call(method, &path, content.clone()).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
            let (status, _) = broad.call(method, &path, content).await;
            if path.contains(NOTHING) {
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
            } else {
                assert!(status.is_success(), "{method} {path}: {status}");
            }
        }
    })
    .await;
}
