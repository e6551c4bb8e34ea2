//! What every call at `/v1` shares: who calls, the body within bounds, the order, the headers.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use kaname_guard::{LabelPack, Purpose};
use kaname_identity::SignedIn;
use kaname_kernel::{ActId, Label, Principal};
use kaname_model_core::{Dialect, json::Body};

use super::{
    Single,
    refusal::{Refusal, plain},
};
use crate::{
    cache::Wish, candidates::Candidates, error::Error, failure::Failure, gateway::Gateway,
    http::GatewayState, model::Capability, routes::Asked,
};

/// The label that a caller gives to its own text; it only ever raises.
const LABEL_HEADER: &str = "x-kaname-label";
/// The act of the request.
const ACT_HEADER: HeaderName = HeaderName::from_static("x-kaname-act");

/// Who calls; refused in the shape of the dialect that the path belongs to.
pub(super) struct ModelCaller(pub(super) Principal);

impl FromRequestParts<GatewayState> for ModelCaller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &GatewayState) -> Result<Self, Response> {
        let dialect = dialect_of(parts.uri.path());
        take_key(&mut parts.headers);
        match SignedIn::from_request_parts(parts, state).await {
            Ok(SignedIn(principal)) => Ok(Self(principal)),
            Err(refused) => Err(match refused.status() {
                StatusCode::UNAUTHORIZED => plain(
                    dialect,
                    StatusCode::UNAUTHORIZED,
                    "invalid_api_key",
                    "The API key is missing, wrong or expired.",
                ),
                status if status.is_server_error() => plain(
                    dialect,
                    status,
                    "identity.unavailable",
                    "Who calls cannot be found out at the moment.",
                ),
                status => plain(
                    dialect,
                    status,
                    "identity.not_allowed",
                    "This session may not call models.",
                ),
            }),
        }
    }
}

/// The dialect of a path at `/v1`.
fn dialect_of(path: &str) -> Dialect {
    if path.starts_with("/v1/messages") { Dialect::Anthropic } else { Dialect::OpenAiChat }
}

/// Anthropic's SDKs send the key in a header of its own; here it is a bearer's like any other.
fn take_key(headers: &mut HeaderMap) {
    if headers.contains_key(header::AUTHORIZATION) {
        return;
    }
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    let bearer = key.and_then(|key| HeaderValue::try_from(format!("Bearer {key}")).ok());
    if let Some(mut bearer) = bearer {
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
    }
}

/// What a call says: who, with which headers and which body.
pub(super) struct Arrived {
    pub(super) caller: Principal,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The act that led to it, if one of this program did.
    pub(super) parent: Option<ActId>,
}

impl Arrived {
    /// A call that does not come over HTTP.
    pub(super) fn of(call: Single<'_>) -> Self {
        let label = call.label.and_then(|label| HeaderValue::try_from(label.to_string()).ok());
        let label = label.map(|label| (HeaderName::from_static(LABEL_HEADER), label));
        let headers = label.into_iter().collect();
        Self { caller: call.caller, headers, body: call.body, parent: Some(call.parent) }
    }

    /// What the caller wants of the cache.
    pub(super) fn wish(&self) -> Wish {
        let said = self.headers.get(header::CACHE_CONTROL);
        Wish::of(said.and_then(|value| value.to_str().ok()))
    }
}

/// Reads a call whole and gives what `answer` makes of it.
pub(super) async fn answered<A>(
    gateway: &Gateway,
    dialect: Dialect,
    (caller, request): (Principal, Request),
    answer: A,
) -> Response
where
    A: AsyncFnOnce(&Gateway, Arrived) -> Result<Response, Failure>,
{
    let headers = request.headers().clone();
    let body = match body_of(gateway, dialect, request).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let answer = answer(gateway, Arrived { caller, headers, body, parent: None }).await;
    answer.unwrap_or_else(|failure| Refusal::new(failure, dialect).into_response())
}

/// What is asked of a path that is not there, in the shape of its dialect. The body is read, so that
/// the connection can be used again.
pub(super) async fn nothing_here(State(gateway): State<Gateway>, request: Request) -> Response {
    let dialect = dialect_of(request.uri().path());
    match body_of(&gateway, dialect, request).await {
        Ok(_) => plain(dialect, StatusCode::NOT_FOUND, "http.not_found", "There is nothing here."),
        Err(refused) => refused,
    }
}

/// The whole body, if it is not too large.
async fn body_of(gateway: &Gateway, dialect: Dialect, request: Request) -> Result<Bytes, Response> {
    let most = gateway.config.body_bytes_max;
    axum::body::to_bytes(request.into_body(), most).await.map_err(|_| {
        let message = format!("The body is larger than {most} bytes.");
        plain(dialect, StatusCode::PAYLOAD_TOO_LARGE, "http.too_large", &message)
    })
}

impl Gateway {
    /// The endpoints for the model that the body of a call names, and the label that its headers raise.
    ///
    /// Endpoints, keys and label pack come from one state of the records, read anew for every call.
    pub(super) async fn reached_by(
        &self,
        call: &Arrived,
        body: &Body<'_>,
        needs: &[Capability],
    ) -> Result<(Label, Candidates), Error> {
        let name = body.string("model");
        let name = name.ok_or_else(|| Error::bad_call("model", "`model` must be a text"))?;
        let institution = call.caller.institution;
        let mut tx = self.platform.db.read().await?;
        let pack = self.guard.pack_in(&mut tx, institution).await?;
        let label = label_of(pack, &call.headers)?;
        let asked = Asked { label: &label, purpose: Purpose::DirectCall, needs };
        let candidates = self.named(&mut tx, (institution, &name), &asked).await?;
        Ok((label, candidates))
    }
}

/// The label of the caller's text: the institution's default, raised by the header.
pub(super) fn label_of(pack: &LabelPack, headers: &HeaderMap) -> Result<Label, Error> {
    let Some(stated) = headers.get(LABEL_HEADER) else { return Ok(pack.default_label()) };
    let stated = stated.to_str().ok().and_then(|text| text.parse::<Label>().ok());
    let known = stated.filter(|label| pack.knows(label));
    let known = known.ok_or_else(|| {
        Error::bad_call(
            "x-kaname-label",
            "the header x-kaname-label is not a label of the institution",
        )
    })?;
    Ok(pack.default_label().join(&known))
}

/// Puts act and label on an answer.
pub(super) fn mark(headers: &mut HeaderMap, act: Option<ActId>, label: Option<&Label>) {
    if let Some(value) = act.and_then(|act| HeaderValue::try_from(act.to_string()).ok()) {
        headers.insert(ACT_HEADER, value.clone());
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    if let Some(value) = label.and_then(|label| HeaderValue::try_from(label.to_string()).ok()) {
        headers.insert(HeaderName::from_static(LABEL_HEADER), value);
    }
}
