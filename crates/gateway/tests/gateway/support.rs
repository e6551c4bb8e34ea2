//! A town with a gateway, people with keys, and a look into the act log.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use futures_util::{StreamExt as _, future::BoxFuture, stream};
use http_body_util::BodyExt as _;
use kaname_gateway::{
    Capability, Config, EmbeddedEmbedder, EmbeddedError, EmbeddedFault, EmbeddedGenerator,
    Endpoint, EndpointKind, Gateway, Generated, GeneratorEvent, GeneratorRequest, Language,
    NewEndpoint,
    http::{GatewayState, router},
    v1,
};
use kaname_guard::Guard;
use kaname_identity::{Identity, NewKey, NewUser, console_principal, create_key, create_user};
use kaname_kernel::{InstitutionId, Label, Principal, Role, Scope};
use kaname_platform::{
    outbound::{Outbound, Permit, Target},
    params,
};
use kaname_testkit::TestPlatform;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A model that gives the length of a text and its number of characters: enough to tell texts apart.
#[derive(Debug)]
pub(crate) struct Measuring;

impl EmbeddedEmbedder for Measuring {
    fn model(&self) -> &'static str {
        "measuring"
    }

    fn dimensions(&self) -> usize {
        2
    }

    fn embed(
        &self,
        permit: Permit,
        texts: Vec<String>,
    ) -> BoxFuture<'static, Result<Vec<Vec<f32>>, EmbeddedError>> {
        Box::pin(async move {
            permit.spend(&Target::Embedded("measuring".to_owned())).unwrap();
            let size = |number: usize| f32::from(u16::try_from(number).unwrap());
            Ok(texts
                .iter()
                .map(|text| vec![size(text.len()), size(text.chars().count())])
                .collect())
        })
    }
}

/// A generator that says the last message again, word by word. It speaks English alone.
#[derive(Debug)]
pub(crate) struct Parrot;

impl EmbeddedGenerator for Parrot {
    fn model(&self) -> &'static str {
        "parrot"
    }

    fn languages(&self) -> &[Language] {
        &[Language::En]
    }

    fn generate(
        &self,
        permit: Permit,
        request: GeneratorRequest,
    ) -> BoxFuture<'static, Result<Generated, EmbeddedError>> {
        Box::pin(async move {
            permit.spend(&Target::Embedded("parrot".to_owned())).unwrap();
            let words = request.messages.last().unwrap().1.clone();
            let count = u64::try_from(words.split(' ').count()).unwrap();
            let mut events: Vec<Result<GeneratorEvent, EmbeddedError>> = words
                .split_inclusive(' ')
                .map(|word| Ok(GeneratorEvent::Delta(word.to_owned())))
                .collect();
            events.push(if words == "crash" {
                let detail = "the engine process ended".to_owned();
                Err(EmbeddedError { fault: EmbeddedFault::Failed, detail })
            } else if words == "gone" {
                let detail = "cannot open the model file".to_owned();
                Err(EmbeddedError { fault: EmbeddedFault::NoModel, detail })
            } else {
                Ok(GeneratorEvent::Done {
                    finish_reason: "stop",
                    prompt_tokens: count,
                    completion_tokens: count,
                })
            });
            Ok(stream::iter(events).boxed())
        })
    }
}

pub(crate) struct World {
    pub(crate) test: TestPlatform,
    pub(crate) gateway: Gateway,
    pub(crate) identity: Identity,
    pub(crate) app: Router,
    pub(crate) administrator: Principal,
    pub(crate) key: String,
}

impl World {
    pub(crate) async fn new(test: TestPlatform) -> Self {
        Self::patient(test, Duration::from_secs(20)).await
    }

    /// A gateway that waits this long for a silent upstream.
    pub(crate) async fn patient(test: TestPlatform, patience: Duration) -> Self {
        let config = Config {
            idle_timeout: patience,
            body_bytes_max: 64 << 10,
            answer_bytes_max: 256 << 10,
            ..Config::default()
        };
        Self::within(test, patience, config).await
    }

