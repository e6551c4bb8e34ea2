//! Errors in OpenAI's shape, with Kaname's stable codes.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kaname_guard::Error as GuardError;
use kaname_platform::http::Fault as _;
use serde::Serialize;
use serde_json::json;

use crate::{
    error::{Error, UpstreamFault},
    failure::Failure,
    pieces::event_of,
    scan::ScanError,
};

/// `{"error": {...}}`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ErrorDetail {
    /// What happened and what to do.
    message: String,
    /// The kind, by which SDKs sort errors.
    r#type: &'static str,
    /// The part of the request at fault.
    param: Option<&'static str>,
    /// The stable code.
    code: &'static str,
}

/// A failure on its way to a caller who speaks OpenAI's dialect.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) Failure);

impl<F: Into<Failure>> From<F> for Refusal {
    fn from(failure: F) -> Self {
        Self(failure.into())
    }
}

impl From<ScanError> for Error {
    fn from(error: ScanError) -> Self {
        Self::BadCall { param: None, detail: error.to_string() }
    }
}

impl Refusal {
    fn body(&self) -> ErrorBody {
        let error = &self.0.error;
        let message = match error.fix() {
            Some(fix) => format!("{error}. {fix}"),
            None => error.to_string(),
        };
        let param = match error {
            Error::BadCall { param, .. } => *param,
            Error::UnknownModel(_) => Some("model"),
            _ => None,
        };
        let code =
            if matches!(error, Error::UnknownModel(_)) { "model_not_found" } else { error.code() };
        ErrorBody { error: ErrorDetail { message, r#type: kind_of(error.status()), param, code } }
    }

    /// The error as an event in the middle of a stream; the stream ends after it.
    pub(super) fn event(&self) -> Bytes {
        tracing::warn!(code = self.0.code(), act = ?self.0.act, "a streamed answer broke off");
        event_of(&json!(self.body()))
    }
}

/// The type that OpenAI gives to errors of this status.
fn kind_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = &self.0.error;
        let status = error.status();
        if status.is_server_error() {
            tracing::error!(code = error.code(), error = %chain(error), act = ?self.0.act, "call failed");
        }
        let mut response = match error {
            // The upstream's own words, since it knows best what it did not like.
            Error::Upstream(UpstreamFault::Refused { body: Some(body), .. }) => {
                let mut response = (status, Body::from(body.clone())).into_response();
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
            _ => (status, axum::Json(self.body())).into_response(),
        };
        let headers = response.headers_mut();
        if let Error::Upstream(UpstreamFault::RateLimited { retry_after: Some(after) }) = error
            && let Ok(value) = HeaderValue::try_from(after)
        {
            headers.insert(header::RETRY_AFTER, value);
        }
        // Trying again does not help where a rule refuses; SDKs read this.
        if matches!(error, Error::Guard(GuardError::Denied(_))) {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
        }
        super::reading::mark(headers, self.0.act, None);
        response
    }
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// An answer to who is not signed in, or whose body is too large, in OpenAI's shape.
pub(super) fn plain(status: StatusCode, code: &'static str, message: &str) -> Response {
    let error =
        ErrorDetail { message: message.to_owned(), r#type: kind_of(status), param: None, code };
    (status, axum::Json(ErrorBody { error })).into_response()
}
