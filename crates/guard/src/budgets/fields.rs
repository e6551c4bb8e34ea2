//! What an administrator says of a budget, checked field by field.

use http::StatusCode;
use kaname_budget_core::{Limit, LimitError, Unit};
use serde::Deserialize;

use super::{
    http::{periods, subject_kinds, units},
    model::{Subject, SubjectKind},
};

/// Characters of a free id and of a contact at most.
const TEXT_LENGTH_MAX: usize = 200;

/// A new budget or rate.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBudget {
    /// `institution`, `department`, `team`, `person`, `key`, `app` or `system`.
    #[schema(schema_with = subject_kinds)]
    pub subject_kind: String,
    /// The id; may be left out for the institution. Free for an app or a system.
    pub subject_id: Option<String>,
    /// `day`, `month`, `fiscal_year`; or `minute` and `at_once`, which make it a rate.
    #[schema(schema_with = periods)]
    pub period: String,
    /// `yen`, `tokens` or `requests`.
    #[schema(schema_with = units)]
    pub unit: String,
    /// How much, in whole yen, tokens or requests.
    pub limit: u64,
    /// Whether it is in force; true when absent.
    pub enabled: Option<bool>,
    /// Whom to ask for more.
    #[serde(default)]
    pub contact: String,
}

/// A change of a budget; what is absent stays. Whose it is and what it counts cannot change.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetChange {
    /// How much, in whole yen, tokens or requests.
    pub limit: Option<u64>,
    /// Whether it is in force.
    pub enabled: Option<bool>,
    /// Whom to ask for more.
    pub contact: Option<String>,
}

/// Why a budget cannot be found, made or changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// There is no such budget in the institution.
    #[error("there is no such budget")]
    NotFound,
    /// The subject has a budget for this unit and period already.
    #[error("there is a budget of this unit and period for this already")]
    Taken,
    /// A field is not acceptable.
    #[error("{detail}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        detail: &'static str,
    },
}

impl BudgetError {
    pub(crate) fn invalid(field: &'static str, detail: &'static str) -> Self {
        Self::Invalid { field, detail }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "guard.budget_not_found",
            Self::Taken => "guard.budget_taken",
            Self::Invalid { .. } => "guard.invalid_budget",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Taken => StatusCode::CONFLICT,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    pub(crate) fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { field, .. } => Some((*field).to_owned()),
            _ => None,
        }
    }
}

impl NewBudget {
    /// Whose it is, in an institution with this id.
    pub(crate) fn subject(&self, institution: impl ToString) -> Result<Subject, BudgetError> {
        let kind = self.subject_kind.parse().map_err(|_| {
            BudgetError::invalid(
                "subject_kind",
                "this must be institution, department, team, person, key, app or system",
            )
        })?;
        let given = self.subject_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        match given {
            Some(id) => Ok(Subject::new(kind, text("subject_id", id)?)),
            None if kind == SubjectKind::Institution => Ok(Subject::new(kind, institution)),
            None => Err(BudgetError::invalid("subject_id", "this must name whose budget it is")),
        }
    }

    /// How much of what over which time.
    pub(crate) fn limit(&self) -> Result<Limit, BudgetError> {
        let period = self.period.parse().map_err(|_| {
            BudgetError::invalid(
                "period",
                "this must be at_once, minute, day, month or fiscal_year",
            )
        })?;
        let unit = self
            .unit
            .parse()
            .map_err(|_| BudgetError::invalid("unit", "this must be yen, tokens or requests"))?;
        limit(unit, period, self.limit)
    }
}

/// The limit of `whole` yen, tokens or requests.
pub(crate) fn limit(
    unit: Unit,
    period: kaname_budget_core::Period,
    whole: u64,
) -> Result<Limit, BudgetError> {
    let amount = whole.checked_mul(unit.parts()).ok_or(LimitError::TooLarge);
    amount.and_then(|amount| Limit::new(unit, period, amount)).map_err(|error| match error {
        LimitError::Combination => BudgetError::invalid(
            "unit",
            "by the minute tokens or requests are counted, at once only requests",
        ),
        LimitError::TooLarge => BudgetError::invalid("limit", "this is more than can be counted"),
    })
}

/// A free text of one line; trimmed.
pub(crate) fn text(field: &'static str, given: &str) -> Result<String, BudgetError> {
    let trimmed = given.trim();
    let fits = trimmed.chars().count() <= TEXT_LENGTH_MAX && !trimmed.chars().any(char::is_control);
    if fits {
        Ok(trimmed.to_owned())
    } else {
        Err(BudgetError::invalid(field, "this must be one line of at most 200 characters"))
    }
}
