//! What can go wrong with the database, in the few kinds that a caller can act on.

/// A database fault. `Display` never prints the source: the boundary logs the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DbError {
    /// A unique or foreign key was violated: the row exists already, or its parent does not.
    #[error("the row conflicts with one that is there")]
    Conflict(#[source] sqlx::Error),
    /// The disk is full.
    #[error("the disk that holds the data folder is full")]
    DiskFull(#[source] sqlx::Error),
    /// The data folder cannot be written.
    #[error("the data folder is read-only")]
    ReadOnly(#[source] sqlx::Error),
    /// The database is not there, is locked by another process, or does not answer.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// A statement failed for another reason: a defect of this program.
    #[error("a database statement failed")]
    Statement(#[source] sqlx::Error),
    /// A column does not hold what the program put there.
    #[error("column {column} holds an unexpected value")]
    Inconsistent {
        /// The column.
        column: String,
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

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Configuration(_)
                | sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed => Self::Unavailable(error),
                _ => Self::Statement(error),
            };
        };
        if database.is_unique_violation() || database.is_foreign_key_violation() {
            return Self::Conflict(error);
        }
        // SQLite's primary result code is the low byte of the extended one.
        let code = database.code().unwrap_or_default().into_owned();
        match code.parse::<i64>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff) {
            Some(13) => Self::DiskFull(error),
            Some(8) => Self::ReadOnly(error),
            Some(5 | 6 | 10 | 14) => Self::Unavailable(error),
            _ if code == "53100" => Self::DiskFull(error),
            _ if code == "25006" => Self::ReadOnly(error),
            _ if code.starts_with("08") || code.starts_with("57P") => Self::Unavailable(error),
            _ => Self::Statement(error),
        }
    }
}
