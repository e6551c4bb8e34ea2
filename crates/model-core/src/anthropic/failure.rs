//! Errors in Anthropic Messages: the body, the status, and the types that its SDKs read.

use crate::{
    failure::{Failure, FailureKind},
    json::Json,
};

/// The HTTP status.
pub(crate) const fn status(kind: FailureKind) -> u16 {
    match kind {
        FailureKind::InvalidRequest => 400,
        FailureKind::Authentication => 401,
        FailureKind::BudgetSpent => 402,
        FailureKind::Permission => 403,
        FailureKind::NotFound => 404,
        FailureKind::TooLarge => 413,
        FailureKind::RateLimited => 429,
        FailureKind::Overloaded => 529,
        FailureKind::Timeout => 504,
        FailureKind::Upstream => 502,
        FailureKind::Internal => 500,
    }
}

const fn word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::InvalidRequest => "invalid_request_error",
        FailureKind::Authentication => "authentication_error",
        FailureKind::BudgetSpent => "billing_error",
        FailureKind::Permission => "permission_error",
        FailureKind::NotFound => "not_found_error",
        FailureKind::TooLarge => "request_too_large",
        FailureKind::RateLimited => "rate_limit_error",
        FailureKind::Overloaded => "overloaded_error",
        FailureKind::Timeout => "timeout_error",
        FailureKind::Upstream | FailureKind::Internal => "api_error",
    }
}

/// `{"type": "error", "error": {…}}`, of a response and of a stream.
pub(crate) fn failure_body(failure: &Failure) -> Json {
    let error =
        Json::empty().with("type", word(failure.kind)).with("message", failure.message.as_str());
    Json::empty().with("type", "error").with("error", error)
}

/// Reads `error`, the object inside.
pub(crate) fn read_failure(error: &Json, kind: Option<FailureKind>) -> Failure {
    let text = |key: &str| error.get(key).and_then(Json::as_str);
    let by_word = match text("type").unwrap_or_default() {
        "invalid_request_error" => Some(FailureKind::InvalidRequest),
        "authentication_error" => Some(FailureKind::Authentication),
        "billing_error" => Some(FailureKind::BudgetSpent),
        "permission_error" => Some(FailureKind::Permission),
        "not_found_error" => Some(FailureKind::NotFound),
        "request_too_large" => Some(FailureKind::TooLarge),
        "rate_limit_error" => Some(FailureKind::RateLimited),
        "overloaded_error" => Some(FailureKind::Overloaded),
        "timeout_error" => Some(FailureKind::Timeout),
        "api_error" => Some(FailureKind::Upstream),
        _ => None,
    };
    let kind = by_word.or(kind).unwrap_or(FailureKind::Upstream);
    Failure::of_vendor(kind, text("message").map(str::to_owned))
}