    /// A gateway with these bounds that waits this long for the head of an answer.
    pub(crate) async fn within(test: TestPlatform, patience: Duration, config: Config) -> Self {
        Self::with(test, (patience, config), |gateway, _| gateway).await
    }

    /// A gateway with something added to it.
    pub(crate) async fn with(
        test: TestPlatform,
        (patience, config): (Duration, Config),
        add_to: impl FnOnce(Gateway, &Outbound) -> Gateway,
    ) -> Self {
        let platform = test.platform.clone();
        let (outbound, mint) = Outbound::new(patience).unwrap();
        let guard = Guard::new(platform.clone(), mint);
        let gateway = Gateway::new(platform.clone(), guard, outbound.clone(), config)
            .with_embedder(Arc::new(Measuring))
            .with_generator(Arc::new(Parrot));
        let gateway = add_to(gateway, &outbound);
        let cheap = kaname_identity::Config {
            hash_memory_kib: 64,
            hash_passes: 1,
            ..kaname_identity::Config::default()
        };
        let identity = Identity::new(platform, cheap).unwrap();
        let state = GatewayState { gateway: gateway.clone(), identity: identity.clone() };
        let (api, _) = router::<()>(state.clone()).split_for_parts();
        let (models, _) = v1::router::<()>(state).split_for_parts();
        let (people, _) = kaname_identity::router::<()>(identity.clone()).split_for_parts();
        let app = Router::new().nest("/api/v1", api.merge(people)).merge(models);
        let administrator = add(&identity, test.institution, "chief", Role::Administrator).await;
        let key = make_key(&identity, &administrator, &[Scope::Models]).await;
        Self { test, gateway, identity, app, administrator, key }
    }

    pub(crate) async fn add(
        &self,
        institution: InstitutionId,
        name: &str,
        role: Role,
    ) -> Principal {
        add(&self.identity, institution, name, role).await
    }

    pub(crate) async fn key_of(&self, person: &Principal, scopes: &[Scope]) -> String {
        make_key(&self.identity, person, scopes).await
    }

    /// Adds an endpoint at `base_url` that may handle up to 自治体機密性2.
    pub(crate) async fn add_endpoint(&self, base_url: &str) -> Endpoint {
        self.gateway.create_endpoint(&self.administrator, new_endpoint(base_url)).await.unwrap()
    }

