//! What the guard answers when it does not let a request pass.

use http::StatusCode;
use kaname_kernel::ActId;
use kaname_platform::{DbError, http::Fault, outbound::OutboundError};

use crate::{
    budgets::{BudgetError, Exceeded},
    decide::{Decision, Reason},
};

/// A refusal, recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The act of the request.
    pub request: ActId,
    /// The decision with its reasons.
    pub decision: Decision,
    /// The budget or rate that refuses, if it is one.
    pub exceeded: Option<Box<Exceeded>>,
}

/// Why a request did not pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule refuses it.
    #[error("the request is not allowed: {}", .0.decision.summary())]
    Denied(Denial),
    /// The act log cannot be written, so nothing may happen.
    #[error("the act log cannot be written, so the request is not allowed to go on")]
    Log(#[from] DbError),
    /// The last lock held: the permit was not issued.
    #[error("the permit was not issued")]
    Permit(#[source] OutboundError),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The institution's label pack is not one of this program's.
    #[error("the institution's label pack is not known to this program")]
    UnknownPack,
    /// A budget cannot be found, made or changed so.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// The person may not do this.
    #[error(transparent)]
    Identity(#[from] kaname_identity::Error),
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denial) => match denial.decision.reasons().first() {
                Some(Reason::EndpointNotCleared) => "guard.endpoint_not_cleared",
                Some(Reason::CallerNotCleared) => "guard.caller_not_cleared",
                Some(Reason::EndpointDisabled) => "guard.endpoint_disabled",
                Some(Reason::BudgetExhausted) => "guard.budget_exhausted",
                Some(Reason::RateLimited) => "guard.rate_limited",
                Some(Reason::PriceUnknown) => "guard.price_unknown",
                _ => "guard.denied",
            },
            Self::Log(error) => error.code(),
            Self::Permit(_) => "guard.no_permit",
            Self::Stopping => "guard.stopping",
            Self::UnknownPack => "guard.unknown_pack",
            Self::Budget(error) => error.code(),
            Self::Identity(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Denied(Denial { exceeded: Some(exceeded), .. }) => exceeded.status(),
            Self::Denied(_) | Self::Permit(_) => StatusCode::FORBIDDEN,
            Self::Log(error) => error.status(),
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownPack => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Budget(error) => error.status(),
            Self::Identity(error) => error.status(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Budget(error) => error.field(),
            _ => None,
        }
    }

    fn retry_at_ms(&self) -> Option<i64> {
        match self {
            Self::Denied(denial) => denial.exceeded.as_deref().and_then(Exceeded::retry_at_ms),
            _ => None,
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::Denied(Denial { exceeded: Some(exceeded), .. }) => Some(exceeded.fix()),
            Self::Denied(denial) if denial.decision.reasons().contains(&Reason::EndpointNotCleared) => Some(
                "Use an endpoint that is cleared for this label, or leave out what raises the label."
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
