//! A connection in use: the statements, and the two kinds of transaction around them.

use std::ops::{Deref, DerefMut};

use sqlx::{
    Postgres, Sqlite, SqliteConnection, Transaction, postgres::PgArguments, query::Query,
    sqlite::SqliteArguments,
};

use super::{DbError, Row, Value, Work, sqlite_writer::Baton, value::RowInner};

/// A connection inside a transaction. Store functions take `&mut Conn`.
#[derive(Debug)]
pub struct Conn(Inner);

#[derive(Debug)]
enum Inner {
    SqliteWriter(Baton),
    SqliteReader(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Conn {
    /// Runs a statement; gives the number of rows changed.
    pub async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, DbError> {
        let changed = match self.target()? {
            Target::Sqlite(conn) => sqlite(sql, params).execute(conn).await?.rows_affected(),
            Target::Postgres(tx) => postgres(sql, params).execute(&mut **tx).await?.rows_affected(),
        };
        Ok(changed)
    }

    /// Runs a statement that must change exactly one row.
    ///
    /// # Errors
    ///
    /// [`DbError::RowCount`] when it changed none or several.
    pub async fn execute_one(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<(), DbError> {
        match self.execute(sql, params).await? {
            1 => Ok(()),
            found => Err(DbError::RowCount { expected: 1, found }),
        }
    }

    /// All rows of a query.
    pub async fn fetch_all(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        Ok(match self.target()? {
            Target::Sqlite(conn) => {
                let rows = sqlite(sql, params).fetch_all(conn).await?;
                rows.into_iter().map(|row| Row(RowInner::Sqlite(row))).collect()
            }
            Target::Postgres(tx) => {
                let rows = postgres(sql, params).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(RowInner::Postgres(row))).collect()
            }
        })
    }

    /// The first row of a query, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, DbError> {
        Ok(match self.target()? {
            Target::Sqlite(conn) => sqlite(sql, params)
                .fetch_optional(conn)
                .await?
                .map(|row| Row(RowInner::Sqlite(row))),
            Target::Postgres(tx) => {
                let row = postgres(sql, params).fetch_optional(&mut **tx).await?;
                row.map(|row| Row(RowInner::Postgres(row)))
            }
        })
    }

    /// The first row of a query that always has one, such as a count.
    pub async fn fetch_one(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Row, DbError> {
        let row = self.fetch_optional(sql, params).await?;
        row.ok_or(DbError::RowCount { expected: 1, found: 0 })
    }

    /// Runs `sqlite` or `postgres`, whichever this is: for the few places where one text cannot do.
    pub async fn execute_either(
        &mut self,
        on_sqlite: &'static str,
        on_postgres: &'static str,
        params: Vec<Value>,
    ) -> Result<u64, DbError> {
        let sql = if self.is_postgres() { on_postgres } else { on_sqlite };
        self.execute(sql, params).await
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.0, Inner::Postgres(_))
    }

    pub(super) fn target(&mut self) -> Result<Target<'_>, DbError> {
        match &mut self.0 {
            Inner::SqliteWriter(baton) => Ok(Target::Sqlite(baton.conn()?)),
            Inner::SqliteReader(tx) => Ok(Target::Sqlite(tx)),
            Inner::Postgres(tx) => Ok(Target::Postgres(tx)),
        }
    }
}

pub(super) enum Target<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut Transaction<'static, Postgres>),
}

macro_rules! bind_all {
    ($sql:expr, $params:expr) => {
        $params.into_iter().fold(sqlx::query($sql), |query, value| match value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Bytes(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
        })
    };
}

fn sqlite(sql: &'static str, params: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    bind_all!(sql, params)
}

fn postgres(sql: &'static str, params: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    bind_all!(sql, params)
}

/// A transaction that may write; dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    work: Work,
    acts: bool,
    jobs: bool,
}

impl Tx {
    pub(super) fn sqlite(baton: Baton, work: Work) -> Self {
        Self { conn: Conn(Inner::SqliteWriter(baton)), work, acts: false, jobs: false }
    }

    pub(super) fn postgres(tx: Transaction<'static, Postgres>, work: Work) -> Self {
        Self { conn: Conn(Inner::Postgres(tx)), work, acts: false, jobs: false }
    }

    /// Asks that the sequencer be woken once this has committed.
    pub(crate) fn has_act(&mut self) {
        self.acts = true;
    }

    /// Asks that the workers be woken once this has committed.
    pub(crate) fn has_job(&mut self) {
        self.jobs = true;
    }

    /// Makes it durable: when this returns `Ok`, it is on disk.
    ///
    /// # Errors
    ///
    /// When the commit failed; then nothing of the transaction stays.
    pub async fn commit(self) -> Result<(), DbError> {
        match self.conn.0 {
            Inner::SqliteWriter(baton) => baton.commit().await?,
            Inner::SqliteReader(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        if self.acts {
            self.work.acts.notify_waiters();
        }
        if self.jobs {
            self.work.jobs.notify_waiters();
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// A transaction that reads one consistent state and ends when dropped.
#[derive(Debug)]
pub struct ReadTx(Conn);

impl ReadTx {
    pub(super) fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Conn(Inner::SqliteReader(tx)))
    }

    pub(super) fn postgres(tx: Transaction<'static, Postgres>) -> Self {
        Self(Conn(Inner::Postgres(tx)))
    }
}

impl Deref for ReadTx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
