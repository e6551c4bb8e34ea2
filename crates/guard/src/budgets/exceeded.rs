//! The budget or rate that refuses a call: which, when it opens again, and whom to ask.

use http::StatusCode;
use kaname_budget_core::{Opening, Period, Unit};
use kaname_kernel::BudgetId;
use kaname_platform::Act;

use super::model::{Budget, Subject};
use crate::decide::Reason;

/// Which budget or rate refuses a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// Why: [`Reason::BudgetExhausted`], [`Reason::RateLimited`] or [`Reason::PriceUnknown`].
    pub reason: Reason,
    /// The budget.
    pub budget: BudgetId,
    /// Whose it is.
    pub subject: Subject,
    /// What it counts.
    pub unit: Unit,
    /// Over which time.
    pub period: Period,
    /// When the same call may pass.
    pub opening: Opening,
    /// Whom to ask for more; may be empty.
    pub contact: String,
}

impl Exceeded {
    pub(crate) fn of(budget: &Budget, opening: Opening, price_known: bool) -> Self {
        let (unit, period) = (budget.limit.unit(), budget.limit.period());
        let reason = match period {
            _ if unit == Unit::Yen && !price_known => Reason::PriceUnknown,
            Period::AtOnce | Period::Minute => Reason::RateLimited,
            Period::Day | Period::Month | Period::FiscalYear => Reason::BudgetExhausted,
        };
        Self {
            reason,
            budget: budget.id,
            subject: budget.subject.clone(),
            unit,
            period,
            opening,
            contact: budget.contact.clone(),
        }
    }

    /// When trying again makes sense, if there is such a moment.
    pub fn retry_at_ms(&self) -> Option<i64> {
        match self.opening {
            Opening::At(at_ms) => Some(at_ms),
            Opening::WhenACallEnds | Opening::Never => None,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        if self.reason == Reason::PriceUnknown {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::TOO_MANY_REQUESTS
        }
    }

    /// What the caller can do.
    pub(crate) fn fix(&self) -> String {
        let when = match self.opening {
            _ if self.reason == Reason::PriceUnknown => {
                "Nobody has said what this endpoint costs.".to_owned()
            }
            Opening::At(at_ms) if self.period == Period::Minute => {
                format!("It opens again at {at_ms} ms.")
            }
            Opening::At(at_ms) => {
                format!("It opens again with the next {} (at {at_ms} ms).", self.period)
            }
            Opening::WhenACallEnds => "It opens when a call under way ends.".to_owned(),
            Opening::Never => "This call alone is larger than the whole limit.".to_owned(),
        };
        let whom = if self.contact.is_empty() { "an administrator" } else { &self.contact };
        format!("{when} Ask {whom} (budget {} of {}).", self.budget, self.subject)
    }

    /// Says in the act of the decision which budget it was.
    pub(crate) fn describe(&self, act: Act) -> Act {
        let act = act.reference("budget", self.budget).reference("budget_of", &self.subject);
        match self.retry_at_ms() {
            Some(at_ms) => act.reference("retry_at_ms", at_ms),
            None => act,
        }
    }
}
