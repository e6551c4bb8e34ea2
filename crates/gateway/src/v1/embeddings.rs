//! `POST /v1/embeddings`.

use axum::{
    extract::{Request, State},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kaname_guard::{Action, Purpose, Usage};
use kaname_model_core::{
    Dialect,
    json::{Body, Json, Limits, Splice},
};
use kaname_platform::outbound::Permit;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    arrived::{Arrived, ModelCaller, answered},
    refusal::ErrorBody,
    speak::json_response,
};
use crate::{
    chat::not_here,
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::{Capability, Endpoint},
    observe::Context,
    order::{Order, Reach},
    pieces::WireUsage,
    upstream::{self, Letter},
};

/// Turns text into vectors. The body is OpenAI's; unknown fields pass to the endpoint.
#[utoipa::path(post, path = "/v1/embeddings", tag = "models", operation_id = "create_embeddings",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "OpenAI's list of embeddings"),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 502, body = ErrorBody),
))]
pub(super) async fn embeddings(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    answered(&gateway, Dialect::OpenAiChat, (caller, request), answer).await
}

/// What an embedding call asks, read and checked.
struct Asked {
    body: String,
    /// The body without the name of its model.
    question: String,
    /// The texts; empty when the input is tokens, which only an upstream may read.
    texts: Vec<String>,
    count: usize,
    base64: bool,
    dimensions: Option<u64>,
}

/// As the route, for a call that was read.
pub(super) async fn answer(gateway: &Gateway, arrived: Arrived) -> Result<Response, Failure> {
    let limits = Limits { bytes: gateway.config.body_bytes_max, ..Limits::default() };
    let body = Body::read(&arrived.body, limits).map_err(Error::from)?;
    let (label, found) = gateway.reached_by(&arrived, &body, &[Capability::Embeddings]).await?;
    // Vectors of another model would mean something else: there is no second endpoint to try.
    let (route, why) = (found.route, (Purpose::DirectCall, Action::Embed));
    let (reach, passage) = gateway.first_of(arrived.caller.institution, found, why).await?;
    let asked = read(&body, &reach.endpoint, gateway.config.items_max)?;
    let input = body.raw("input").unwrap_or_default().to_owned();
    let what = (Action::Embed, ("input", input.into_bytes()));
    let context = Context::of_headers(&arrived.headers);
    let order = Order::new((&arrived.caller).into(), Purpose::DirectCall, label, what);
    let order = Order { route, context, wish: arrived.wish(), parent: arrived.parent, ..order };
    let question = ("embeddings", asked.question.as_str());
    let call = async |permit, _| {
        if reach.endpoint.kind.is_embedded() {
            embed_here(gateway, &reach.endpoint, permit, &asked).await
        } else {
            pass_on(gateway, &reach, permit, &asked).await
        }
    };
    let only = (&reach, passage);
    Ok(json_response(gateway.answer_once_or_again(&order, only, question, call).await?))
}

fn read(body: &Body<'_>, endpoint: &Endpoint, most: usize) -> Result<Asked, Error> {
    let value: Value = serde_json::from_str(body.text())
        .map_err(|_| Error::BadCall { param: None, detail: "the body is not JSON".to_owned() })?;
    let fault = || {
        Error::bad_call("input", format!("`input` must be a text or a list of 1 to {most} texts"))
    };
    let (texts, count) = match value.get("input") {
        Some(Value::String(text)) => (vec![text.clone()], 1),
        Some(Value::Array(items)) if items.is_empty() || items.len() > most => return Err(fault()),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            (items.iter().filter_map(Value::as_str).map(str::to_owned).collect(), items.len())
        }
        Some(Value::Array(items)) if items.iter().all(Value::is_u64) => (Vec::new(), 1),
        Some(Value::Array(items)) if items.iter().all(Value::is_array) => (Vec::new(), items.len()),
        _ => return Err(fault()),
    };
    let base64 = match value.get("encoding_format") {
        None | Some(Value::Null) => false,
        Some(Value::String(format)) if format == "float" => false,
        Some(Value::String(format)) if format == "base64" => true,
        Some(_) => return Err(Error::bad_call("encoding_format", "it must be float or base64")),
    };
    let dimensions = match value.get("dimensions") {
        None | Some(Value::Null) => None,
        Some(number) => Some(
            number
                .as_u64()
                .ok_or_else(|| Error::bad_call("dimensions", "it must be a whole number"))?,
        ),
    };
    let question = with_model(body, &Json::Null)?;
    Ok(Asked {
        body: with_model(body, &Json::Text(endpoint.model.clone()))?,
        question,
        texts,
        count,
        base64,
        dimensions,
    })
}

/// The body with `model` for the model, every other byte as the caller wrote it.
pub(super) fn with_model(body: &Body<'_>, model: &Json) -> Result<String, Error> {
    let mut splice = Splice::of(body);
    let set = splice.set(&["model"], model);
    set.map_err(|error| Error::bad_call("model", error.to_string()))?;
    Ok(splice.apply())
}

/// The upstream's answer byte for byte, once it holds one vector per input.
async fn pass_on(
    gateway: &Gateway,
    reach: &Reach,
    permit: Permit,
    asked: &Asked,
) -> Result<(Bytes, Usage), Error> {
    #[derive(Deserialize)]
    struct Answer {
        data: Vec<serde::de::IgnoredAny>,
        usage: Option<WireUsage>,
    }
    let letter = Letter {
        address: reach.bearer_address("/embeddings")?,
        body: Some(Bytes::from(asked.body.clone())),
        accept: "application/json",
    };
    let body = upstream::call_json(&gateway.outbound, gateway.config, permit, letter).await?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| UpstreamFault::Malformed)?;
    if answer.data.len() != asked.count {
        return Err(UpstreamFault::Malformed.into());
    }
    Ok((body, answer.usage.map(Usage::from).unwrap_or_default()))
}

/// The embedded model's vectors in OpenAI's shape. It does not count tokens: usage says 0.
async fn embed_here(
    gateway: &Gateway,
    endpoint: &Endpoint,
    permit: Permit,
    asked: &Asked,
) -> Result<(Bytes, Usage), Error> {
    let embedder = gateway.embedder.as_ref().ok_or_else(|| not_here(endpoint))?;
    if asked.texts.is_empty() {
        return Err(Error::bad_call("input", "the embedded model reads text, not tokens"));
    }
    let own = u64::try_from(embedder.dimensions()).unwrap_or(u64::MAX);
    if asked.dimensions.is_some_and(|dimensions| dimensions != own) {
        return Err(Error::bad_call(
            "dimensions",
            format!("the embedded model has {own} dimensions"),
        ));
    }
    let vectors = embedder.embed(permit, asked.texts.clone()).await?;
    let data: Vec<Value> = vectors
        .iter()
        .enumerate()
        .map(|(index, vector)| {
            let embedding = if asked.base64 { json!(encode(vector)) } else { json!(vector) };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let body = json!({
        "object": "list",
        "data": data,
        "model": endpoint.public_name,
        "usage": {"prompt_tokens": 0, "total_tokens": 0},
    });
    Ok((Bytes::from(body.to_string()), Usage::default()))
}

/// Little-endian 32-bit floats in Base64, as SDKs ask for.
fn encode(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}
