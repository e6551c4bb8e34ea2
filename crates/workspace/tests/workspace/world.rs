//! A workspace with people in it, and an answerer that the test steps through by hand.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use kaname_guard::Guard;
use kaname_identity::{CSRF_HEADER, Identity, NewUser, Password, SignIn};
use kaname_kernel::{InstitutionId, Label, Role, UserId};
use kaname_platform::{Platform, http::LayerConfig, outbound::Outbound, params};
use kaname_workspace::{
    AnswerEvent, AnswerFault, AnswerMode, Answered, Answerer, Answers, Citation, Config, Question,
    Workspace,
};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tower::ServiceExt as _;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);
const PASSWORD: &str = "seven quiet rivers 41";

pub(crate) type Step = Result<AnswerEvent, AnswerFault>;

/// One question that arrived, and what it is answered.
pub(crate) struct Script {
    pub(crate) question: Question,
    pub(crate) steps: mpsc::Sender<Step>,
}

impl Script {
    pub(crate) async fn give(&self, event: AnswerEvent) {
        self.steps.send(Ok(event)).await.expect("the workspace listens");
    }

    pub(crate) async fn say(&self, text: &str) {
        self.give(AnswerEvent::Delta(text.to_owned())).await;
    }

    pub(crate) async fn finish(&self, label: Label) {
        let mode = AnswerMode::Quotation;
        self.give(AnswerEvent::Done(Answered { text: None, mode, label, endpoint_name: None }))
            .await;
    }
}

/// Hands every question to the test.
#[derive(Debug)]
struct Stepped(mpsc::UnboundedSender<(Question, mpsc::Sender<Step>)>);

