//! Who watches a call besides the record: metrics and traces, which may lose what they are told.
//!
//! A watcher decides nothing and delays nothing. What it passes on of the content is said in the act
//! of the outcome.

use std::fmt;

use crate::attempt::Outcome;

/// What an answer says of itself on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned<'a> {
    /// Why the model stopped.
    FinishReason(&'a str),
    /// The model that answers, by the name that the upstream gives.
    Model(&'a str),
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// The outcome, with what the call used.
    pub outcome: &'a Outcome,
    /// Milliseconds until the first of the answer, if any came.
    pub first_ms: Option<i64>,
    /// Milliseconds until its end.
    pub took_ms: i64,
    /// What it cost in millionths of a yen, if anybody knows.
    pub cost_micro_yen: Option<u64>,
    /// All that came of the answer.
    pub answer: &'a [u8],
}

/// Watches one call. Both verbs take microseconds and never wait.
pub trait Watch: fmt::Debug + Send + Sync {
    /// The answer says something of itself.
    fn learned(&self, what: Learned<'_>);

    /// The call ended; told exactly once. Gives whom content of the call is shown to, if anybody:
    /// the act of the outcome says so.
    fn ended(&self, ended: &Ended<'_>) -> Option<String>;
}
