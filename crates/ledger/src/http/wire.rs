//! What goes over the wire: bodies of the ledger's answers.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kaname_kernel::{ActId, UserId};
use kaname_ledger_core::VerifyingKey;
use kaname_platform::{Head, http::one_of};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Schema};

use crate::model::{Content, RecordedAct, Verification};

fn ways() -> Schema {
    one_of(["session", "key", "console", "system"])
}

fn states() -> Schema {
    one_of(["pending", "in_ledger"])
}

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActorBody {
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    display_name: String,
    /// How they came in.
    #[schema(schema_with = ways)]
    via: String,
}

/// One value that an act committed to, for its own actor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DetailBody {
    field: String,
    value: String,
}

/// An act.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActBody {
    #[schema(value_type = String)]
    id: ActId,
    kind: String,
    at_ms: i64,
    actor: ActorBody,
    label: Option<String>,
    #[schema(value_type = Option<String>)]
    parent_id: Option<ActId>,
    refs: BTreeMap<String, String>,
    /// Whether it has its leaf.
    #[schema(schema_with = states)]
    state: &'static str,
    leaf_index: Option<u64>,
    /// Key of the sentence by which screens name the act.
    summary_key: String,
    details: Vec<DetailBody>,
}

impl From<&RecordedAct> for ActBody {
    fn from(act: &RecordedAct) -> Self {
        Self::with_contents(act, &[])
    }
}

impl ActBody {
    pub(super) fn with_contents(act: &RecordedAct, contents: &[Content]) -> Self {
        let details = contents.iter().map(|content| DetailBody {
            field: content.field.clone(),
            value: String::from_utf8_lossy(&content.value).into_owned(),
        });
        Self {
            id: act.id,
            kind: act.kind.clone(),
            at_ms: act.at.as_millis(),
            actor: ActorBody {
                user_id: act.user,
                display_name: act.actor_name.clone(),
                via: act.via.clone(),
            },
            label: act.label.as_ref().map(ToString::to_string),
            parent_id: act.parent,
            refs: act.refs.clone(),
            state: if act.leaf_index.is_some() { "in_ledger" } else { "pending" },
            leaf_index: act.leaf_index,
            summary_key: format!("act.{}", act.kind),
            details: details.collect(),
        }
    }
}

/// A page of acts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActPage {
    items: Vec<ActBody>,
    next_cursor: Option<String>,
}

impl ActPage {
    pub(super) fn new(acts: &[RecordedAct], limit: i64) -> Self {
        let full = i64::try_from(acts.len()).is_ok_and(|count| count == limit);
        let next_cursor = acts.last().filter(|_| full).map(|act| act.id.to_string());
        Self { items: acts.iter().map(ActBody::from).collect(), next_cursor }
    }
}

/// An act and the chain it belongs to, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActChain {
    pub(super) act: ActBody,
    pub(super) chain: Vec<ActBody>,
}

/// The signed head.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HeadBody {
    origin: String,
    tree_size: u64,
    /// Base64.
    root: String,
    /// The signed note, as C2SP tlog-checkpoint says.
    checkpoint: String,
    /// The public key that signs it.
    vkey: String,
    signed_at_ms: i64,
    /// Acts that will be in the next head.
    pending: i64,
}

impl HeadBody {
    pub(super) fn new(head: &Head, key: &VerifyingKey, pending: i64) -> Self {
        Self {
            origin: key.name().to_owned(),
            tree_size: head.tree_size,
            root: head.root.to_base64(),
            checkpoint: head.checkpoint.clone(),
            vkey: key.to_vkey(),
            signed_at_ms: head.signed_at.as_millis(),
            pending,
        }
    }
}

/// A consistency proof.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsistencyBody {
    pub(super) from: u64,
    pub(super) to: u64,
    /// Hashes in base64.
    pub(super) proof: Vec<String>,
}

/// What a replay found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerificationBody {
    ok: bool,
    tree_size: u64,
    /// Base64, recomputed from the entries.
    root: String,
    checked_entries: u64,
    pending: u64,
    faults: Vec<FaultBody>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FaultBody {
    code: String,
    detail: String,
}

impl From<&Verification> for VerificationBody {
    fn from(found: &Verification) -> Self {
        let faults = found
            .faults
            .iter()
            .map(|fault| FaultBody { code: fault.check.to_owned(), detail: fault.detail.clone() });
        Self {
            ok: found.faults.is_empty(),
            tree_size: found.tree_size,
            root: STANDARD.encode(found.root.as_bytes()),
            checked_entries: found.checked,
            pending: found.pending,
            faults: faults.collect(),
        }
    }
}

/// A receipt file, as `docs/ledger/format.md` describes it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceiptBody {
    schema: String,
    /// Canonical bytes of the entry, base64.
    entry: String,
    leaf_index: u64,
    /// Hashes in base64, leaf side first.
    proof: Vec<String>,
    checkpoint: String,
    disclosed: Vec<DisclosureBody>,
}

/// A value shown in the clear with the salt that opens its commitment, both base64.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DisclosureBody {
    field: String,
    salt: String,
    value: String,
}
