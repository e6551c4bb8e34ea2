//! Errors in the shape of the caller's dialect, with Kaname's stable codes.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use kaname_guard::Error as GuardError;
use kaname_model_core::{Dialect, json::JsonError};
use kaname_platform::http::Fault as _;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    error::{Error, UpstreamFault},
    failure::Failure,
    upstream::is_error_body,
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
    param: Option<String>,
    /// The stable code.
    code: &'static str,
}

/// A failure on its way to a caller.
#[derive(Debug)]
pub(super) struct Refusal {
    failure: Failure,
    dialect: Dialect,
}

impl<F: Into<Failure>> From<F> for Refusal {
    fn from(failure: F) -> Self {
        Self::new(failure.into(), Dialect::OpenAiChat)
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::BadCall { param: None, detail: error.to_string() }
    }
}

impl Refusal {
    /// `failure` for a caller who speaks `dialect`.
    pub(super) fn new(failure: Failure, dialect: Dialect) -> Self {
        Self { failure, dialect }
    }

    fn detail(&self) -> ErrorDetail {
        let error = &self.failure.error;
        let message = match error.fix() {
            Some(fix) => format!("{error}. {fix}"),
            None => error.to_string(),
        };
        let param = match error {
            Error::BadCall { param, .. } => param.as_deref().map(str::to_owned),
            Error::UnknownModel(_) => Some("model".to_owned()),
            _ => None,
        };
        let code =
            if matches!(error, Error::UnknownModel(_)) { "model_not_found" } else { error.code() };
        let kind = match code {
            // What SDKs and tools take for a budget that is used up.
            "guard.budget_exhausted" => "insufficient_quota",
            _ => kind_of(error.status()),
        };
        ErrorDetail { message, r#type: kind, param, code }
    }

    /// The error as an event in the middle of a stream; the stream ends after it.
    ///
    /// `number` is its place where the dialect counts events.
    pub(super) fn event(&self, number: u64) -> Bytes {
        let Self { failure, dialect } = self;
        tracing::warn!(code = failure.code(), act = ?failure.act, "a streamed answer broke off");
        let detail = self.detail();
        Bytes::from(match dialect {
            Dialect::Anthropic => format!("event: error\ndata: {}\n\n", shaped(*dialect, detail)),
            Dialect::OpenAiResponses => {
                // Clients differ in where they look: beside the type, or in an object of its own.
                let event = json!({"type": "error", "code": detail.code, "message": detail.message,
                    "param": detail.param, "sequence_number": number, "error": detail});
                format!("event: error\ndata: {event}\n\n")
            }
            _ => format!("data: {}\n\n", shaped(*dialect, detail)),
        })
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
        let error = &self.failure.error;
        let status = error.status();
        if status.is_server_error() {
            tracing::error!(code = error.code(), error = %chain(error), act = ?self.failure.act, "call failed");
        }
        let mut response = match error {
            // The upstream's own words, since it knows best what it did not like.
            Error::Upstream(UpstreamFault::Refused { body: Some(body), .. })
                if is_error_body(body) =>
            {
                let mut response = (status, Body::from(body.clone())).into_response();
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
            _ => (status, axum::Json(shaped(self.dialect, self.detail()))).into_response(),
        };
        let headers = response.headers_mut();
        if let Error::Upstream(
            UpstreamFault::RateLimited { retry_after: Some(after) }
            | UpstreamFault::Failed { retry_after: Some(after), .. },
        ) = error
            && let Ok(value) = HeaderValue::try_from(after)
        {
            headers.insert(header::RETRY_AFTER, value);
        }
        // Trying again does not help where a rule refuses, unless it is a matter of moments.
        let moments = error.code() == "guard.rate_limited";
        if moments {
            // A minute's rate opens by the second; the exact moment is in the body of our own API.
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if matches!(error, Error::Guard(GuardError::Denied(_))) && !moments {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
        }
        super::arrived::mark(headers, self.failure.act, None);
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

/// `detail` in the shape of `dialect`.
fn shaped(dialect: Dialect, detail: ErrorDetail) -> Value {
    match dialect {
        // Its types are those of OpenAI, but for two; the code goes into the words.
        Dialect::Anthropic => {
            let kind = match (detail.code, detail.r#type) {
                ("model_not_found" | "http.not_found", _) => "not_found_error",
                (_, "insufficient_quota") => "rate_limit_error",
                (_, kind) => kind,
            };
            let message = format!("{} ({})", detail.message, detail.code);
            json!({"type": "error", "error": {"type": kind, "message": message}})
        }
        _ => json!(ErrorBody { error: detail }),
    }
}

/// An answer to who is not signed in, or whose body is too large.
pub(super) fn plain(
    dialect: Dialect,
    status: StatusCode,
    code: &'static str,
    message: &str,
) -> Response {
    let error =
        ErrorDetail { message: message.to_owned(), r#type: kind_of(status), param: None, code };
    (status, axum::Json(shaped(dialect, error))).into_response()
}
