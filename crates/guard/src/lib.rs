//! The one way to a model, a tool or a document: label, decide, record, and only then a permit.
//!
//! Invariants: a [`Permit`](kaname_platform::outbound::Permit) exists only after request, decision
//! and attempt are on disk; whatever is not allowed by [`decide`] is denied and the denial is
//! recorded; every attempt gets exactly one outcome, whoever goes away. Knows no dialect of any
//! model and opens no connection.

mod admit;
mod attempt;
mod budgets;
mod calls;
mod close_open_attempts;
mod decide;
mod error;
mod guard;
mod may_read;
mod pack;
mod request;
mod watch;

pub mod http;

pub use kaname_budget_core::{Estimate, MicroYen, Opening, Period, Price, Tokens, Unit};

pub use self::{
    attempt::{Attempt, Outcome, OutcomeKind, Usage},
    budgets::{
        Budget, BudgetChange, BudgetError, BudgetPage, BudgetUse, Exceeded, NewBudget, Subject,
        SubjectKind,
    },
    decide::{Decision, Facts, Reason, decide},
    error::{Denial, Error},
    guard::Guard,
    may_read::{Readers, may_read},
    pack::{Compartment, LabelPack, Named, PackError, PackStatus, Rank},
    request::{Action, Caller, Origin, Place, Purpose, Request},
    watch::{Ended, Learned, Watch},
};
