//! The SQL of identity, private to the slice. Every statement names the institution, but for the
//! look-ups by a secret's hash, which find out whose it is.

pub(crate) mod accounts;
pub(crate) mod departments;
pub(crate) mod failures;
pub(crate) mod institutions;
pub(crate) mod keys;
pub(crate) mod sessions;

use std::collections::BTreeSet;

use kaname_platform::{DbError, db::Row};

/// A set of names as one column: `administrator,staff`.
pub(crate) fn join<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(",")
}

/// Reads what [`join`] wrote.
fn split<T: Ord>(
    row: &Row,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, DbError> {
    let text: String = row.get(column)?;
    let parsed: Option<BTreeSet<T>> = text.split(',').map(parse).collect();
    parsed.ok_or_else(|| DbError::Inconsistent { column: column.to_owned() })
}
