//! Every documented route, tried with what belongs to another institution.
//!
//! The list is the OpenAPI document's: a new route that takes an id or a body fails here until it
//! is said below what to send.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request},
};
use kaname_identity::{ConsoleCaller, NewInstitution, console_principal, found_institution};
use kaname_kernel::Principal;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::App;
use crate::{config::Config, openapi::BASE};

/// Stands in everything that the first institution has.
const SECRET: &str = "himitsu";
const PASSWORD: &str = "Tsubaki-no-hana 2031 minato";

/// One caller of the whole router.
struct Caller {
    router: Router,
    principal: Principal,
}

impl Caller {
    async fn send(&self, method: &str, path: &str, content: (&str, String)) -> (u16, String) {
        let mut request = Request::builder()
            .method(method.to_uppercase().parse::<Method>().unwrap())
            .uri(path)
            .header("content-type", content.0)
            .body(Body::from(content.1))
            .unwrap();
        request.extensions_mut().insert(ConsoleCaller(self.principal.clone()));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        self.send(method, path, ("application/json", body.to_string())).await
    }

    /// What a successful POST gave.
    async fn made(&self, path: &str, body: Value) -> Value {
        let (status, text) = self.json("POST", &format!("{BASE}{path}"), &body).await;
        assert!((200..300).contains(&status), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}

/// The ids of one institution's things.
struct Things {
    user: String,
    department: String,
    team: String,
    key: String,
    endpoint: String,
    route: String,
    block: String,
    drill: String,
    budget: String,
    collection: String,
    document: String,
    job: String,
    conversation: String,
    call_file: String,
    batch: String,
    act: String,
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap().to_owned()
}

/// A file of calls for a batch.
fn calls() -> (&'static str, String) {
    let head = |name: &str| format!("--cut\r\ncontent-disposition: form-data; {name}\r\n\r\n");
    let body = format!(
        "{}batch\r\n{}{{\"custom_id\": \"{SECRET}\"}}\r\n--cut--\r\n",
        head("name=\"purpose\""),
        head("name=\"file\"; filename=\"himitsu.jsonl\"")
    );
    ("multipart/form-data; boundary=cut", body)
}

fn file() -> (&'static str, String) {
    let head = "content-disposition: form-data; name=\"file\"; filename=\"himitsu.txt\"";
    let body = format!("--cut\r\n{head}\r\n\r\n{SECRET} no tegami\r\n--cut--\r\n");
    ("multipart/form-data; boundary=cut", body)
}

impl Things {
    /// One of everything, by the API.
    async fn make(caller: &Caller) -> Self {
        let named = json!({ "key": SECRET, "name": SECRET });
        let department = text(&caller.made("/departments", named.clone()).await, "/id");
        let team = caller.made(&format!("/departments/{department}/teams"), named).await;
        let user = caller.made("/users", new_user(SECRET, &department)).await;
        let key = json!({ "name": SECRET, "scopes": ["models"], "expires_in_days": 1 });
        let key = caller.made("/keys", key).await;
        let endpoint = caller.made("/endpoints", new_endpoint()).await;
        let route = caller.made("/routes", new_route(&text(&endpoint, "/id"))).await;
        let block = caller.made("/endpoint-blocks", new_block()).await;
        let drill = caller.made("/drills", new_drill(&text(&endpoint, "/id"))).await;
        let budget = caller.made("/budgets", new_budget("institution", None)).await;
        let collection = caller.made("/collections", new_collection(&department)).await;
        let collection = text(&collection, "/id");
        let path = format!("{BASE}/collections/{collection}/documents");
        let (status, sent) = caller.send("POST", &path, file()).await;
        assert_eq!(status, 202, "{sent}");
        let sent: Value = serde_json::from_str(&sent).unwrap();
        let begun = json!({ "collection_ids": [collection] });
        let conversation = text(&caller.made("/conversations", begun).await, "/id");
        let title = json!({ "title": SECRET });
        let path = format!("{BASE}/conversations/{conversation}");
        assert_eq!(caller.json("PATCH", &path, &title).await.0, 200);
        let (status, sent_calls) = caller.send("POST", "/v1/files", calls()).await;
        assert_eq!(status, 200, "{sent_calls}");
        let call_file = text(&serde_json::from_str(&sent_calls).unwrap(), "/id");
        let begun = new_batch(&call_file).to_string();
        let (status, batch) = caller.send("POST", "/v1/batches", ("application/json", begun)).await;
        assert_eq!(status, 200, "{batch}");
        let batch = text(&serde_json::from_str(&batch).unwrap(), "/id");
        let (_, acts) = caller.json("GET", &format!("{BASE}/acts"), &json!({})).await;
        Self {
            user: text(&user, "/user/id"),
            department,
            team: text(&team, "/id"),
            key: text(&key, "/key/id"),
            endpoint: text(&endpoint, "/id"),
            route: text(&route, "/id"),
            block: text(&block, "/id"),
            drill: text(&drill, "/id"),
            budget: text(&budget, "/id"),
            collection,
            document: text(&sent, "/documents/0/id"),
            job: text(&sent, "/job_id"),
            conversation,
            call_file,
            batch,
            act: text(&serde_json::from_str(&acts).unwrap(), "/items/0/id"),
        }
    }

    fn all(&self) -> [&str; 16] {
        [
            &self.user,
            &self.department,
            &self.team,
            &self.key,
            &self.endpoint,
            &self.route,
            &self.block,
            &self.drill,
            &self.budget,
            &self.collection,
            &self.document,
            &self.job,
            &self.conversation,
            &self.call_file,
            &self.batch,
            &self.act,
        ]
    }

    /// `path` with these things in its holes. Stops where it is not said which.
    fn filled(&self, path: &str) -> String {
        let id = match path.trim_start_matches(BASE).split('/').nth(1) {
            _ if path.starts_with("/v1/models") => "himitsu%2Fmodel",
            _ if path.starts_with("/v1/files") => &self.call_file,
            _ if path.starts_with("/v1/batches") => &self.batch,
            Some("users") => &self.user,
            Some("departments") => &self.department,
            Some("teams") => &self.team,
            Some("keys") => &self.key,
            Some("endpoints") => &self.endpoint,
            Some("routes") => &self.route,
            Some("endpoint-blocks") => &self.block,
            Some("drills") => &self.drill,
            Some("budgets") => &self.budget,
            Some("collections") => &self.collection,
            Some("documents") => &self.document,
            Some("jobs") => &self.job,
            Some("conversations") => &self.conversation,
            Some("acts") => &self.act,
            _ => panic!("say which thing {path} is about"),
        };
        // No message is made here: whose conversation it is must be looked at first.
        path.replace("{id}", id).replace("{message_id}", &self.act)
    }

    /// A body for the schema that a route takes, with these things in it wherever one may stand.
    fn body(&self, schema: &str) -> Value {
        let collections = [&self.collection];
        match schema {
            "NewNaming" => json!({ "key": "foreign", "name": "foreign" }),
            "NewUserBody" => new_user("foreign", &self.department),
            "UserChangeBody" => {
                json!({ "department_id": self.department, "team_ids": [self.team] })
            }
            "NewKeyBody" => {
                json!({ "name": "foreign", "scopes": ["models"], "expires_in_days": 1 })
            }
            "NewEndpoint" => new_endpoint(),
            "NewBatch" => new_batch(&self.call_file),
            "NewRoute" => new_route(&self.endpoint),
            "NewBlock" => new_block(),
            "NewDrill" => new_drill(&self.endpoint),
            "NamingChange" | "EndpointChange" | "RouteChange" => json!({ "name": "foreign" }),
            "NewBudget" => new_budget("person", Some(&self.user)),
            "BudgetChange" => json!({ "limit": 1, "contact": "foreign" }),
            "Probe" => json!({ "base_url": "http://127.0.0.1:1/v1" }),
            "NewCollection" => new_collection(&self.department),
            "CollectionChange" => json!({ "description": "foreign" }),
            "DocumentChange" => json!({ "title": "foreign" }),
            "SearchBody" => json!({ "query": SECRET, "collection_ids": collections }),
            "AskBody" => json!({ "question": SECRET, "collection_ids": collections }),
            "NewConversation" => json!({ "collection_ids": collections }),
            "ConversationChange" => json!({ "title": "foreign", "collection_ids": collections }),
            "NewMessage" => json!({ "text": SECRET, "collection_ids": collections }),
            "Object" => json!({ "model": "himitsu/model", "messages": [], "input": "x" }),
            "PasswordBody" => json!({ "current_password": PASSWORD, "new_password": PASSWORD }),
            _ => panic!("say what to send as {schema}"),
        }
    }
}

fn new_user(name: &str, department: &str) -> Value {
    json!({
        "user_name": name, "display_name": name, "roles": ["staff"], "clearance": "1",
        "department_id": department, "password": PASSWORD,
    })
}

fn new_endpoint() -> Value {
    json!({
        "name": SECRET, "kind": "openai_compatible", "base_url": "http://127.0.0.1:1/v1",
        "model": SECRET, "public_name": "himitsu/model", "capabilities": ["chat"],
        "languages": ["ja"], "clearance": "1",
    })
}

fn new_route(endpoint: &str) -> Value {
    json!({
        "public_name": "himitsu/route", "name": SECRET, "legs": [{ "endpoint_id": endpoint }],
    })
}

fn new_batch(file: &str) -> Value {
    json!({
        "input_file_id": file, "endpoint": "/v1/embeddings", "completion_window": "24h",
        "metadata": { "for": SECRET },
    })
}

fn new_block() -> Value {
    json!({ "subject": "vendor", "value": SECRET, "minutes": 5, "reason": SECRET })
}

fn new_drill(endpoint: &str) -> Value {
    json!({ "subject": "endpoint", "value": endpoint, "minutes": 5, "reason": SECRET })
}

fn new_budget(kind: &str, subject: Option<&str>) -> Value {
    json!({
        "subject_kind": kind, "subject_id": subject, "period": "day", "unit": "requests",
        "limit": 1_000_000, "contact": SECRET,
    })
}

fn new_collection(department: &str) -> Value {
    json!({
        "key": SECRET, "name": SECRET, "label": "1",
        "readers": { "everyone": false, "department_ids": [department] },
        "editors": { "department_ids": [department] },
    })
}

/// A server with two institutions, each with an administrator.
async fn two() -> (tempfile::TempDir, App, Caller, Caller) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let only_here = |name: &str| (name == "KANAME_DATA_DIR").then(|| data.clone());
    let config = Config::from_sources(None, &only_here).unwrap();
    let app = App::open(&config).await.unwrap();
    let router = app.router(&config).unwrap();
    let mut callers = Vec::new();
    for key in ["one", "two"] {
        let new = NewInstitution { key, name: key, label_pack: "municipality" };
        let institution = found_institution(&app.platform, new).await.unwrap().id;
        let nobody = console_principal(&app.platform, institution, None).await.unwrap();
        let first = Caller { router: router.clone(), principal: nobody };
        let body = json!({
            "user_name": "kanri", "display_name": "kanri", "roles": ["administrator"],
            "clearance": "3+personal", "password": PASSWORD,
        });
        first.made("/users", body).await;
        let principal = console_principal(&app.platform, institution, Some("kanri")).await.unwrap();
        callers.push(Caller { router: router.clone(), principal });
    }
    let other = callers.pop().unwrap();
    (folder, app, callers.pop().unwrap(), other)
}

/// What the document says of an operation's body: its media type and the name of its schema.
fn body_of(operation: &Value) -> Option<(String, String)> {
    let content = operation.pointer("/requestBody/content")?.as_object()?;
    let (kind, body) = content.iter().next()?;
    let name = body.pointer("/schema/$ref").and_then(Value::as_str).unwrap_or("Object");
    Some((kind.clone(), name.rsplit('/').next().unwrap().to_owned()))
}

fn content_for(operation: &Value, things: &Things) -> (&'static str, String) {
    match body_of(operation) {
        Some((_, schema)) if schema == "NewFileForm" => {
            let (kind, body) = calls();
            (kind, body.replace(SECRET, "foreign"))
        }
        None => ("application/json", "{}".to_owned()),
        Some((kind, _)) if kind == "multipart/form-data" => file(),
        Some((kind, _)) if kind == "text/csv" => {
            let head = "user_name,display_name,roles,department,clearance";
            ("text/csv", format!("{head}\nforeign2,foreign2,staff,{SECRET},1\n"))
        }
        // Of the other institution only its ids are sent, and the name of its model.
        Some((_, schema)) if schema == "Object" => {
            ("application/json", things.body(&schema).to_string())
        }
        Some((_, schema)) => {
            ("application/json", things.body(&schema).to_string().replace(SECRET, "foreign"))
        }
    }
}

/// The operations that need a caller: method, path, and what the document says.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document.pointer("/paths").and_then(Value::as_object).unwrap();
    let each = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().clone();
        methods.into_iter().map(|(method, it)| (method, path.clone(), it)).collect::<Vec<_>>()
    };
    let found = paths.iter().flat_map(each).filter(|(_, _, it)| it.get("security").is_none());
    // Whatever removes comes last, so that everything is still there before.
    let (last, mut all): (Vec<_>, Vec<_>) = found.partition(|(method, _, _)| method == "delete");
    all.extend(last);
    all
}

