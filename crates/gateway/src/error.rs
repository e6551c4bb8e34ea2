//! What can go wrong at the gateway, each with a stable code.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kaname_platform::{
    DbError,
    http::{Fault, respond},
    outbound::OutboundError,
    secrets::SecretError,
};

use crate::{
    batches::BatchError,
    embedded::{EmbeddedError, EmbeddedFault},
};

/// Why a verb of the gateway did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such endpoint in the institution.
    #[error("there is no such endpoint")]
    NotFound,
    /// A field is not acceptable.
    #[error("{detail}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// Another endpoint has this public name.
    #[error("another endpoint has this public name")]
    NameTaken,
    /// The endpoint stands in routes.
    #[error("this endpoint stands in the routes {}; take it out of them first", .0.join(", "))]
    InUse(Vec<String>),
    /// No endpoint can do this.
    #[error("no endpoint can do this")]
    NoEndpoint,
    /// Every endpoint that could is left alone for a while after failures, busy, or blocked.
    #[error("every endpoint that could answer is resting, busy or out of service")]
    Resting,
    /// No model has this name.
    #[error("the model `{0}` does not exist or cannot do this")]
    UnknownModel(String),
    /// The body of a call is not acceptable.
    #[error("{detail}")]
    BadCall {
        /// The part of the body that is at fault.
        param: Option<Cow<'static, str>>,
        /// What is wrong with it.
        detail: String,
    },
    /// The upstream did not answer as it should.
    #[error(transparent)]
    Upstream(#[from] UpstreamFault),
    /// The embedded model did not answer.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// A file or a batch cannot be found, made or changed so.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The guard did not let it pass.
    #[error(transparent)]
    Guard(#[from] kaname_guard::Error),
    /// The person may not do this.
    #[error(transparent)]
    Identity(#[from] kaname_identity::Error),
    /// The database failed.
    #[error("the gateway's records cannot be used")]
    Db(#[from] DbError),
    /// An API key cannot be sealed or opened.
    #[error("the endpoint's API key cannot be used")]
    Secret(#[from] SecretError),
}

impl Error {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }

    /// Whether another endpoint may do better: the fault is the endpoint's, not the request's, and
    /// not this program's records.
    pub(crate) fn speaks_against_the_endpoint(&self) -> bool {
        match self {
            Self::Upstream(fault) => !matches!(fault, UpstreamFault::Refused { .. }),
            Self::Embedded(error) => error.fault != EmbeddedFault::BadRequest,
            _ => false,
        }
    }

    /// Whether the endpoint may have worked, and charge for it, though no answer came of it.
    pub(crate) fn may_be_charged(&self) -> bool {
        use UpstreamFault as Fault;
        matches!(
            self,
            Self::Upstream(
                Fault::Timeout
                    | Fault::Stalled
                    | Fault::Deadline
                    | Fault::Cut
                    | Fault::Malformed
                    | Fault::TooLarge
                    | Fault::WrongContentType
                    | Fault::ErrorEvent
            )
        )
    }

    pub(crate) fn bad_call(param: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::BadCall { param: Some(param.into()), detail: detail.into() }
    }
}

/// How an upstream failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamFault {
    /// No connection, or it broke before the head of the answer.
    #[error("the endpoint cannot be reached")]
    Unreachable(#[source] OutboundError),
    /// No head of an answer in time.
    #[error("the endpoint did not begin to answer in time")]
    Timeout,
    /// It refused the request itself.
    #[error("the endpoint refused the request (status {status})")]
    Refused {
        /// Its status, 400 to 499 but for the ones below.
        status: u16,
        /// Its own words, if they are in OpenAI's shape.
        body: Option<Vec<u8>>,
    },
    /// It did not accept our API key.
    #[error("the endpoint did not accept the API key")]
    KeyRefused,
    /// It has too many requests.
    #[error("the endpoint has too many requests")]
    RateLimited {
        /// Its `retry-after`.
        retry_after: Option<String>,
    },
    /// It failed.
    #[error("the endpoint failed (status {status})")]
    Failed {
        /// Its status, neither 200 nor one of those above.
        status: u16,
        /// Its `retry-after`.
        retry_after: Option<String>,
    },
    /// Its answer is of another kind than asked for.
    #[error("the endpoint answered with another content type than asked for")]
    WrongContentType,
    /// Its answer cannot be read.
    #[error("the endpoint sent what cannot be read")]
    Malformed,
    /// Its answer broke off.
    #[error("the endpoint's answer broke off")]
    Cut,
    /// Its answer stood still for too long.
    #[error("the endpoint's answer stood still for too long")]
    Stalled,
    /// The whole call took longer than allowed.
    #[error("the call took longer than allowed")]
    Deadline,
    /// Its answer is larger than allowed.
    #[error("the endpoint's answer is larger than allowed")]
    TooLarge,
    /// It reported an error in the middle of its answer.
    #[error("the endpoint reported an error in the middle of its answer")]
    ErrorEvent,
}

impl UpstreamFault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "gateway.upstream_unreachable",
            Self::Timeout => "gateway.upstream_timeout",
            Self::Refused { .. } => "gateway.upstream_refused",
            Self::KeyRefused => "gateway.upstream_key_refused",
            Self::RateLimited { .. } => "gateway.upstream_rate_limited",
            Self::Failed { .. } => "gateway.upstream_failed",
            Self::WrongContentType => "gateway.upstream_wrong_type",
            Self::Malformed => "gateway.upstream_malformed",
            Self::Cut => "gateway.upstream_cut",
            Self::Stalled => "gateway.upstream_stalled",
            Self::Deadline => "gateway.upstream_deadline",
            Self::TooLarge => "gateway.upstream_too_large",
            Self::ErrorEvent => "gateway.upstream_error_event",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Timeout | Self::Stalled | Self::Deadline => StatusCode::GATEWAY_TIMEOUT,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused { status, .. } => {
                StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY)
            }
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable(_) => Some("Check the base URL, and that this server can reach it."),
            Self::KeyRefused => Some("Enter the endpoint's API key again."),
            Self::RateLimited { .. } => Some("Try again later."),
            Self::Refused { .. } => Some("Check the model's name and the request."),
            Self::WrongContentType | Self::Malformed => Some(
                "Check that the base URL is the one of an OpenAI-compatible server, often ending in /v1.",
            ),
            _ => None,
        }
    }
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "gateway.not_found",
            Self::Invalid { .. } => "gateway.invalid_endpoint",
            Self::NameTaken => "gateway.name_taken",
            Self::InUse(_) => "gateway.endpoint_in_use",
            Self::NoEndpoint => "gateway.no_endpoint",
            Self::Resting => "gateway.resting",
            Self::UnknownModel(_) => "gateway.unknown_model",
            Self::BadCall { .. } => "gateway.bad_call",
            Self::Upstream(fault) => fault.code(),
            Self::Embedded(error) => match error.fault {
                EmbeddedFault::Busy => "gateway.embedded_busy",
                EmbeddedFault::BadRequest => "gateway.embedded_refused",
                EmbeddedFault::NoModel => "gateway.embedded_no_model",
                EmbeddedFault::Failed => "gateway.embedded_failed",
            },
            Self::Batch(error) => error.code(),
            Self::Guard(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::Db(error) => error.code(),
            Self::Secret(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownModel(_) => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NameTaken | Self::InUse(_) => StatusCode::CONFLICT,
            Self::NoEndpoint | Self::Resting => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadCall { .. } => StatusCode::BAD_REQUEST,
            Self::Upstream(fault) => fault.status(),
            Self::Embedded(error) => match error.fault {
                EmbeddedFault::Busy => StatusCode::TOO_MANY_REQUESTS,
                EmbeddedFault::BadRequest => StatusCode::BAD_REQUEST,
                EmbeddedFault::NoModel | EmbeddedFault::Failed => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::Batch(error) => error.status(),
            Self::Guard(error) => error.status(),
            Self::Identity(error) => error.status(),
            Self::Db(error) => error.status(),
            Self::Secret(error) => error.status(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { field, .. } => Some((*field).to_owned()),
            Self::NameTaken => Some("public_name".to_owned()),
            _ => None,
        }
    }

    fn retry_at_ms(&self) -> Option<i64> {
        match self {
            Self::Guard(error) => error.retry_at_ms(),
            _ => None,
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::Upstream(fault) => fault.fix().map(str::to_owned),
            Self::Embedded(error) => error.fault.fix().map(str::to_owned),
            Self::Batch(error) => error.fix(),
            Self::Guard(error) => error.fix(),
            Self::Resting => Some(
                "Try again in a minute; an administrator sees at Models which endpoint fails."
                    .to_owned(),
            ),
            Self::NoEndpoint => {
                Some("An administrator adds an endpoint that can do this.".to_owned())
            }
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
