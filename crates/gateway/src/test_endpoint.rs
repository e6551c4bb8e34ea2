//! Tries an endpoint: before it is saved (which models has it?) and after (does it answer?).
//!
//! Both go through the guard like every call; what is sent is a fixed text without a label.

use std::time::Instant;

use kaname_guard::{Action, Origin, Place, Purpose, Request, Usage};
use kaname_kernel::{EndpointId, Label, Principal};
use kaname_platform::{Act, http::Fault as _, outbound::Target};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    base_url,
    call::Call,
    candidates::Candidates,
    chat::ChatOrder,
    create_endpoint::require_administrator,
    endpoint_fields::check_key,
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::{Capability, Health, HealthState},
    order::{ApiKey, Order, Reach, settled},
    store,
    upstream::{self, Letter},
    wire::Address,
};

/// What is asked of a chat model.
const QUESTION: &str = "「はい」とだけ答えてください。";

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TestResult {
    /// Whether it answered.
    pub ok: bool,
    /// How long it took.
    pub latency_ms: Option<u64>,
    /// The beginning of what it said.
    pub sample: Option<String>,
    /// What went wrong.
    pub error: Option<TestError>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProbeResult {
    /// Whether it answered.
    pub ok: bool,
    /// The models that it offers.
    pub models: Vec<String>,
    /// How long it took.
    pub latency_ms: Option<u64>,
    /// What went wrong.
    pub error: Option<TestError>,
}

/// What went wrong in a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TestError {
    /// The stable code.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub fix: Option<String>,
}

impl From<&Failure> for TestError {
    fn from(failure: &Failure) -> Self {
        Self { code: failure.code().to_owned(), detail: failure.to_string(), fix: failure.fix() }
    }
}

impl Gateway {
    /// Lets the endpoint `id` answer a fixed question and keeps what came of it as its health.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], or when nothing can be recorded. A failing endpoint is a result.
    pub async fn test_endpoint(&self, by: &Principal, id: EndpointId) -> Result<TestResult, Error> {
        require_administrator(by)?;
        let tried = self.reach(by.institution, id).await?;
        let began = Instant::now();
        let result = match self.try_endpoint(by, tried).await {
            Ok(sample) => TestResult {
                ok: true,
                latency_ms: Some(millis_since(began)),
                sample: Some(sample.chars().take(200).collect()),
                error: None,
            },
            Err(failure) if is_ours(&failure.error) => return Err(failure.error),
            Err(failure) => {
                let error = Some((&failure).into());
                TestResult { ok: false, latency_ms: None, sample: None, error }
            }
        };
        self.keep_health(by, id, &result).await?;
        Ok(result)
    }

    async fn try_endpoint(&self, by: &Principal, reach: Reach) -> Result<String, Failure> {
        let order = |what| Order::new(by.into(), Purpose::EndpointTest, Label::default(), what);
        if reach.endpoint.can(Capability::Chat) {
            let messages = json!([{"role": "user", "content": QUESTION}]);
            let call = Call::own(&json!({"model": "", "messages": messages, "max_tokens": 32}))?;
            let content = ("messages", messages.to_string().into_bytes());
            let order = order((Action::Chat, content));
            let candidates = Candidates::only(reach);
            let whole = self.complete_chat(&ChatOrder { order, candidates, call }).await?;
            let answer: serde_json::Value = serde_json::from_slice(&whole.answer)
                .map_err(|_| Error::from(UpstreamFault::Malformed))?;
            let text = answer.pointer("/choices/0/message/content").and_then(|text| text.as_str());
            return Ok(text.unwrap_or_default().to_owned());
        }
        let order = order((Action::Embed, ("input", QUESTION.as_bytes().to_vec())));
        let (permit, attempt) = self.admit(&order, &reach.endpoint, None).await?;
        let called = self.vectors(&reach, permit, vec![QUESTION.to_owned()]).await;
        let vectors = settled(attempt, called).await?.answer;
        Ok(format!("{} × {}", vectors.len(), vectors.first().map_or(0, Vec::len)))
    }

    async fn keep_health(
        &self,
        by: &Principal,
        id: EndpointId,
        result: &TestResult,
    ) -> Result<(), Error> {
        let mut tx = self.platform.db.begin().await?;
        let mut endpoint =
            store::by_id(&mut tx, by.institution, id).await?.ok_or(Error::NotFound)?;
        endpoint.health = Health {
            state: if result.ok { HealthState::Ok } else { HealthState::Failing },
            checked_at_ms: Some(self.platform.now().as_millis()),
            detail: result.error.as_ref().map(|error| error.detail.clone()).unwrap_or_default(),
        };
        store::update(&mut tx, &endpoint).await?;
        let act = Act::by(by, "gateway.endpoint_tested")
            .reference("endpoint", id)
            .reference("ok", result.ok);
        let act = match &result.error {
            Some(error) => act.reference("code", &error.code),
            None => act,
        };
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Asks the server at `base` which models it offers, before an endpoint is saved.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] by field, or when nothing can be recorded. A failing server is a result.
    pub async fn probe_endpoint(
        &self,
        by: &Principal,
        base: &str,
        key: Option<&str>,
    ) -> Result<ProbeResult, Error> {
        require_administrator(by)?;
        let base = base_url::check(base, self.config.allow_insecure)?;
        let key = check_key(key)?.map(ApiKey::new);
        let began = Instant::now();
        match self.list_upstream_models(by, &base, key).await {
            Ok(models) => Ok(ProbeResult {
                ok: true,
                models,
                latency_ms: Some(millis_since(began)),
                error: None,
            }),
            Err(failure) if is_ours(&failure.error) => Err(failure.error),
            Err(failure) => Ok(ProbeResult {
                ok: false,
                models: Vec::new(),
                latency_ms: None,
                error: Some((&failure).into()),
            }),
        }
    }

    async fn list_upstream_models(
        &self,
        by: &Principal,
        base: &str,
        key: Option<ApiKey>,
    ) -> Result<Vec<String>, Failure> {
        let place = Place {
            endpoint: None,
            institution: by.institution,
            target: Target::of_url(base)
                .map_err(|_| Error::invalid("base_url", "this is not a URL"))?,
            clearance: Label::default(),
            enabled: true,
            model: String::new(),
            origin: Origin::default(),
        };
        let request =
            Request::new(by, Purpose::EndpointTest, Action::Probe, place, Label::default());
        let (permit, attempt) =
            self.guard.admit(request.content("base_url", base)).await.map_err(Error::from)?;
        let address = Address::bearer(format!("{base}/models"), key.as_ref())?;
        let letter = Letter { address, body: None, accept: "application/json" };
        let answer = upstream::call_json(&self.outbound, self.config, permit, letter).await;
        let called = answer.and_then(|body| Ok((model_names(&body)?, Usage::default())));
        Ok(settled(attempt, called).await?.answer)
    }
}

/// Whether a fault is this program's own, not the endpoint's.
fn is_ours(error: &Error) -> bool {
    !matches!(
        error,
        Error::Upstream(_) | Error::Embedded(_) | Error::Guard(kaname_guard::Error::Denied(_))
    )
}

fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn model_names(body: &[u8]) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Model>,
    }
    #[derive(Deserialize)]
    struct Model {
        id: String,
    }
    let list: List = serde_json::from_slice(body).map_err(|_| UpstreamFault::Malformed)?;
    Ok(list.data.into_iter().map(|model| model.id).take(1_000).collect())
}
