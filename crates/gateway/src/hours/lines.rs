//! The lines of one hour: all calls that are alike together. Pure.

use std::collections::BTreeMap;

use super::buckets::Counts;

/// What calls of one line have in common: all that traffic and shares tell calls apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alike {
    pub(super) department: Option<String>,
    pub(super) app: Option<String>,
    pub(super) model: String,
    pub(super) endpoint: Option<String>,
    pub(super) route: Option<String>,
    pub(super) vendor: String,
    pub(super) operator_country: String,
    pub(super) hosting_country: String,
    pub(super) open_weights: bool,
    pub(super) purpose: String,
    pub(super) action: String,
    pub(super) outcome: String,
    pub(super) code: Option<String>,
}

/// What they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) calls: i64,
    pub(super) cached: i64,
    pub(super) without_tokens: i64,
    pub(super) without_cost: i64,
    pub(super) prompt_tokens: i64,
    pub(super) completion_tokens: i64,
    pub(super) cost_micro_yen: i64,
    pub(super) took: Counts,
    pub(super) first: Counts,
}

/// The lines of an hour.
pub(super) type Lines = BTreeMap<Alike, Amounts>;

impl Amounts {
    /// Adds `other`.
    pub(super) fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.calls, other.calls),
            (&mut self.cached, other.cached),
            (&mut self.without_tokens, other.without_tokens),
            (&mut self.without_cost, other.without_cost),
            (&mut self.prompt_tokens, other.prompt_tokens),
            (&mut self.completion_tokens, other.completion_tokens),
            (&mut self.cost_micro_yen, other.cost_micro_yen),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
        self.took.join(&other.took);
        self.first.join(&other.first);
    }
}
