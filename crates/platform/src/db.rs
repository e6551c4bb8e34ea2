//! The database: SQLite in one folder, or PostgreSQL by URL, behind one set of calls.
//!
//! One SQL text serves both (`$1` placeholders, plain column types). On SQLite every write goes
//! through one connection whose holder changes hand to hand, and many transactions share one
//! commit; a transaction that is dropped is rolled back alone. No caller sees which database it is.

mod conn;
mod error;
mod migrate;
mod sqlite;
mod sqlite_readers;
mod sqlite_writer;
mod value;

use std::{path::Path, str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::sync::Notify;

pub use self::{
    conn::{Conn, ReadTx, Tx},
    error::DbError,
    migrate::{MigrationState, latest_version},
    value::{Column, Row, Value},
};
use self::{sqlite_readers::SqliteReaders, sqlite_writer::SqliteWriter};
use crate::Tasks;

/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle on the database; clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Inner,
    /// Who waits for work.
    pub(crate) work: Work,
}

/// Who is woken after a commit: apart, so that an act does not send every worker looking for jobs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Work {
    /// After every commit that appended an act.
    pub(crate) acts: Arc<Notify>,
    /// After every commit that added a job.
    pub(crate) jobs: Arc<Notify>,
}

#[derive(Debug, Clone)]
enum Inner {
    Sqlite { writer: SqliteWriter, readers: SqliteReaders, path: Arc<Path> },
    Postgres(PgPool),
}

impl Db {
    /// Opens the SQLite file at `path`, making it if it is not there.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened for writing.
    pub async fn open_sqlite(path: &Path, tasks: &Tasks) -> Result<Self, DbError> {
        let writer = SqliteWriter::open(path.to_owned(), tasks).await?;
        let readers = SqliteReaders::new(path.to_owned(), ACQUIRE_TIMEOUT);
        let inner = Inner::Sqlite { writer, readers, path: path.into() };
        Ok(Self { inner, work: Work::default() })
    }

    /// Connects to PostgreSQL at `url`.
    ///
    /// # Errors
    ///
    /// When the URL is not valid or the server does not answer.
    pub async fn open_postgres(url: &str) -> Result<Self, DbError> {
        let options = sqlx::postgres::PgConnectOptions::from_str(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await?;
        Ok(Self { inner: Inner::Postgres(pool), work: Work::default() })
    }

    /// Starts a transaction that may write. Nothing of it stays unless [`Tx::commit`] returns `Ok`.
    ///
    /// Never hold one across a call to a model, a file or the network.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future or the transaction rolls back.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        match &self.inner {
            Inner::Sqlite { writer, .. } => {
                Ok(Tx::sqlite(writer.begin().await?, self.work.clone()))
            }
            Inner::Postgres(pool) => Ok(Tx::postgres(pool.begin().await?, self.work.clone())),
        }
    }

    /// Starts a transaction that reads one consistent state.
    pub async fn read(&self) -> Result<ReadTx, DbError> {
        match &self.inner {
            Inner::Sqlite { readers, .. } => Ok(ReadTx::sqlite(readers.begin().await?)),
            Inner::Postgres(pool) => {
                // By itself each statement would see what was committed before it.
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Ok(ReadTx::postgres(pool.begin_with(begin).await?))
            }
        }
    }

    /// `sqlite` or `postgresql`, for health pages.
    pub fn kind(&self) -> &'static str {
        match &self.inner {
            Inner::Sqlite { .. } => "sqlite",
            Inner::Postgres(_) => "postgresql",
        }
    }

    /// Brings the schema to the newest version. Migrations only go forward.
    ///
    /// # Errors
    ///
    /// When a step fails (it is rolled back whole), or the schema is newer than this program.
    pub async fn migrate(&self, now: kaname_kernel::Timestamp) -> Result<MigrationState, DbError> {
        migrate::run(self, now).await
    }

    /// Writes one consistent copy of the records to a new file, while others go on working.
    ///
    /// # Errors
    ///
    /// [`DbError::NotHere`] on PostgreSQL, whose own tools do this.
    pub async fn copy_to(&self, path: &Path) -> Result<(), DbError> {
        let Inner::Sqlite { path: from, .. } = &self.inner else { return Err(DbError::NotHere) };
        let (from, to) = (from.clone(), path.display().to_string());
        let copied = tokio::task::spawn_blocking(move || sqlite::copy(&from, to));
        copied.await.map_err(|_| DbError::Closed)?
    }

    /// Closes the connections; on SQLite the write-ahead log is folded into the file.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite { readers, writer, .. } => {
                readers.close();
                writer.close().await;
            }
            Inner::Postgres(pool) => pool.close().await,
        }
    }
}
