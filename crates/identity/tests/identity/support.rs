//! A town with people in it, and a browser that remembers its cookie and CSRF token.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use kaname_identity::{
    Config, Identity, NewUser, Password, console_principal, create_user, router,
};
use kaname_kernel::{InstitutionId, Label, Principal, Role, UserId};
use kaname_platform::params;
use kaname_testkit::TestPlatform;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// A good password of the person `name`.
pub(crate) fn password_of(name: &str) -> String {
    format!("slow green kettle by the {name} window")
}

/// Identity on a test's platform, with hashing made cheap.
pub(crate) struct World {
    pub(crate) test: TestPlatform,
    pub(crate) identity: Identity,
    pub(crate) app: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) cookie: Option<String>,
}

impl Answer {
    /// The problem's code, or nothing.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The problem's field, or nothing.
    pub(crate) fn field(&self) -> &str {
        self.body["field"].as_str().unwrap_or_default()
    }

    /// The text at `name`.
    pub(crate) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }

    pub(crate) fn is(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{self:?}");
    }

    pub(crate) fn ok(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }
}

/// Somebody's way to the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    pub(crate) token: String,
    pub(crate) csrf: String,
    pub(crate) key: String,
}

impl World {
    pub(crate) fn new(test: TestPlatform) -> Self {
        let config = Config { hash_memory_kib: 64, hash_passes: 1, ..Config::default() };
        let identity = Identity::new(test.platform.clone(), config).unwrap();
        let (app, _) = router::<()>(identity.clone()).split_for_parts();
        Self { test, identity, app }
    }

    pub(crate) async fn console(&self, institution: InstitutionId) -> Principal {
        console_principal(&self.test.platform, institution, None).await.unwrap()
    }

    /// Adds a person with `role` and [`password_of`] the name.
    pub(crate) async fn add(&self, institution: InstitutionId, name: &str, role: Role) -> UserId {
        let new = NewUser {
            user_name: name.to_owned(),
            display_name: format!("{name}さん"),
            roles: [role].into(),
            department: None,
            clearance: Label::of_rank(2),
            password: Some(Password::new(&password_of(name))),
            must_change_password: false,
        };
        let by = self.console(institution).await;
        create_user(&self.identity, &by, new).await.unwrap().user.id
    }

    /// Adds a person and signs in.
    pub(crate) async fn client(&self, name: &str, role: Role) -> Client {
        self.add(self.test.institution, name, role).await;
        self.sign_in(name).await
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Client {
        self.sign_in_to("town", name, &password_of(name)).await
    }

    pub(crate) async fn sign_in_to(&self, institution: &str, name: &str, password: &str) -> Client {
        let body = json!({"institution": institution, "user_name": name, "password": password});
        let answer = self.call(&Client::default(), "POST", "/session", body).await.ok(200);
        Client {
            token: answer.cookie.clone().unwrap(),
            csrf: answer.text("csrf_token"),
            ..Client::default()
        }
    }

    /// One try at the password of `name`.
    pub(crate) async fn attempt(&self, name: &str, password: &str) -> Answer {
        let body = json!({"user_name": name, "password": password});
        self.call(&Client::default(), "POST", "/session", body).await
    }

    /// Calls; `Value::Null` sends no body.
    pub(crate) async fn call(
        &self,
        client: &Client,
        method: &str,
        path: &str,
        body: Value,
    ) -> Answer {
        let (kind, text) = match body {
            Value::Null => ("", String::new()),
            Value::String(csv) => ("text/csv", csv),
            json => ("application/json", json.to_string()),
        };
        self.send(client, (method, path), (kind, text), &[]).await
    }

    pub(crate) async fn send(
        &self,
        client: &Client,
        (method, path): (&str, &str),
        (kind, body): (&str, String),
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in [
            ("content-type", kind),
            ("x-kaname-csrf", &client.csrf),
            ("authorization", &client.key),
            ("cookie", &client.token),
        ] {
            match (name, value.is_empty()) {
                (_, true) => {}
                ("cookie", _) => {
                    request = request.header(name, format!("theme=dark; kaname_session={value}"));
                }
                ("authorization", _) => request = request.header(name, format!("Bearer {value}")),
                _ => request = request.header(name, value),
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let cookie = response.headers().get(header::SET_COOKIE).map(|value| {
            let text = value.to_str().unwrap();
            assert!(
                text.contains("; Path=/;") && text.contains("; HttpOnly; SameSite=Strict; Secure"),
                "{text}"
            );
            text.split(';').next().unwrap().strip_prefix("kaname_session=").unwrap().to_owned()
        });
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            assert!(bytes.is_empty(), "not JSON: {bytes:?}");
            Value::Null
        });
        Answer { status, body, cookie }
    }

    /// How many acts of `kind` there are.
    pub(crate) async fn acts(&self, kind: &str) -> i64 {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let row = tx
            .fetch_one("SELECT COUNT(*) AS acts FROM act WHERE kind = $1", params![kind])
            .await
            .unwrap();
        row.get("acts").unwrap()
    }
}
