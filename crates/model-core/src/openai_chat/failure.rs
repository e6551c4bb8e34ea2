//! Errors in OpenAI's two dialects: the body, the status, and the codes that its SDKs read.

use crate::{
    failure::{Failure, FailureKind},
    json::Json,
};

/// The HTTP status.
pub(crate) const fn status(kind: FailureKind) -> u16 {
    match kind {
        FailureKind::InvalidRequest => 400,
        FailureKind::Authentication => 401,
        FailureKind::Permission => 403,
        FailureKind::NotFound => 404,
        FailureKind::TooLarge => 413,
        FailureKind::RateLimited | FailureKind::BudgetSpent => 429,
        FailureKind::Overloaded => 503,
        FailureKind::Timeout => 504,
        FailureKind::Upstream => 502,
        FailureKind::Internal => 500,
    }
}

/// `{"error": {…}}`.
pub(crate) fn failure_body(failure: &Failure) -> Json {
    Json::empty().with("error", error_object(failure))
}

/// The object inside.
pub(crate) fn error_object(failure: &Failure) -> Json {
    let (kind, code) = words(failure.kind);
    Json::empty()
        .with("message", failure.message.as_str())
        .with("type", kind)
        .with_or_null("param", failure.param.as_deref())
        .with_or_null("code", failure.code.as_deref().or(code))
}

const fn words(kind: FailureKind) -> (&'static str, Option<&'static str>) {
    match kind {
        FailureKind::InvalidRequest => ("invalid_request_error", None),
        FailureKind::Authentication => ("invalid_request_error", Some("invalid_api_key")),
        FailureKind::Permission => ("permission_error", Some("permission_denied")),
        FailureKind::NotFound => ("invalid_request_error", Some("not_found")),
        FailureKind::TooLarge => ("invalid_request_error", Some("request_too_large")),
        FailureKind::RateLimited => ("rate_limit_error", Some("rate_limit_exceeded")),
        FailureKind::BudgetSpent => ("insufficient_quota", Some("insufficient_quota")),
        FailureKind::Overloaded => ("server_error", Some("overloaded")),
        FailureKind::Timeout => ("server_error", Some("timeout")),
        FailureKind::Upstream => ("server_error", Some("upstream_error")),
        FailureKind::Internal => ("server_error", Some("server_error")),
    }
}

/// Reads `error`, the object inside, which some servers write as a text.
pub(crate) fn read_failure(error: &Json, kind: Option<FailureKind>) -> Failure {
    let text = |key: &str| error.get(key).and_then(Json::as_str).map(str::to_owned);
    let code = text("code");
    let kind = kind.or_else(|| kind_of(text("type").as_deref(), code.as_deref()));
    let kind = match (kind, code.as_deref()) {
        (Some(FailureKind::RateLimited), Some("insufficient_quota")) => FailureKind::BudgetSpent,
        (kind, _) => kind.unwrap_or(FailureKind::Upstream),
    };
    let message = text("message").or_else(|| error.as_str().map(str::to_owned));
    Failure { code, param: text("param"), ..Failure::of_vendor(kind, message) }
}

/// The kind by the words of an error inside a stream, which has no status.
fn kind_of(kind: Option<&str>, code: Option<&str>) -> Option<FailureKind> {
    let by_code = match code.unwrap_or_default() {
        "invalid_api_key" => Some(FailureKind::Authentication),
        "permission_denied" => Some(FailureKind::Permission),
        "not_found" | "model_not_found" => Some(FailureKind::NotFound),
        "request_too_large" => Some(FailureKind::TooLarge),
        "rate_limit_exceeded" => Some(FailureKind::RateLimited),
        "insufficient_quota" => Some(FailureKind::BudgetSpent),
        "overloaded" => Some(FailureKind::Overloaded),
        "timeout" => Some(FailureKind::Timeout),
        "server_error" => Some(FailureKind::Internal),
        _ => None,
    };
    by_code
        .or_else(|| (kind == Some("invalid_request_error")).then_some(FailureKind::InvalidRequest))
}
