//! An answer as server-sent events, with the headers that keep proxies from holding them back.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderName, header},
    response::{IntoResponse as _, Response, Sse, sse},
};
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::json;
use tokio_stream::wrappers::ReceiverStream;

use crate::{Answering, Event};

/// How often a comment is sent while nothing else is, so that no proxy gives the stream up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn respond(answering: Answering) -> Response {
    let Answering { user_message, message_id, act_id, events } = answering;
    let started =
        json!({ "user_message": user_message, "message_id": message_id, "act_id": act_id });
    let first = stream::once(std::future::ready(named("started", &started)));
    let all = first.chain(ReceiverStream::new(events).map(|event| encode(&event)));
    let body = Sse::new(all.map(Ok::<_, Infallible>))
        .keep_alive(sse::KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    let headers = [
        (header::CACHE_CONTROL, "no-store, no-transform"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

fn encode(event: &Event) -> sse::Event {
    match event {
        Event::Stage(stage) => named("status", &json!({ "stage": stage })),
        Event::Delta(text) => named("delta", &json!({ "text": text })),
        Event::Citations(citations) => named("citations", &json!({ "citations": citations })),
        Event::Done { message, conversation } => {
            named("done", &json!({ "message": message, "conversation": conversation }))
        }
        Event::Failed { fault, message } => named(
            "failed",
            &json!({ "code": fault.code, "detail": fault.detail, "message": message }),
        ),
    }
}

fn named(name: &'static str, data: &impl Serialize) -> sse::Event {
    let event = sse::Event::default().event(name);
    // JSON on one line: whatever the text holds, it cannot end the event.
    event.json_data(data).unwrap_or_else(|_| sse::Event::default().event(name).data("{}"))
}
