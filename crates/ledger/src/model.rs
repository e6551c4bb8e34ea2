//! An act as a reader sees it, and what a verification found.

use std::collections::BTreeMap;

use kaname_kernel::{ActId, Label, Timestamp, UserId};
use kaname_ledger_core::Digest;

/// One act of the log.
#[derive(Debug, Clone)]
pub struct RecordedAct {
    /// Its id.
    pub id: ActId,
    /// `area.verb`.
    pub kind: String,
    /// When it was appended.
    pub at: Timestamp,
    /// The person, if one acted.
    pub user: Option<UserId>,
    /// The name shown for the actor.
    pub actor_name: String,
    /// `session`, `key`, `console` or `system`.
    pub via: String,
    /// The label of what was handled.
    pub label: Option<Label>,
    /// The act that this one follows from.
    pub parent: Option<ActId>,
    /// References that stay readable.
    pub refs: BTreeMap<String, String>,
    /// Canonical bytes of the entry.
    pub entry: Vec<u8>,
    /// Its place in the tree, once sequenced.
    pub leaf_index: Option<u64>,
}

/// Content that an act committed to.
#[derive(Debug, Clone)]
pub struct Content {
    /// Name of the commitment.
    pub field: String,
    /// Its salt.
    pub salt: [u8; 32],
    /// The value.
    pub value: Vec<u8>,
}

/// Which acts to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only acts of this person.
    pub user: Option<UserId>,
    /// Only kinds that begin so.
    pub kind_prefix: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only acts with a smaller id: where the page before ended.
    pub before: Option<ActId>,
    /// At most so many.
    pub limit: i64,
}

/// One thing that is wrong with the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyFault {
    /// Stable name of the check that failed.
    pub check: &'static str,
    /// Where and how.
    pub detail: String,
}

/// What a replay of the whole ledger found.
#[derive(Debug, Clone)]
pub struct Verification {
    /// Leaves that the signed head claims.
    pub tree_size: u64,
    /// Root recomputed from the entries.
    pub root: Digest,
    /// Entries read.
    pub checked: u64,
    /// Acts that wait for the sequencer.
    pub pending: u64,
    /// What is wrong; empty when all is well.
    pub faults: Vec<VerifyFault>,
}