    /// Sends `body` to `path` with the world's key.
    pub(crate) async fn post(
        &self,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Response<Body> {
        let mut request = Request::post(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> Response<Body> {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().oneshot(request).await.unwrap()
    }

    /// Kind, outcome and code of every act of the guard, oldest first.
    pub(crate) async fn acts(&self) -> Vec<String> {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let sql = "SELECT kind, refs FROM act WHERE kind LIKE 'guard.%' ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        rows.iter()
            .map(|row| {
                let kind: String = row.get("kind").unwrap();
                let refs: Value =
                    serde_json::from_str(&row.get::<String>("refs").unwrap()).unwrap();
                let parts = [
                    Some(kind.trim_start_matches("guard.")),
                    refs["outcome"].as_str(),
                    refs["code"].as_str(),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    /// The newest call of a model: its outcome, code, tokens in and out, and cost.
    pub(crate) async fn last_call(&self) -> CallRow {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let sql = "SELECT * FROM model_call ORDER BY act_id DESC LIMIT 1";
        let row = tx.fetch_one(sql, params![]).await.unwrap();
        CallRow {
            outcome: row.get("outcome").unwrap(),
            code: row.get("code").unwrap(),
            tokens: (row.get("prompt_tokens").unwrap(), row.get("completion_tokens").unwrap()),
            cost_micro_yen: row.get("cost_micro_yen").unwrap(),
            is_timed: row.get::<Option<i64>>("took_ms").unwrap().is_some(),
        }
    }

    /// Waits until the last act of the guard is `last`.
    pub(crate) async fn until_last_act(&self, last: &str) {
        let wait = async {
            while self.acts().await.last().map(String::as_str) != Some(last) {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(in_time.is_ok(), "{:?}", self.acts().await);
    }

    /// The content `field` of the newest act of `kind`.
    pub(crate) async fn content(&self, kind: &str, field: &str) -> String {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let sql = "SELECT c.value FROM act_content c JOIN act a ON a.act_id = c.act_id \
                   WHERE a.kind = $1 AND c.field = $2 ORDER BY a.act_id DESC LIMIT 1";
        let row = tx.fetch_one(sql, params![kind, field]).await.unwrap();
        String::from_utf8(row.get("value").unwrap()).unwrap()
    }
}

/// What is kept of a call to be counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRow {
    pub(crate) outcome: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) tokens: (Option<i64>, Option<i64>),
    pub(crate) cost_micro_yen: Option<i64>,
    pub(crate) is_timed: bool,
}

pub(crate) fn new_endpoint(base_url: &str) -> NewEndpoint {
    NewEndpoint {
        name: "庁内の推論サーバー".to_owned(),
        kind: EndpointKind::OpenaiCompatible,
        base_url: Some(base_url.to_owned()),
        api_key: Some("upstream-secret".to_owned()),
        model: "up-model".to_owned(),
        public_name: "kaname/standard".to_owned(),
        capabilities: vec![Capability::Chat, Capability::Embeddings],
        languages: vec![Language::Ja],
        clearance: Label::of_rank(2),
        vendor: "例".to_owned(),
        operator_country: "JP".to_owned(),
        hosting_country: "JP".to_owned(),
        open_weights: true,
        licence: "Apache-2.0".to_owned(),
        dialects: Vec::new(),
        region: String::new(),
        context_tokens: None,
        concurrent_max: None,
        cache_seconds: 0,
        price: None,
    }
}

async fn add(identity: &Identity, institution: InstitutionId, name: &str, role: Role) -> Principal {
    let by = console_principal(&identity.platform, institution, None).await.unwrap();
    let new = NewUser {
        user_name: name.to_owned(),
        display_name: name.to_owned(),
        roles: [role].into(),
        department: None,
        clearance: Label::of_rank(3),
        password: Some(kaname_identity::Password::new(&password_of(name))),
        must_change_password: false,
    };
    create_user(identity, &by, new).await.unwrap();
    console_principal(&identity.platform, institution, Some(name)).await.unwrap()
}

pub(crate) fn password_of(name: &str) -> String {
    format!("slow green kettle by the {name} window")
}

async fn make_key(identity: &Identity, person: &Principal, scopes: &[Scope]) -> String {
    let scopes = scopes.iter().copied().collect();
    let new = NewKey { name: "app".to_owned(), scopes, expires_in_days: 1 };
    create_key(identity, person, new).await.unwrap().1.reveal().to_owned()
}

pub(crate) fn chat_body(stream: bool) -> String {
    let mut body = json!({
        "model": "kaname/standard",
        "messages": [{"role": "user", "content": "粗大ごみの手数料は？"}],
        "stream": stream,
    });
    if stream {
        body["stream_options"] = json!({"include_usage": true});
    }
    body.to_string()
}

pub(crate) async fn text_of(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

pub(crate) async fn json_of(response: Response<Body>) -> (StatusCode, Value) {
    let (status, text) = text_of(response).await;
    let value = serde_json::from_str(&text);
    assert!(value.is_ok(), "{status}: not JSON: {text}");
    (status, value.unwrap())
}

/// A signed-in person's cookie and CSRF token.
pub(crate) struct Session {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Session {
    pub(crate) async fn of(world: &World, name: &str) -> Self {
        let body = json!({"institution": "town", "user_name": name, "password": password_of(name)});
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        let response = world.send(request.body(Body::from(body.to_string())).unwrap()).await;
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let (_, session) = json_of(response).await;
        Self { cookie, csrf: session["csrf_token"].as_str().unwrap().to_owned() }
    }

    pub(crate) async fn call(
        &self,
        world: &World,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("cookie", &self.cookie)
            .header("x-kaname-csrf", &self.csrf)
            .header("content-type", "application/json");
        let response = world.send(request.body(Body::from(body.to_string())).unwrap()).await;
        let status = response.status().as_u16();
        let (_, text) = text_of(response).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