impl Answerer for Stepped {
    fn answer(&self, question: Question) -> Answers {
        let (steps, answers) = mpsc::channel(1);
        self.0.send((question, steps)).expect("the test listens");
        ReceiverStream::new(answers).boxed()
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

pub(crate) struct World {
    pub(crate) platform: Platform,
    pub(crate) institution: InstitutionId,
    pub(crate) identity: Identity,
    pub(crate) workspace: Workspace,
    pub(crate) router: Router,
    questions: Mutex<mpsc::UnboundedReceiver<(Question, mpsc::Sender<Step>)>>,
}

impl World {
    pub(crate) fn new(platform: &Platform, institution: InstitutionId) -> Self {
        Self::with(platform, institution, Config::default())
    }

    pub(crate) fn with(platform: &Platform, institution: InstitutionId, config: Config) -> Self {
        let (sender, questions) = mpsc::unbounded_channel();
        let answerer = Arc::new(Stepped(sender));
        let (_outbound, mint) = Outbound::new(Duration::from_secs(1)).unwrap();
        let guard = Guard::new(platform.clone(), mint);
        let world = Self::answered_by(platform, institution, (guard, answerer, config));
        Self { questions: Mutex::new(questions), ..world }
    }

    /// A world whose questions go to `answerer`.
    pub(crate) fn answered_by(
        platform: &Platform,
        institution: InstitutionId,
        (guard, answerer, config): (Guard, Arc<dyn Answerer>, Config),
    ) -> Self {
        let light = kaname_identity::Config {
            hash_memory_kib: 8,
            hash_passes: 1,
            ..kaname_identity::Config::default()
        };
        let identity = Identity::new(platform.clone(), light).unwrap();
        let workspace = Workspace::new(identity.clone(), guard, answerer, config);
        let (router, _) = kaname_workspace::router::<()>(workspace.clone()).split_for_parts();
        let limits =
            LayerConfig { body_bytes_max: 100_000, answer_timeout: Duration::from_mins(1) };
        Self {
            platform: platform.clone(),
            institution,
            identity,
            workspace,
            router: kaname_platform::http::around(router, limits),
            questions: Mutex::new(mpsc::unbounded_channel().1),
        }
    }

    pub(crate) async fn person(&self, name: &str, rank: u8) -> Person {
        self.person_of(self.institution, "town", name, rank).await
    }

    pub(crate) async fn person_of(
        &self,
        institution: InstitutionId,
        key: &str,
        name: &str,
        rank: u8,
    ) -> Person {
        let admin =
            kaname_identity::console_principal(&self.platform, institution, None).await.unwrap();
        let admin = kaname_kernel::Principal { roles: [Role::Administrator].into(), ..admin };
        let new = NewUser {
            user_name: name.to_owned(),
            display_name: name.to_owned(),
            roles: BTreeSet::from([Role::Staff]),
            department: None,
            clearance: Label::of_rank(rank),
            password: Some(Password::new(PASSWORD)),
            must_change_password: false,
        };
        kaname_identity::create_user(&self.identity, &admin, new).await.unwrap();
        self.sign_in(key, name).await
    }

    pub(crate) async fn sign_in(&self, key: &str, name: &str) -> Person {
        let password = Password::new(PASSWORD);
        let given = SignIn { institution: Some(key), user_name: name, password: &password };
        let opened = kaname_identity::sign_in(&self.identity, given, None).await.unwrap();
        Person {
            id: opened.user.id,
            cookie: format!("{}={}", kaname_identity::COOKIE, opened.token.reveal()),
            csrf: URL_SAFE_NO_PAD.encode(&opened.session.csrf_token),
        }
    }

    /// Sends a request as the web page would.
    pub(crate) async fn send(
        &self,
        person: &Person,
        (method, path): (&str, &str),
        body: Option<&str>,
    ) -> axum::response::Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &person.cookie)
            .header(CSRF_HEADER, &person.csrf);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request and reads the whole answer as JSON, `null` where it is empty.
    pub(crate) async fn call(
        &self,
        person: &Person,
        asked: (&str, &str),
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let body = body.map(|body| body.to_string());
        read(self.send(person, asked, body.as_deref()).await).await
    }

    /// The path of a new conversation.
    pub(crate) async fn begin(&self, person: &Person) -> String {
        let (status, made) = self.call(person, ("POST", "/conversations"), Some(json!({}))).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        format!("/conversations/{}", made["id"].as_str().unwrap())
    }

    /// Asks, and waits until the answerer has the question.
    pub(crate) async fn ask(&self, person: &Person, path: &str, text: &str) -> (Events, Script) {
        let response = self.post(person, path, text).await;
        assert_eq!(response.status(), StatusCode::OK, "the question is taken");
        (Events::of(response), self.next_script().await)
    }

    pub(crate) async fn post(
        &self,
        person: &Person,
        path: &str,
        text: &str,
    ) -> axum::response::Response {
        let body = json!({ "text": text }).to_string();
        self.send(person, ("POST", &format!("{path}/messages")), Some(&body)).await
    }

    pub(crate) async fn next_script(&self) -> Script {
        let (question, steps) =
            patiently(async { self.questions.lock().await.recv().await }).await.unwrap();
        Script { question, steps }
    }

    /// The messages of a conversation, once there are `count`.
    pub(crate) async fn messages(&self, person: &Person, path: &str, count: usize) -> Vec<Value> {
        patiently(async {
            loop {
                let (status, read) = self.call(person, ("GET", path), None).await;
                assert_eq!(status, StatusCode::OK, "{read}");
                let messages = read["messages"].as_array().unwrap().clone();
                if messages.len() >= count {
                    return messages;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }

    /// `(kind, refs, parent)` of every act of this slice, in order.
    pub(crate) async fn acts(&self) -> Vec<(String, Value, Option<String>)> {
        let mut tx = self.platform.db.read().await.unwrap();
        let rows = tx
            .fetch_all(
                "SELECT kind, refs, parent_act_id FROM act WHERE kind LIKE 'workspace.%' \
                 ORDER BY act_id",
                params![],
            )
            .await
            .unwrap();
        rows.iter()
            .map(|row| {
                let refs: String = row.get("refs").unwrap();
                let parent = row.get("parent_act_id").unwrap();
                (row.get("kind").unwrap(), serde_json::from_str(&refs).unwrap(), parent)
            })
            .collect()
    }
}

/// Server-sent events, one after the other.
pub(crate) struct Events {
    pub(crate) headers: HeaderMap,
    body: Body,
    buffer: String,
}

impl Events {
    pub(crate) fn of(response: axum::response::Response) -> Self {
        let headers = response.headers().clone();
        Self { headers, body: response.into_body(), buffer: String::new() }
    }

    /// The next event; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.buffer = rest;
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
                };
                let Some(name) = field("event:") else { continue };
                return Some((name.to_owned(), serde_json::from_str(field("data:")?).unwrap()));
            }
            let frame = patiently(self.body.frame()).await?.unwrap();
            let data = frame.into_data().unwrap();
            self.buffer.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    pub(crate) async fn expect(&mut self, name: &str) -> Value {
        let (found, data) = self.next().await.expect("another event");
        assert_eq!(found, name, "{data}");
        data
    }
}

pub(crate) async fn read(response: axum::response::Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    (status, body)
}

pub(crate) async fn patiently<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it comes in time")
}

pub(crate) fn citation(world: &World, label: Label) -> Citation {
    Citation {
        number: 1,
        document_id: world.platform.ids.next(),
        title: "粗大ごみの手引き".to_owned(),
        version: 2,
        page: Some(3),
        heading: None,
        quote: "手数料は一点につき五百円です。".to_owned(),
        start: 30,
        end: 75,
        label,
        collection_id: world.platform.ids.next(),
        effective_date: Some("2026-04-01".to_owned()),
    }
}
