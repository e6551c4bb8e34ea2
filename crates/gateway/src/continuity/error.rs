//! What can go wrong with shares, exits and drills, each with a stable code.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kaname_platform::{
    DbError,
    http::{Fault, respond},
};

use crate::error::Error;

/// Why a verb of continuity did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContinuityError {
    /// There is no such drill in the institution.
    #[error("there is no such drill")]
    NotFound,
    /// A field is not acceptable.
    #[error("{detail}")]
    Invalid {
        /// The field.
        field: Cow<'static, str>,
        /// What is wrong with it.
        detail: String,
    },
    /// Another drill is under way.
    #[error("a drill is under way already")]
    Running,
    /// The drill has ended before.
    #[error("the drill has ended")]
    Ended,
    /// The gateway did not do its part.
    #[error(transparent)]
    Gateway(#[from] Error),
}

impl ContinuityError {
    pub(super) fn invalid(field: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), detail: detail.into() }
    }
}

impl From<DbError> for ContinuityError {
    fn from(error: DbError) -> Self {
        Self::Gateway(error.into())
    }
}

impl Fault for ContinuityError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "gateway.drill_not_found",
            Self::Invalid { .. } => "gateway.invalid_continuity",
            Self::Running => "gateway.drill_running",
            Self::Ended => "gateway.drill_ended",
            Self::Gateway(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Running | Self::Ended => StatusCode::CONFLICT,
            Self::Gateway(error) => error.status(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { field, .. } => Some(field.to_string()),
            Self::Gateway(error) => error.field(),
            _ => None,
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::Running => {
                Some("End the drill that is under way, or wait for its end.".to_owned())
            }
            Self::Gateway(error) => error.fix(),
            _ => None,
        }
    }

    fn retry_at_ms(&self) -> Option<i64> {
        match self {
            Self::Gateway(error) => error.retry_at_ms(),
            _ => None,
        }
    }
}

impl IntoResponse for ContinuityError {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
