//! What every call at `/v1` shares: who calls, the body within bounds, the order, the headers.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kaname_guard::{LabelPack, Purpose};
use kaname_identity::SignedIn;
use kaname_kernel::{ActId, Label, Principal};

use super::error::{Refusal, plain};
use crate::{
    error::Error, gateway::Gateway, http::GatewayState, model::Capability, order::Order,
    scan::Scan, store,
};

/// The label that a caller gives to its own text; it only ever raises.
const LABEL_HEADER: &str = "x-kaname-label";
/// The act of the request.
const ACT_HEADER: HeaderName = HeaderName::from_static("x-kaname-act");

/// Who calls; refused in OpenAI's shape.
pub(super) struct ModelCaller(pub(super) Principal);

impl FromRequestParts<GatewayState> for ModelCaller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &GatewayState) -> Result<Self, Response> {
        match SignedIn::from_request_parts(parts, state).await {
            Ok(SignedIn(principal)) => Ok(Self(principal)),
            Err(refused) => Err(match refused.status() {
                StatusCode::UNAUTHORIZED => plain(
                    StatusCode::UNAUTHORIZED,
                    "invalid_api_key",
                    "The API key is missing, wrong or expired.",
                ),
                status if status.is_server_error() => plain(
                    status,
                    "identity.unavailable",
                    "Who calls cannot be found out at the moment.",
                ),
                status => {
                    plain(status, "identity.not_allowed", "This session may not call models.")
                }
            }),
        }
    }
}

/// What a call says: who, with which headers and which body.
pub(super) struct Call {
    pub(super) caller: Principal,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Reads a call whole and gives what `answer` makes of it.
pub(super) async fn answered<A>(
    gateway: &Gateway,
    caller: Principal,
    request: Request,
    answer: A,
) -> Response
where
    A: AsyncFnOnce(&Gateway, Call) -> Result<Response, Refusal>,
{
    let headers = request.headers().clone();
    let body = match body_of(gateway, request).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let answer = answer(gateway, Call { caller, headers, body }).await;
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// The whole body, if it is not too large.
async fn body_of(gateway: &Gateway, request: Request) -> Result<Bytes, Response> {
    let most = gateway.config.body_bytes_max;
    axum::body::to_bytes(request.into_body(), most).await.map_err(|_| {
        let message = format!("The body is larger than {most} bytes.");
        plain(StatusCode::PAYLOAD_TOO_LARGE, "http.too_large", &message)
    })
}

impl Gateway {
    /// What a call orders: the endpoint that its body names, under the label that its headers raise.
    ///
    /// Endpoint, key and label pack come from one state of the records, read anew for every call.
    pub(super) async fn order(
        &self,
        call: &Call,
        scan: &Scan<'_>,
        capability: Capability,
    ) -> Result<Order, Refusal> {
        let name = scan.value().get("model").and_then(serde_json::Value::as_str);
        let name = name.ok_or_else(|| Error::bad_call("model", "`model` must be a text"))?;
        let institution = call.caller.institution;
        let mut tx = self.platform.db.read().await.map_err(Error::from)?;
        let found = store::by_public_name(&mut tx, institution, name).await.map_err(Error::from)?;
        let able = found.filter(|endpoint| endpoint.can(capability));
        let endpoint = able.ok_or_else(|| Error::UnknownModel(name.to_owned()))?;
        let pack = self.guard.pack_in(&mut tx, institution).await.map_err(Error::from)?;
        let label = label_of(pack, &call.headers)?;
        let reached = self.with_key(&mut tx, endpoint).await?;
        Ok(Order::new((&call.caller).into(), Purpose::DirectCall, reached, label))
    }
}

/// The label of the caller's text: the institution's default, raised by the header.
fn label_of(pack: &LabelPack, headers: &HeaderMap) -> Result<Label, Error> {
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
