//! One connection to the SQLite file: statements run on the caller's thread.
//!
//! A statement of a few rows takes microseconds, less than handing it to another thread would.
//! What may take long says so ([`unhurried`]) and lets the runtime go on meanwhile.

use std::{path::Path, sync::Arc, time::Duration};

use rusqlite::{
    CachedStatement, Connection, OpenFlags,
    types::{ToSqlOutput, Value as SqlValue, ValueRef},
};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::{DbError, Value};

/// Compiled statements that a connection keeps.
const STATEMENTS: usize = 256;
/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(10);

/// A row that was read: its columns by name.
#[derive(Debug)]
pub(super) struct SqliteRow {
    columns: Arc<[String]>,
    values: Vec<SqlValue>,
}

impl SqliteRow {
    pub(super) fn get(&self, name: &str) -> Option<&SqlValue> {
        let place = self.columns.iter().position(|column| column == name)?;
        self.values.get(place)
    }
}

/// Whether a connection may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Read,
}

/// Opens the file at `path`; only a writer makes one that is not there.
pub(super) fn open(path: &Path, access: Access) -> Result<Connection, DbError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if access == Access::Write {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.execute_batch(match access {
        Access::Write => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"
        }
        Access::Read => "PRAGMA query_only = ON",
    })?;
    Ok(conn)
}

/// Writes a consistent copy of the file at `from` to a new file `to`.
pub(super) fn copy(from: &Path, to: String) -> Result<(), DbError> {
    let conn = open(from, Access::Write)?;
    execute(&conn, "VACUUM INTO $1", &[Value::from(to)])?;
    conn.close().map_err(|(_, error)| error.into())
}

/// Runs a statement; gives the number of rows changed.
pub(super) fn execute(conn: &Connection, sql: &str, params: &[Value]) -> Result<u64, DbError> {
    let mut statement = bound(conn, sql, params)?;
    let changed = if statement.column_count() == 0 {
        statement.raw_execute()?
    } else {
        // What also gives rows has run only when they have been taken.
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        usize::try_from(conn.changes()).unwrap_or(usize::MAX)
    };
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// The rows of a query, at most `most` of them.
pub(super) fn fetch(
    conn: &Connection,
    sql: &str,
    params: &[Value],
    most: usize,
) -> Result<Vec<SqliteRow>, DbError> {
    let mut statement = bound(conn, sql, params)?;
    let columns: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if found.len() == most {
            break;
        }
        let values = (0..columns.len()).map(|place| row.get(place)).collect::<Result<_, _>>()?;
        found.push(SqliteRow { columns: Arc::clone(&columns), values });
    }
    Ok(found)
}

fn bound<'c>(
    conn: &'c Connection,
    sql: &str,
    params: &[Value],
) -> Result<CachedStatement<'c>, DbError> {
    let mut statement = conn.prepare_cached(sql)?;
    for place in 1..=statement.parameter_count() {
        // SQLite numbers `$2` by where it first stands; its name says which value it is.
        let named = statement.parameter_name(place).and_then(|name| name.get(1..)?.parse().ok());
        let value = named.and_then(|number: usize| params.get(number.checked_sub(1)?));
        let Some(value) = value else {
            return Err(DbError::Parameters { given: params.len() });
        };
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(statement)
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(Some(value)) => ValueRef::Integer(*value),
            Self::Text(Some(value)) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(Some(value)) => ValueRef::Blob(value),
            Self::Real(Some(value)) => ValueRef::Real(*value),
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) | Self::Real(None) => {
                ValueRef::Null
            }
        }))
    }
}

/// Runs what may take long: the other tasks of this thread go on elsewhere meanwhile.
pub(super) fn unhurried<T>(work: impl FnOnce() -> T) -> T {
    let several =
        Handle::try_current().is_ok_and(|one| one.runtime_flavor() == RuntimeFlavor::MultiThread);
    if several { tokio::task::block_in_place(work) } else { work() }
}
