//! `POST /v1/chat/completions`, plain and streaming.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde_json::Value;

use super::{
    error::{ErrorBody, Refusal},
    reading::{Call, ModelCaller, answered, mark},
};
use crate::{
    chat::ChatOrder,
    error::Error,
    failure::Failure,
    gateway::Gateway,
    model::{Capability, Endpoint},
    order::Settled,
    recorded::{Recorded, Released},
    scan::Scan,
};

/// Has a model continue a conversation. The body is OpenAI's; unknown fields pass to the endpoint.
#[utoipa::path(post, path = "/v1/chat/completions", tag = "models", operation_id = "chat_completions",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "OpenAI's chat completion, or its chunks as server-sent events"),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 502, body = ErrorBody), (status = 504, body = ErrorBody),
))]
pub(super) async fn chat_completions(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    answered(&gateway, caller, request, answer).await
}

async fn answer(gateway: &Gateway, call: Call) -> Result<Response, Refusal> {
    let scan = Scan::read(&call.body).map_err(Error::from)?;
    let messages = check_messages(&scan, gateway.config.items_max)?.to_owned();
    let streams = match scan.value().get("stream") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(streams)) => *streams,
        Some(_) => return Err(Error::bad_call("stream", "`stream` must be true or false").into()),
    };
    let order = gateway.order(&call, &scan, Capability::Chat).await?;
    let body = with_model(&scan, &order.endpoint)?;
    let chat = ChatOrder { order, body, messages };
    if streams {
        Ok(stream_response(gateway.open_chat(chat).await?))
    } else {
        Ok(json_response(gateway.complete_chat(chat).await?))
    }
}

/// The body with the endpoint's name for the model, every other byte as the caller wrote it.
pub(super) fn with_model(scan: &Scan<'_>, endpoint: &Endpoint) -> Result<String, Error> {
    let model = Value::from(endpoint.model.as_str()).to_string();
    scan.splice("model", &model).ok_or_else(|| Error::bad_call("model", "`model` is missing"))
}

fn check_messages<'t>(scan: &Scan<'t>, most: usize) -> Result<&'t str, Error> {
    let count = scan.value().get("messages").and_then(Value::as_array).map_or(0, Vec::len);
    if count == 0 || count > most {
        return Err(Error::bad_call(
            "messages",
            format!("`messages` must be a list of 1 to {most}"),
        ));
    }
    scan.raw("messages").ok_or_else(|| Error::bad_call("messages", "`messages` is missing"))
}

/// A whole answer as it came.
pub(super) fn json_response(whole: Settled<Bytes>) -> Response {
    let mut response = Response::new(Body::from(whole.answer));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    mark(headers, Some(whole.act), Some(&whole.label));
    response
}

fn stream_response(recorded: Recorded) -> Response {
    let (act, label) = (recorded.act(), recorded.label().clone());
    let mut response = Response::new(Body::from_stream(events(recorded)));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    mark(headers, Some(act), Some(&label));
    response
}

/// One item, and so one write, per event. A fault becomes an error event, and then it ends.
fn events(recorded: Recorded) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let act = Some(recorded.act());
    stream::unfold(recorded, move |mut recorded| async move {
        let bytes = match recorded.next().await? {
            Ok(Released::Chunk { raw, .. } | Released::Done { raw, .. }) => raw,
            Err(error) => Refusal(Failure { error, act }).event(),
        };
        Some((Ok(bytes), recorded))
    })
}
