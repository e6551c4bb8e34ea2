//! A budget or rate as it is kept, and whose it is.

use std::{fmt, str::FromStr};

use kaname_budget_core::{Limit, Standing};
use kaname_kernel::{Actor, BudgetId, InstitutionId, Timestamp};

use crate::request::Caller;

/// Whose budget it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// The whole institution (機関).
    Institution,
    /// A department (課).
    Department,
    /// A team in a department.
    Team,
    /// A person, with all keys.
    Person,
    /// One API key.
    Key,
    /// An app.
    App,
    /// A system of the register.
    System,
}

/// The text names no kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseSubjectKindError;

impl SubjectKind {
    /// Every kind, from the whole to the part.
    pub const ALL: [Self; 7] = [
        Self::Institution,
        Self::Department,
        Self::Team,
        Self::Person,
        Self::Key,
        Self::App,
        Self::System,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Institution => "institution",
            Self::Department => "department",
            Self::Team => "team",
            Self::Person => "person",
            Self::Key => "key",
            Self::App => "app",
            Self::System => "system",
        }
    }
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SubjectKind {
    type Err = ParseSubjectKindError;

    fn from_str(text: &str) -> Result<Self, ParseSubjectKindError> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ParseSubjectKindError)
    }
}

/// Somebody or something on the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id: a UUID, or the free name of an app or a system.
    pub id: String,
}

impl Subject {
    /// The one of `kind` with this `id`.
    #[expect(clippy::needless_pass_by_value, reason = "callers pass ids")]
    pub fn new(kind: SubjectKind, id: impl ToString) -> Self {
        Self { kind, id: id.to_string() }
    }

    /// Everything above `caller` that the caller itself names; teams are looked up.
    pub(crate) fn above(caller: &Caller, within: &[Self]) -> Vec<Self> {
        let mut above = vec![Self::new(SubjectKind::Institution, caller.institution())];
        if let Caller::Person(person) = caller {
            let department = person.department.map(|id| Self::new(SubjectKind::Department, id));
            above.extend(department);
            above.push(Self::new(SubjectKind::Person, person.user));
            if let Actor::Key { id, .. } = &person.actor {
                above.push(Self::new(SubjectKind::Key, id));
            }
        }
        above.extend_from_slice(within);
        above
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// A budget or rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its id.
    pub id: BudgetId,
    /// Where.
    pub institution: InstitutionId,
    /// Whose.
    pub subject: Subject,
    /// How much of what over which time.
    pub limit: Limit,
    /// Whether it is in force.
    pub enabled: bool,
    /// Whom to ask for more, in the administrator's words; may be empty.
    pub contact: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl Budget {
    /// The start of the period around `now`, as rows of use name it; 0 for a rate.
    pub(crate) fn period_start_ms(&self, now: Timestamp) -> i64 {
        self.limit.period().span(now.as_millis()).map_or(0, |span| span.start_ms)
    }
}

/// A budget with what stands against it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetUse {
    /// The budget.
    pub budget: Budget,
    /// The name of whose it is, as people know it.
    pub subject_name: String,
    /// What stands against it, as of `at`.
    pub standing: Standing,
    /// The moment of asking.
    pub at: Timestamp,
}
