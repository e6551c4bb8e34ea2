//! The SQL of the slice. Every statement names the institution; domain types go out.

pub(crate) mod chunks;
pub(crate) mod collections;
pub(crate) mod documents;

use kaname_platform::DbError;

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}
