//! Receipts: everything that one needs to prove an act later, in one file, but for the log's key.
//!
//! A receipt may disclose fields: the value and the salt that open a commitment of the entry.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::digest::{Digest, leaf_hash};
use crate::entry::{Entry, EntryError, commitment};
use crate::key::VerifyingKey;
use crate::proof::{ProofError, verify_inclusion};

/// The form of receipt that this file writes and reads.
pub const RECEIPT_SCHEMA: &str = "kaname.receipt/1";

/// Why a receipt was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not the JSON of a receipt, or with a field too many, too few or of the wrong type.
    #[error("not a receipt in JSON")]
    Form,
    /// The schema is another one.
    #[error("the receipt is not of schema {RECEIPT_SCHEMA}")]
    Schema,
    /// Bytes, a salt or a hash are not in base64 or not of their length.
    #[error("the receipt's field {field} is not base64 of the right length")]
    Encoding {
        /// The name of the field.
        field: &'static str,
    },
    /// The checkpoint was refused.
    #[error("the checkpoint was refused")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the tree of the checkpoint.
    #[error("the inclusion proof was refused")]
    Inclusion(#[from] ProofError),
    /// The entry was refused.
    #[error("the entry was refused")]
    Entry(#[from] EntryError),
    /// A disclosed field is named twice.
    #[error("the field {field} is disclosed twice")]
    DisclosedTwice {
        /// The name of the field.
        field: String,
    },
    /// The entry has no commitment for a disclosed field.
    #[error("the entry has no commitment for the field {field}")]
    NotCommitted {
        /// The name of the field.
        field: String,
    },
    /// The disclosed value and salt do not open the commitment.
    #[error("the disclosed field {field} does not match its commitment")]
    CommitmentMismatch {
        /// The name of the field.
        field: String,
    },
}

impl ReceiptError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "receipt-form",
            Self::Schema => "receipt-schema",
            Self::Encoding { .. } => "receipt-encoding",
            Self::Checkpoint(error) => error.code(),
            Self::Inclusion(error) => error.code(),
            Self::Entry(error) => error.code(),
            Self::DisclosedTwice { .. } => "disclosed-twice",
            Self::NotCommitted { .. } => "not-committed",
            Self::CommitmentMismatch { .. } => "commitment-mismatch",
        }
    }
}

/// A value of the act together with the salt that opens its commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The name of the field in the entry's commitments.
    pub field: String,
    /// The salt of the commitment.
    pub salt: [u8; 32],
    /// The value.
    pub value: Vec<u8>,
}

/// A receipt that nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The canonical bytes of the entry.
    pub entry: Vec<u8>,
    /// Its place in the log, from zero.
    pub leaf_index: u64,
    /// The inclusion proof against the checkpoint's tree.
    pub proof: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Fields shown in the clear; may be empty.
    pub disclosed: Vec<Disclosure>,
}

/// What a receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    /// The act.
    pub entry: Entry,
    /// Its place in the log.
    pub leaf_index: u64,
    /// The state of the log that includes it.
    pub checkpoint: Checkpoint,
    /// The disclosed values, by field.
    pub disclosed: BTreeMap<String, Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireReceipt {
    schema: String,
    entry: String,
    leaf_index: u64,
    proof: Vec<String>,
    checkpoint: String,
    disclosed: Vec<WireDisclosure>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDisclosure {
    field: String,
    salt: String,
    value: String,
}

impl Receipt {
    /// The receipt as a JSON text with one final line feed.
    pub fn encode(&self) -> Result<String, ReceiptError> {
        let disclosed = self.disclosed.iter().map(|shown| WireDisclosure {
            field: shown.field.clone(),
            salt: STANDARD.encode(shown.salt),
            value: STANDARD.encode(&shown.value),
        });
        let wire = WireReceipt {
            schema: RECEIPT_SCHEMA.to_owned(),
            entry: STANDARD.encode(&self.entry),
            leaf_index: self.leaf_index,
            proof: self.proof.iter().map(Digest::to_base64).collect(),
            checkpoint: self.checkpoint.clone(),
            disclosed: disclosed.collect(),
        };
        let text = serde_json::to_string_pretty(&wire).map_err(|_| ReceiptError::Form)?;
        Ok(text + "\n")
    }

    /// Reads a receipt. White space and the order of fields are free; the fields are not.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let wire = parse_wire(bytes).ok_or(ReceiptError::Form)?;
        if wire.schema != RECEIPT_SCHEMA {
            return Err(ReceiptError::Schema);
        }
        let hash = |text: &String| {
            Digest::from_base64(text).map_err(|_| ReceiptError::Encoding { field: "proof" })
        };
        Ok(Self {
            entry: decode(&wire.entry, "entry")?,
            leaf_index: wire.leaf_index,
            proof: wire.proof.iter().map(hash).collect::<Result<_, _>>()?,
            checkpoint: wire.checkpoint,
            disclosed: wire.disclosed.into_iter().map(read_disclosure).collect::<Result<_, _>>()?,
        })
    }

    /// Checks the signature, the inclusion, the entry's form and every disclosed field.
    pub fn verify(&self, log_key: &VerifyingKey) -> Result<VerifiedReceipt, ReceiptError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), log_key)?;
        let head = checkpoint.head;
        let leaf = leaf_hash(&self.entry);
        verify_inclusion(&leaf, self.leaf_index, head.size, &self.proof, &head.root)?;
        let entry = Entry::parse(&self.entry)?;
        let disclosed = open_disclosures(&entry, &self.disclosed)?;
        Ok(VerifiedReceipt { entry, leaf_index: self.leaf_index, checkpoint, disclosed })
    }
}

/// Reads objects only: a list of the fields' values in their order is not a receipt.
fn parse_wire(bytes: &[u8]) -> Option<WireReceipt> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let disclosed = value.as_object()?.get("disclosed")?.as_array()?;
    let only_objects = disclosed.iter().all(Value::is_object);
    // Read again from the text, since a value has forgotten which fields stood there twice.
    only_objects.then(|| serde_json::from_slice(bytes).ok()).flatten()
}

fn decode(text: &str, field: &'static str) -> Result<Vec<u8>, ReceiptError> {
    STANDARD.decode(text).map_err(|_| ReceiptError::Encoding { field })
}

fn read_disclosure(wire: WireDisclosure) -> Result<Disclosure, ReceiptError> {
    let salt = decode(&wire.salt, "salt")?;
    let salt = salt.try_into().map_err(|_| ReceiptError::Encoding { field: "salt" })?;
    Ok(Disclosure { field: wire.field, salt, value: decode(&wire.value, "value")? })
}

fn open_disclosures(
    entry: &Entry,
    disclosed: &[Disclosure],
) -> Result<BTreeMap<String, Vec<u8>>, ReceiptError> {
    let mut opened = BTreeMap::new();
    for Disclosure { field, salt, value } in disclosed {
        let field = field.clone();
        let Some(committed) = entry.commitments.get(&field) else {
            return Err(ReceiptError::NotCommitted { field });
        };
        if commitment(salt, &field, value) != *committed {
            return Err(ReceiptError::CommitmentMismatch { field });
        }
        if opened.insert(field.clone(), value.clone()).is_some() {
            return Err(ReceiptError::DisclosedTwice { field });
        }
    }
    Ok(opened)
}
