//! The statements of this slice. Every one names the institution and the owner, or a conversation
//! that was read under both in the same transaction.

pub(crate) mod conversations;
pub(crate) mod messages;

use kaname_kernel::{InstitutionId, Principal, UserId};
use kaname_platform::DbError;
use serde::{Serialize, de::DeserializeOwned};

/// Whose rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) institution: InstitutionId,
    pub(crate) user: UserId,
}

impl From<&Principal> for Owner {
    fn from(principal: &Principal) -> Self {
        Self { institution: principal.institution, user: principal.user }
    }
}

fn to_json<T: Serialize>(value: &T, column: &str) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|_| odd(column))
}

fn from_json<T: DeserializeOwned>(text: &str, column: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|_| odd(column))
}

fn odd(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}
