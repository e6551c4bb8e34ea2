//! An act as it enters the log: its canonical bytes, and the commitments that stand for content.
//!
//! An entry holds no content and no secret. What must be provable but may have to be forgotten
//! is committed to under a salt; when the salt is erased, nothing leads back to the value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::digest::{Digest, sha256};
use crate::json::{self, JsonError, MAX_INTEGER};

/// The form of entry that this file writes and reads.
pub const ENTRY_SCHEMA: &str = "kaname.act/1";
/// The most bytes of an entry, so that its length fits the two bytes of an entry bundle.
pub const MAX_ENTRY_BYTES: usize = 65_535;
const COMMITMENT_TAG: &[u8] = b"kaname.commitment/1\n";

/// Why an entry was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not canonical JSON.
    #[error("the entry is not canonical JSON")]
    Json(#[from] JsonError),
    /// The entry is larger than [`MAX_ENTRY_BYTES`].
    #[error("the entry is too large")]
    TooLarge,
    /// The schema is another one, or none is named.
    #[error("the entry is not of schema {ENTRY_SCHEMA}")]
    Schema,
    /// A field is missing, empty, or of the wrong type.
    #[error("the field {field} is missing, empty or of the wrong type")]
    Field {
        /// The name of the field.
        field: &'static str,
    },
    /// There is a field that the schema does not have.
    #[error("the entry has a field that its schema does not know")]
    UnknownField,
}

impl EntryError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::TooLarge => "entry-too-large",
            Self::Schema => "entry-schema",
            Self::Field { .. } => "entry-field",
            Self::UnknownField => "entry-unknown-field",
        }
    }
}

/// One act. Every text is non-empty; a map may be empty, its keys and values may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id of the act.
    pub id: String,
    /// The institution whose log this is.
    pub institution: String,
    /// What kind of act, such as `request` or `outcome`.
    pub kind: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z; within plus or minus 2^53.
    pub at_ms: i64,
    /// Who: the id of a person, a key or a part of the system; never a name.
    pub actor: String,
    /// Ids of what the act touched, by role, such as `endpoint`, `policy` or `parent`; no secrets.
    pub refs: BTreeMap<String, String>,
    /// The label in force, where there is one.
    pub label: Option<String>,
    /// What stands for content, by field name; see [`commitment`].
    pub commitments: BTreeMap<String, Digest>,
}

impl Entry {
    /// The canonical bytes: what is hashed as the leaf.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let texts = |map: &BTreeMap<String, String>| -> Value {
            map.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
        };
        let digests: Map<String, Value> =
            self.commitments.iter().map(|(key, d)| (key.clone(), d.to_base64().into())).collect();
        let mut fields = Map::new();
        fields.insert("schema".to_owned(), ENTRY_SCHEMA.into());
        fields.insert("id".to_owned(), self.id.as_str().into());
        fields.insert("institution".to_owned(), self.institution.as_str().into());
        fields.insert("kind".to_owned(), self.kind.as_str().into());
        fields.insert("at_ms".to_owned(), self.at_ms.into());
        fields.insert("actor".to_owned(), self.actor.as_str().into());
        fields.insert("refs".to_owned(), texts(&self.refs));
        fields.insert("commitments".to_owned(), digests.into());
        if let Some(label) = &self.label {
            fields.insert("label".to_owned(), label.as_str().into());
        }
        let bytes = json::encode(&fields.clone().into())?.into_bytes();
        check_size(&bytes)?;
        // What would be refused when it is read must not be written.
        Self::from_fields(fields)?;
        Ok(bytes)
    }

    /// Reads canonical bytes strictly: no other spelling, no field too many or too few.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        check_size(bytes)?;
        let Value::Object(fields) = json::parse(bytes)? else {
            return Err(EntryError::Schema);
        };
        Self::from_fields(fields)
    }

    fn from_fields(mut fields: Map<String, Value>) -> Result<Self, EntryError> {
        if fields.remove("schema").as_ref().and_then(Value::as_str) != Some(ENTRY_SCHEMA) {
            return Err(EntryError::Schema);
        }
        let entry = Self {
            id: take_text(&mut fields, "id")?,
            institution: take_text(&mut fields, "institution")?,
            kind: take_text(&mut fields, "kind")?,
            at_ms: take_moment(&mut fields)?,
            actor: take_text(&mut fields, "actor")?,
            refs: take_map(&mut fields, "refs", |text| Some(text.to_owned()))?,
            label: take_label(&mut fields)?,
            commitments: take_map(&mut fields, "commitments", |t| Digest::from_base64(t).ok())?,
        };
        if fields.is_empty() { Ok(entry) } else { Err(EntryError::UnknownField) }
    }
}

fn check_size(bytes: &[u8]) -> Result<(), EntryError> {
    if bytes.len() > MAX_ENTRY_BYTES { Err(EntryError::TooLarge) } else { Ok(()) }
}

fn take_text(fields: &mut Map<String, Value>, field: &'static str) -> Result<String, EntryError> {
    match fields.remove(field) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        _ => Err(EntryError::Field { field }),
    }
}

fn take_label(fields: &mut Map<String, Value>) -> Result<Option<String>, EntryError> {
    if fields.contains_key("label") { take_text(fields, "label").map(Some) } else { Ok(None) }
}

fn take_moment(fields: &mut Map<String, Value>) -> Result<i64, EntryError> {
    let number = fields.remove("at_ms").as_ref().and_then(Value::as_i64);
    let within = number.filter(|ms| (-MAX_INTEGER..=MAX_INTEGER).contains(ms));
    within.ok_or(EntryError::Field { field: "at_ms" })
}

fn take_map<T>(
    fields: &mut Map<String, Value>,
    field: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<String, T>, EntryError> {
    let Some(Value::Object(members)) = fields.remove(field) else {
        return Err(EntryError::Field { field });
    };
    let member = |(key, value): (String, Value)| {
        let text = value.as_str().filter(|text| !text.is_empty() && !key.is_empty());
        let value = text.and_then(&read).ok_or(EntryError::Field { field })?;
        Ok((key, value))
    };
    members.into_iter().map(member).collect()
}

/// Stands for a value in an entry without giving it away.
///
/// SHA-256 over: the 20 bytes `kaname.commitment/1\n`, the salt, the length of the field's name in
/// four bytes (big-endian), the name, the length of the value in eight bytes (big-endian), the value.
/// The salt must be unpredictable and used for one value only.
pub fn commitment(salt: &[u8; 32], field: &str, value: &[u8]) -> Digest {
    // A length on today's machines fits 64 bits, and a name of 4 GiB does not reach this place.
    let field_bytes = u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes();
    let value_bytes = u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes();
    sha256(&[COMMITMENT_TAG, salt, &field_bytes, field.as_bytes(), &value_bytes, value])
}
