//! Budgets and rates on the tree of an institution: whose they are, what they hold, who may set them.
//!
//! Invariants: every call is claimed at its worst from every budget above its caller, in the
//! transaction that records the attempt, whoever the caller is; rows of use are locked in the order
//! of their ids, so that nobody waits in a circle; what was claimed is settled in the transaction
//! that records the outcome.

mod change;
mod create;
mod exceeded;
mod fields;
pub(crate) mod http;
mod list;
mod model;
mod remove;
mod reserve;
mod settle;
mod spending;
mod standing;
mod store;

pub(crate) use self::{
    create::WRITERS,
    list::READERS,
    settle::{release, settle},
    spending::{Spending, Spent},
};
pub use self::{
    exceeded::Exceeded,
    fields::{BudgetChange, BudgetError, NewBudget},
    list::BudgetPage,
    model::{Budget, BudgetUse, Subject, SubjectKind},
};
