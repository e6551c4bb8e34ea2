//! Calls to model servers: bytes out, checked bytes back.
//!
//! Knows what a healthy answer looks like and names every way in which one is not. Redirects are
//! never followed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use kaname_platform::outbound::{Outbound, OutboundError, Permit};
use serde::Deserialize;

use crate::{
    config::Config,
    error::{Error, UpstreamFault},
    hearing::ByteStream,
    wire::Address,
};

/// A call, ready to be sent.
#[derive(Debug)]
pub(crate) struct Letter {
    /// Where it goes and how it proves itself.
    pub(crate) address: Address,
    /// What it says; nothing for a question without one.
    pub(crate) body: Option<Bytes>,
    /// The content type that the answer must have.
    pub(crate) accept: &'static str,
}

/// Sends a letter and gives the whole JSON answer, byte for byte.
pub(crate) async fn call_json(
    outbound: &Outbound,
    config: Config,
    permit: Permit,
    letter: Letter,
) -> Result<Bytes, Error> {
    let answer = healthy(outbound, config, permit, build(letter)?).await?;
    if !has_type(answer.headers(), "application/json") {
        return Err(UpstreamFault::WrongContentType.into());
    }
    let bytes = read_whole(answer.into_body(), config).await?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
        .map_err(|_| UpstreamFault::Malformed)?;
    Ok(bytes)
}

/// Sends a letter and gives the answer's bytes as they come.
pub(crate) async fn call_stream(
    outbound: &Outbound,
    config: Config,
    permit: Permit,
    letter: Letter,
) -> Result<ByteStream, Error> {
    let wanted = letter.accept;
    let answer = healthy(outbound, config, permit, build(letter)?).await?;
    if !has_type(answer.headers(), wanted) {
        return Err(UpstreamFault::WrongContentType.into());
    }
    let start = Some(answer.into_body());
    let bytes = stream::unfold(start, move |body| async move {
        let mut body = body?;
        let data = next_data(&mut body, config.idle_timeout).await.transpose()?;
        let rest = data.is_ok().then_some(body);
        Some((data, rest))
    });
    Ok(bytes.boxed())
}

fn build(letter: Letter) -> Result<Request<Full<Bytes>>, Error> {
    let Letter { address, body, accept } = letter;
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::new(Full::new(body.unwrap_or_default()));
    *request.method_mut() = method;
    *request.uri_mut() =
        address.url.parse().map_err(|_| Error::invalid("base_url", "this is not a URL"))?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("kaname"));
    headers.extend(address.headers);
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
            let body = body.filter(|body| gives_reasons(body)).map(|body| body.to_vec());
            UpstreamFault::Refused { status: code, body }
        }
        code => UpstreamFault::Failed { status: code, retry_after },
    }))
}

/// Whether `body` says why, in the way of any vendor.
fn gives_reasons(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Told {
        message: Option<String>,
    }
    is_error_body(body)
        || serde_json::from_slice::<Told>(body).is_ok_and(|told| told.message.is_some())
}

/// Whether `body` has the form that OpenAI's and Anthropic's clients read: an object `error`.
pub(crate) fn is_error_body(body: &[u8]) -> bool {
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
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > config.answer_bytes_max {
        return Err(UpstreamFault::TooLarge);
    }
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
