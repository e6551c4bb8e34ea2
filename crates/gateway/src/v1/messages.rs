//! `POST /v1/messages` in Anthropic's dialect, plain and streaming, and the count of its tokens.
//! Its SDKs prove themselves by `x-api-key`.

use axum::{
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use kaname_budget_core::Tokens;
use kaname_guard::{Action, Purpose, Usage};
use kaname_model_core::{
    Dialect,
    json::{Body, Json, Limits, Splice},
};

use super::{
    arrived::{Arrived, ModelCaller, answered},
    speak::{json_response, speak},
};
use crate::{
    error::Error,
    failure::Failure,
    gateway::Gateway,
    model::{Capability, EndpointKind},
    observe::{COUNT_TOKENS, Context},
    order::Order,
    upstream::{self, Letter},
};

/// Has a model continue a conversation. The body is Anthropic's; tools that the vendor runs and
/// files that it keeps are refused.
#[utoipa::path(post, path = "/v1/messages", tag = "models", operation_id = "create_message",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "Anthropic's message, or its events as server-sent events"),
    (status = 400, body = Object), (status = 401, body = Object), (status = 403, body = Object),
    (status = 404, body = Object), (status = 413, body = Object), (status = 429, body = Object),
    (status = 502, body = Object), (status = 503, body = Object), (status = 504, body = Object),
))]
pub(super) async fn create_message(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    speak(&gateway, Dialect::Anthropic, caller, request).await
}

/// Counts the tokens of a message without answering it. Only an endpoint of Anthropic's kind can.
#[utoipa::path(post, path = "/v1/messages/count_tokens", tag = "models", operation_id = "count_tokens",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "Anthropic's count: `input_tokens`"),
    (status = 400, body = Object), (status = 401, body = Object), (status = 403, body = Object),
    (status = 404, body = Object), (status = 429, body = Object), (status = 502, body = Object),
))]
pub(super) async fn count_tokens(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    answered(&gateway, Dialect::Anthropic, (caller, request), count).await
}

async fn count(gateway: &Gateway, arrived: Arrived) -> Result<Response, Failure> {
    let limits = Limits { bytes: gateway.config.body_bytes_max, ..Limits::default() };
    let body = Body::read(&arrived.body, limits).map_err(Error::from)?;
    let (label, mut found) = gateway.reached_by(&arrived, &body, &[Capability::Chat]).await?;
    let (route, resting) = (found.route, found.reaches.is_empty());
    found.reaches.retain(|one| one.endpoint.kind == EndpointKind::Anthropic);
    if found.reaches.is_empty() && !resting {
        let detail = "no endpoint behind this model can count tokens";
        return Err(Error::bad_call("model", detail).into());
    }
    let why = (Purpose::DirectCall, Action::Chat);
    let (reach, passage) = gateway.first_of(arrived.caller.institution, found, why).await?;
    let mut splice = Splice::of(&body);
    let set = splice.set(&["model"], &Json::Text(reach.endpoint.model.clone()));
    set.map_err(|error| Error::bad_call("model", error.to_string()))?;
    let what = (Action::Chat, ("request", arrived.body.to_vec()));
    let order = Order::new((&arrived.caller).into(), Purpose::DirectCall, label, what);
    // It is free of charge there, but a call all the same: decided on and recorded like any other.
    let operation = Some(COUNT_TOKENS);
    let context = Context { operation, ..Context::of_headers(&arrived.headers) };
    let order = Order { bound: Tokens::default(), route, context, ..order };
    let letter = Letter {
        address: reach.anthropic_address("/messages/count_tokens")?,
        body: Some(Bytes::from(splice.apply())),
        accept: "application/json",
    };
    let none = Usage::of(0, 0);
    let call = async |permit, _| {
        let sent = upstream::call_json(&gateway.outbound, gateway.config, permit, letter).await;
        sent.map(|body| (body, none))
    };
    // A count that is refused says nothing of answers, and one that comes does not either.
    let only = (&reach, passage.untelling());
    Ok(json_response(gateway.answer_once(&order, only, call).await?))
}
