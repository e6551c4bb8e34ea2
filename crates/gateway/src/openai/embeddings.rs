//! `POST /v1/embeddings`.

use axum::{
    extract::{Request, State},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kaname_guard::{Action, Usage};
use kaname_platform::outbound::Permit;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    chat::{json_response, with_model},
    error::{ErrorBody, Refusal},
    reading::{Call, ModelCaller, answered},
};
use crate::{
    chat::not_here,
    error::{Error, UpstreamFault},
    gateway::Gateway,
    model::{Capability, Endpoint, EndpointKind},
    order::{Order, settled},
    pieces::WireUsage,
    scan::Scan,
    upstream,
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
    answered(&gateway, caller, request, answer).await
}

/// What an embedding call asks, read and checked.
struct Asked {
    body: String,
    /// The texts; empty when the input is tokens, which only an upstream may read.
    texts: Vec<String>,
    count: usize,
    base64: bool,
    dimensions: Option<u64>,
}

async fn answer(gateway: &Gateway, call: Call) -> Result<Response, Refusal> {
    let scan = Scan::read(&call.body).map_err(Error::from)?;
    let order = gateway.order(&call, &scan, Capability::Embeddings).await?;
    let asked = read(&scan, &order.endpoint, gateway.config.items_max)?;
    let input = scan.raw("input").unwrap_or_default().to_owned();
    let content = ("input", input.into_bytes());
    let (permit, attempt) = gateway.admit(&order, Action::Embed, content).await?;
    let called = match order.endpoint.kind {
        EndpointKind::OpenaiCompatible => pass_on(gateway, &order, permit, &asked).await,
        _ => embed_here(gateway, &order.endpoint, permit, &asked).await,
    };
    Ok(json_response(settled(attempt, called).await?))
}

fn read(scan: &Scan<'_>, endpoint: &Endpoint, most: usize) -> Result<Asked, Error> {
    let value = scan.value();
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
    Ok(Asked { body: with_model(scan, endpoint)?, texts, count, base64, dimensions })
}

/// The upstream's answer byte for byte, once it holds one vector per input.
async fn pass_on(
    gateway: &Gateway,
    order: &Order,
    permit: Permit,
    asked: &Asked,
) -> Result<(Bytes, Usage), Error> {
    #[derive(Deserialize)]
    struct Answer {
        data: Vec<serde::de::IgnoredAny>,
        usage: Option<WireUsage>,
    }
    let address = order.address("/embeddings");
    let body = Some(Bytes::from(asked.body.clone()));
    let body =
        upstream::call_json(&gateway.outbound, gateway.config, permit, &address, body).await?;
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
