//! What can go wrong with the database, in the few kinds that a caller can act on.

/// What the database or its driver said.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// A database fault. `Display` never prints the source: the boundary logs the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// A unique or foreign key was violated: the row exists already, or its parent does not.
    #[error("the row conflicts with one that is there")]
    Conflict(#[source] Source),
    /// The disk is full.
    #[error("the disk that holds the data folder is full")]
    DiskFull(#[source] Source),
    /// The data folder cannot be written.
    #[error("the data folder is read-only")]
    ReadOnly(#[source] Source),
    /// The database is not there, is locked by another process, or does not answer.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// A statement failed for another reason: a defect of this program.
    #[error("a database statement failed")]
    Statement(#[source] Source),
    /// A column does not hold what the program put there.
    #[error("column {column} holds an unexpected value")]
    Inconsistent {
        /// The column.
        column: String,
    },
    /// A statement names a value that it was not given: a defect of this program.
    #[error("a statement names more values than the {given} it was given")]
    Parameters {
        /// How many it was given.
        given: usize,
    },
    /// The number of rows changed is not the number expected.
    #[error("{found} rows changed where {expected} were expected")]
    RowCount {
        /// Rows that should have changed.
        expected: u64,
        /// Rows that changed.
        found: u64,
    },
    /// The shared commit of a batch failed, so this transaction did not happen.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The schema was made by a newer version of this program.
    #[error("the data folder was made by a newer version (schema {found}, this program {known})")]
    Newer {
        /// Version in the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// A migration that was applied is not the text this program carries.
    #[error("migration {version} in the database differs from this program's")]
    Changed {
        /// The migration.
        version: i64,
    },
    /// Only SQLite's file can be copied here; PostgreSQL has `pg_dump`.
    #[error("PostgreSQL is backed up with its own tools, such as pg_dump")]
    NotHere,
    /// The writer has stopped: the process is shutting down.
    #[error("the database is closed")]
    Closed,
}

impl DbError {
    /// No connection became free in time.
    pub(super) fn busy() -> Self {
        Self::Unavailable("no connection became free in time".into())
    }

    /// The same, for another whose transaction shared the commit that failed.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::DiskFull(source) => Self::DiskFull(source.to_string().into()),
            Self::ReadOnly(source) => Self::ReadOnly(source.to_string().into()),
            Self::Unavailable(source) => Self::Unavailable(source.to_string().into()),
            other => Self::Commit(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Configuration(_)
                | sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed => Self::Unavailable(error.into()),
                _ => Self::Statement(error.into()),
            };
        };
        if database.is_unique_violation() || database.is_foreign_key_violation() {
            return Self::Conflict(error.into());
        }
        let code = database.code().unwrap_or_default().into_owned();
        match code.as_str() {
            "53100" => Self::DiskFull(error.into()),
            "25006" => Self::ReadOnly(error.into()),
            _ if code.starts_with("08") || code.starts_with("57P") => {
                Self::Unavailable(error.into())
            }
            _ => Self::Statement(error.into()),
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let Some(code) = error.sqlite_error().map(|failure| failure.extended_code) else {
            return Self::Statement(error.into());
        };
        match code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID
            | ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::Conflict(error.into()),
            // The primary code is the low byte of the extended one.
            _ => match code & 0xff {
                ffi::SQLITE_FULL => Self::DiskFull(error.into()),
                ffi::SQLITE_READONLY => Self::ReadOnly(error.into()),
                ffi::SQLITE_BUSY
                | ffi::SQLITE_LOCKED
                | ffi::SQLITE_IOERR
                | ffi::SQLITE_CANTOPEN => Self::Unavailable(error.into()),
                _ => Self::Statement(error.into()),
            },
        }
    }
}
