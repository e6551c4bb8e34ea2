//! What surrounds every route: limits, request ids, traces, security headers, caught panics.

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

use super::{Fault, respond};

/// What the administrator can set.
#[derive(Debug, Clone, Copy)]
pub struct LayerConfig {
    /// Largest body of any request; single routes may set less.
    pub body_bytes_max: usize,
    /// Time until the head of an answer.
    pub answer_timeout: Duration,
}

#[derive(Debug, thiserror::Error)]
enum LayerError {
    #[error("the request is larger than this server takes")]
    TooLarge,
    #[error("the answer took too long")]
    Timeout,
    #[error("the server met a defect")]
    Panic,
    #[error("this method is not for this address")]
    Method,
}

impl Fault for LayerError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "http.too_large",
            Self::Timeout => "http.timeout",
            Self::Panic => "http.internal",
            Self::Method => "http.method_not_allowed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }
}

/// `router` with the layers that every route has.
pub fn around(router: Router, config: LayerConfig) -> Router {
    let timeout = config.answer_timeout;
    router
        .layer(middleware::from_fn(move |request, next| limit_time(timeout, request, next)))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(config.body_bytes_max))
        .layer(CatchPanicLayer::custom(|_| respond(&LayerError::Panic)))
        .layer(middleware::from_fn(finish))
}

async fn limit_time(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => respond(&LayerError::Timeout),
    }
}

/// Counts the request, turns bare refusals into problems, and sets the security headers.
async fn finish(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut response = next.run(request).await;
    response = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if !is_problem(&response) => respond(&LayerError::TooLarge),
        StatusCode::METHOD_NOT_ALLOWED if !is_problem(&response) => {
            let allow = response.headers().get(header::ALLOW).cloned();
            let mut problem = respond(&LayerError::Method).into_response();
            if let Some(allow) = allow {
                problem.headers_mut().insert(header::ALLOW, allow);
            }
            problem
        }
        _ => response,
    };
    let status = response.status().as_u16().to_string();
    metrics::counter!("kaname_http_requests_total", "method" => known(&method), "status" => status)
        .increment(1);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The method for the metrics. Callers may invent methods; series may not multiply with them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
}
