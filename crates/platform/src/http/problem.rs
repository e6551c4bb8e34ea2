//! RFC 9457 problems: a stable code for programs, a detail for people, the field and the fix.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{SequencerError, blobs::BlobError, db::DbError, secrets::SecretError};

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `/errors/<code>`: the page that explains it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is, in English; the same for every problem of this code.
    pub title: String,
    /// The stable, dotted code.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in English; screens translate by code.
    pub detail: String,
    /// The field of the request that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub field: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fix: Option<String>,
    /// When trying again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub retry_at_ms: Option<i64>,
}

/// An error that knows how it looks from outside. Each slice's `Error` is one.
pub trait Fault: std::error::Error + 'static {
    /// The stable code, with a page in `docs/errors/`.
    fn code(&self) -> &'static str;

    /// The HTTP status.
    fn status(&self) -> StatusCode;

    /// The field of the request that is at fault.
    fn field(&self) -> Option<String> {
        None
    }

    /// What to do about it.
    fn fix(&self) -> Option<String> {
        None
    }

    /// When trying again makes sense.
    fn retry_at_ms(&self) -> Option<i64> {
        None
    }
}

/// The answer for `fault`. The one place that logs it, with the whole chain of causes.
pub fn respond(fault: &(impl Fault + ?Sized)) -> Response {
    let status = fault.status();
    if status.is_server_error() {
        tracing::error!(code = fault.code(), error = %chain(fault), "request failed");
    } else {
        tracing::debug!(code = fault.code(), error = %chain(fault), "request refused");
    }
    Problem {
        kind: format!("/errors/{}", fault.code()),
        title: title_of(fault.code()),
        code: fault.code().to_owned(),
        status: status.as_u16(),
        detail: fault.to_string(),
        field: fault.field(),
        fix: fault.fix(),
        retry_at_ms: fault.retry_at_ms(),
    }
    .into_response()
}

/// The code's name as words: `Budget exhausted` of `guard.budget_exhausted`.
fn title_of(code: &str) -> String {
    let name = code.rsplit_once('.').map_or(code, |(_, name)| name).replace('_', " ");
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn chain(fault: &(impl Fault + ?Sized)) -> String {
    let mut text = fault.to_string();
    let mut source = fault.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl Fault for DbError {
    fn code(&self) -> &'static str {
        match self {
            Self::DiskFull(_) => "platform.disk_full",
            Self::ReadOnly(_) => "platform.read_only",
            Self::Conflict(_) => "platform.conflict",
            Self::Unavailable(_) | Self::Closed | Self::Commit(_) => "platform.unavailable",
            _ => "platform.database",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::DiskFull(_) | Self::ReadOnly(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unavailable(_) | Self::Closed | Self::Commit(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Fault for BlobError {
    fn code(&self) -> &'static str {
        match self {
            Self::Store(_) => "platform.files",
            Self::Damaged { .. } => "platform.damaged_file",
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl Fault for SecretError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::WrongKey => "platform.wrong_master_key",
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl Fault for SequencerError {
    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Secret(error) => error.code(),
            _ => "platform.ledger_broken",
        }
    }

    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("nothing is left of the budget «{0}»")]
    struct Spent(&'static str);

    impl Fault for Spent {
        fn code(&self) -> &'static str {
            "guard.budget_exhausted"
        }

        fn status(&self) -> StatusCode {
            StatusCode::TOO_MANY_REQUESTS
        }
    }

    async fn body_of(response: Response) -> serde_json::Value {
        let bytes = axum::body::to_bytes(response.into_body(), 1_000).await;
        serde_json::from_slice(&bytes.unwrap_or_default()).unwrap_or_default()
    }

    #[tokio::test]
    async fn a_problem_has_a_title_that_depends_on_its_code_alone() {
        let (one, other) = (respond(&Spent("a")), respond(&Spent("b")));
        assert_eq!(one.headers()[header::CONTENT_TYPE], "application/problem+json");
        let (one, other) = (body_of(one).await, body_of(other).await);
        assert_eq!(
            one,
            serde_json::json!({
                "type": "/errors/guard.budget_exhausted", "title": "Budget exhausted",
                "code": "guard.budget_exhausted", "status": 429,
                "detail": "nothing is left of the budget «a»"
            })
        );
        assert_eq!(one["title"], other["title"]);
        assert_ne!(one["detail"], other["detail"]);
    }

    #[test]
    fn the_title_is_the_codes_name_in_words() {
        assert_eq!(title_of("http.not_found"), "Not found");
        assert_eq!(title_of("x"), "X");
        assert_eq!(title_of(""), "");
    }
}
