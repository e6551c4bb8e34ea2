//! A chat call over HTTP in any dialect: body in, whole answer or events out.

use std::convert::Infallible;

use axum::{
    body::Body as HttpBody,
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use kaname_guard::{Action, Purpose};
use kaname_kernel::Principal;
use kaname_model_core::{
    Dialect,
    json::{Body, Json, Limits},
};

use super::{
    arrived::{Arrived, answered, mark},
    refusal::Refusal,
};
use crate::{
    call::Call,
    chat::ChatOrder,
    error::Error,
    failure::Failure,
    gateway::Gateway,
    observe::Context,
    order::{Order, Settled},
    recorded::{Recorded, Released},
};

/// Gives what the model that `request` names answers, in `dialect`.
pub(super) async fn speak(
    gateway: &Gateway,
    dialect: Dialect,
    caller: Principal,
    request: Request,
) -> Response {
    let answer =
        async |gateway: &Gateway, arrived: Arrived| answer(gateway, dialect, &arrived).await;
    answered(gateway, dialect, (caller, request), answer).await
}

/// As [`speak`], for a call that was read.
pub(super) async fn answer(
    gateway: &Gateway,
    dialect: Dialect,
    arrived: &Arrived,
) -> Result<Response, Failure> {
    let chat = ordered(gateway, dialect, arrived).await?;
    if chat.call.streams() {
        Ok(stream_response(dialect, gateway.open_chat(&chat).await?))
    } else {
        Ok(json_response(gateway.complete_chat(&chat).await?))
    }
}

/// What `arrived` asks for, ready to be sent.
pub(super) async fn ordered(
    gateway: &Gateway,
    dialect: Dialect,
    arrived: &Arrived,
) -> Result<ChatOrder, Error> {
    let limits = Limits { bytes: gateway.config.body_bytes_max, ..Limits::default() };
    let body = Body::read(&arrived.body, limits)?;
    let content = content_of(dialect, &body, gateway.config.items_max)?;
    let call = Call::read(dialect, &body)?;
    let (label, candidates) = gateway.reached_by(arrived, &body, call.needs()).await?;
    let what = (Action::Chat, content);
    let order = Order::new((&arrived.caller).into(), Purpose::DirectCall, label, what);
    let (streams, shown) = (call.streams(), gateway.observer.shown(&call, &order.label));
    let context = Context { streams, shown, ..Context::of_headers(&arrived.headers) };
    let order = Order { bound: call.bound(), route: candidates.route, context, ..order };
    let order = Order { wish: arrived.wish(), parent: arrived.parent, ..order };
    Ok(ChatOrder { order, candidates, call })
}

/// What the request's act commits to: all that the model reads.
fn content_of(
    dialect: Dialect,
    body: &Body<'_>,
    most: usize,
) -> Result<(&'static str, Vec<u8>), Error> {
    let field = if dialect == Dialect::OpenAiResponses { "input" } else { "messages" };
    let value = body.value(field);
    let fits = match &value {
        Some(Json::List(items)) => (1..=most).contains(&items.len()),
        Some(Json::Text(_)) => dialect == Dialect::OpenAiResponses,
        _ => false,
    };
    if !fits {
        return Err(Error::bad_call(field, format!("`{field}` must be a list of 1 to {most}")));
    }
    // In Chat Completions the messages are everything; elsewhere a part of it stands beside them.
    let content = match dialect {
        Dialect::OpenAiChat => body.raw(field).unwrap_or_default(),
        _ => body.text(),
    };
    let name = if dialect == Dialect::OpenAiChat { "messages" } else { "request" };
    Ok((name, content.as_bytes().to_vec()))
}

/// A whole answer as it came.
pub(super) fn json_response(whole: Settled<Bytes>) -> Response {
    let mut response = Response::new(HttpBody::from(whole.answer));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    mark(headers, Some(whole.act), Some(&whole.label));
    if let Some(mark) = whole.mark {
        headers.insert("x-kaname-cache", HeaderValue::from_static(mark.as_str()));
    }
    response
}

fn stream_response(dialect: Dialect, recorded: Recorded) -> Response {
    let (act, label) = (recorded.act(), recorded.label().clone());
    let mut response = Response::new(HttpBody::from_stream(events(dialect, recorded)));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    mark(headers, Some(act), Some(&label));
    response
}

/// One item, and so one write, per event. A fault becomes an error event, and then it ends.
fn events(
    dialect: Dialect,
    recorded: Recorded,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let act = Some(recorded.act());
    let all = stream::unfold((recorded, 0), move |(mut recorded, number)| async move {
        let (bytes, number) = match recorded.next().await? {
            Ok(Released::Chunk { raw, .. } | Released::Done { raw, .. }) => {
                let next = number_after(dialect, &raw).unwrap_or(number);
                (raw, next)
            }
            Err(error) => (Refusal::new(Failure { error, act }, dialect).event(number), number),
        };
        Some((bytes, (recorded, number)))
    });
    all.filter_map(async |bytes: Bytes| (!bytes.is_empty()).then_some(Ok(bytes)))
}

/// The number of the event after those in `raw`, where the dialect counts them.
fn number_after(dialect: Dialect, raw: &[u8]) -> Option<u64> {
    const FIELD: &str = "\"sequence_number\":";
    if dialect != Dialect::OpenAiResponses {
        return None;
    }
    let text = std::str::from_utf8(raw).ok()?;
    let (_, rest) = text.rsplit_once(FIELD)?;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u64>().ok()?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_on_counting_after_the_last() {
        let raw = b"data: {\"sequence_number\":3}\n\ndata: {\"sequence_number\": 41,\"x\":1}\n\n";
        assert_eq!(number_after(Dialect::OpenAiResponses, raw), Some(42));
        assert_eq!(number_after(Dialect::OpenAiResponses, b"data: {}\n\n"), None);
        assert_eq!(number_after(Dialect::OpenAiChat, raw), None);
    }
}