async fn documented(caller: &Caller) -> Value {
    let (_, document) = caller.json("GET", "/openapi.json", &json!({})).await;
    serde_json::from_str(&document).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_gives_or_changes_what_belongs_to_another_institution() {
    let (_folder, app, owner, stranger) = two().await;
    let things = Things::make(&owner).await;
    let before = census(&owner).await;
    let operations = operations(&documented(&owner).await);
    let mut with_id = 0;
    for (method, path, operation) in &operations {
        let content = content_for(operation, &things);
        let what = format!("{method} {path}");
        let address = if path.contains('{') { things.filled(path) } else { path.clone() };
        let (status, body) = stranger.send(method, &address, content.clone()).await;
        if path.contains('{') {
            with_id += 1;
            assert!(matches!(status, 403 | 404), "{what}: {status} {body}");
        }
        // What the caller sent itself may come back in a refusal or in what it made.
        let leaks = things.all().into_iter().filter(|id| !content.1.contains(*id));
        for id in leaks.filter(|id| !address.contains(*id)) {
            assert!(!body.contains(id), "{what} leaks {id}: {body}");
        }
        if !content.1.contains(SECRET) && !address.contains(SECRET) {
            assert!(!body.contains(SECRET), "{what} leaks: {status} {body}");
        }
        let refers = things.all().into_iter().any(|id| content.1.contains(id));
        if refers && !path.contains('{') {
            // Where to look is a filter: whatever the caller may not read is never looked at.
            let filters = ["/search", "/ask", "/conversations"];
            let is_filter = filters.iter().any(|end| path.ends_with(end));
            assert!(status >= 400 || is_filter, "{what} took a foreign id: {status} {body}");
        }
    }
    assert!(with_id > 30, "only {with_id} routes took an id");
    assert_eq!(census(&owner).await, before, "a stranger changed something");
    drop((owner, stranger));
    app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ids_of_that_test_are_found_by_their_owner() {
    let (_folder, app, owner, _stranger) = two().await;
    let things = Things::make(&owner).await;
    for (method, path, _) in operations(&documented(&owner).await) {
        if method == "get" && path.contains('{') {
            let (status, body) = owner.json("GET", &things.filled(&path), &json!({})).await;
            // No worker has read the document, and no sequencer has sealed the act.
            let waits = path.ends_with("/text") || status == 409;
            assert!(status < 400 || waits, "{path}: {status} {body}");
        }
    }
    drop(owner);
    app.close().await;
}

/// Everything that an institution sees of itself, but for its acts, which reading adds to.
async fn census(caller: &Caller) -> Vec<String> {
    let mut found = Vec::new();
    let lists =
        ["users", "departments", "keys", "endpoints", "budgets", "collections", "conversations"];
    for list in lists {
        let (status, body) = caller.json("GET", &format!("{BASE}/{list}"), &json!({})).await;
        assert_eq!(status, 200, "{list}: {body}");
        assert!(list == "users" || body.contains(SECRET) || body.contains("title"), "{list}");
        found.push(body);
    }
    found
}
