//! Calls to OpenAI-compatible servers: bytes out, checked bytes back.
//!
//! Knows what a healthy answer looks like and names every way in which one is not. Redirects are
//! never followed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use kaname_platform::outbound::{Outbound, OutboundError, Permit};
use serde::Deserialize;

use crate::{
    config::Config,
    error::{Error, UpstreamFault},
    order::ApiKey,
    pieces::{Piece, Pieces, piece_of},
    sse::Decoder,
};

/// Where a call goes and how it proves itself.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// `base_url` and the path of the call.
    pub(crate) url: String,
    /// The API key, if the server wants one.
    pub(crate) key: Option<ApiKey>,
}

/// Sends `body` and gives the whole JSON answer, byte for byte.
pub(crate) async fn call_json(
    outbound: &Outbound,
    config: Config,
    permit: Permit,
    address: &Address,
    body: Option<Bytes>,
) -> Result<Bytes, Error> {
    let request = build(address, body, "application/json")?;
    let answer = healthy(outbound, config, permit, request).await?;
    if !has_type(answer.headers(), "application/json") {
        return Err(UpstreamFault::WrongContentType.into());
    }
    let bytes = read_whole(answer.into_body(), config).await?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
        .map_err(|_| UpstreamFault::Malformed)?;
    Ok(bytes)
}

/// Sends `body` and gives the answer's events as they come.
pub(crate) async fn call_stream(
    outbound: &Outbound,
    config: Config,
    permit: Permit,
    address: &Address,
    body: Bytes,
) -> Result<Pieces, Error> {
    let request = build(address, Some(body), "text/event-stream")?;
    let answer = healthy(outbound, config, permit, request).await?;
    if !has_type(answer.headers(), "text/event-stream") {
        return Err(UpstreamFault::WrongContentType.into());
    }
    Ok(events(answer.into_body(), config.idle_timeout))
}

fn build(
    address: &Address,
    body: Option<Bytes>,
    accept: &'static str,
) -> Result<Request<Full<Bytes>>, Error> {
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::new(Full::new(body.unwrap_or_default()));
    *request.method_mut() = method;
    *request.uri_mut() =
        address.url.parse().map_err(|_| Error::invalid("base_url", "this is not a URL"))?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("kaname"));
    if let Some(key) = &address.key {
        let mut value =
            HeaderValue::try_from(format!("Bearer {}", key.reveal())).map_err(|_| {
                Error::invalid("api_key", "the API key holds characters that no header may")
            })?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

/// Sends; whatever is not a 200 becomes the fault that it is.
async fn healthy(
    outbound: &Outbound,
    config: Config,
    permit: Permit,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, Error> {
    let answer = outbound.send(permit, request).await.map_err(|error| match error {
        OutboundError::Timeout(_) => UpstreamFault::Timeout,
        other => UpstreamFault::Unreachable(other),
    })?;
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(answer);
    }
    let retry_after =
        answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.map(str::to_owned);
    Err(Error::Upstream(match status.as_u16() {
        401 | 403 => UpstreamFault::KeyRefused,
        429 => UpstreamFault::RateLimited { retry_after },
        code @ 400..=499 => {
            let body = read_whole(answer.into_body(), config).await.ok();
            let body = body.filter(|body| is_error_body(body)).map(|body| body.to_vec());
            UpstreamFault::Refused { status: code, body }
        }
        code => UpstreamFault::Failed(code),
    }))
}

fn is_error_body(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Told {
        #[serde(rename = "error")]
        _error: serde_json::Map<String, serde_json::Value>,
    }
    serde_json::from_slice::<Told>(body).is_ok()
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

async fn read_whole(mut body: Incoming, config: Config) -> Result<Bytes, UpstreamFault> {
    let mut whole = BytesMut::new();
    while let Some(data) = next_data(&mut body, config.idle_timeout).await? {
        if whole.len().saturating_add(data.len()) > config.answer_bytes_max {
            return Err(UpstreamFault::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

async fn next_data(body: &mut Incoming, idle: Duration) -> Result<Option<Bytes>, UpstreamFault> {
    loop {
        let frame =
            tokio::time::timeout(idle, body.frame()).await.map_err(|_| UpstreamFault::Stalled)?;
        match frame {
            None => return Ok(None),
            Some(Err(_)) => return Err(UpstreamFault::Cut),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

struct Reading {
    body: Incoming,
    decoder: Decoder,
    idle: Duration,
}

/// The events of `body` until `[DONE]`; a body that ends before it was cut.
fn events(body: Incoming, idle: Duration) -> Pieces {
    let start = Some(Reading { body, decoder: Decoder::default(), idle });
    stream::unfold(start, |state| async move {
        let mut reading = state?;
        let piece = next_piece(&mut reading).await;
        let next = match &piece {
            Ok(Piece::Done { .. }) | Err(_) => None,
            Ok(_) => Some(reading),
        };
        Some((piece, next))
    })
    .boxed()
}

async fn next_piece(reading: &mut Reading) -> Result<Piece, Error> {
    loop {
        let event = reading.decoder.pop().map_err(|_| UpstreamFault::Malformed)?;
        if let Some(event) = event {
            return piece_of(event);
        }
        let Some(data) = next_data(&mut reading.body, reading.idle).await? else {
            return Err(UpstreamFault::Cut.into());
        };
        reading.decoder.push(&data).map_err(|_| UpstreamFault::TooLarge)?;
    }
}
