//! A connection in use: the statements, and the two kinds of transaction around them.

use std::ops::{Deref, DerefMut};

use rusqlite::Connection;
use sqlx::{
    Executor as _, PgConnection, Postgres, Transaction, postgres::PgArguments, query::Query,
};

use super::{
    DbError, Row, Value, Work,
    sqlite::{self, unhurried},
    sqlite_readers::Loan,
    sqlite_writer::Baton,
    value::RowInner,
};

/// A connection inside a transaction. Store functions take `&mut Conn`.
#[derive(Debug)]
pub struct Conn(Inner);

#[derive(Debug)]
enum Inner {
    SqliteWriter(Baton),
    SqliteReader(Loan),
    Postgres(Transaction<'static, Postgres>),
}

impl Conn {
    /// Runs a statement that touches few rows; gives the number of rows changed.
    pub async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, DbError> {
        match self.on_sqlite(|conn| sqlite::execute(conn, sql, &params)) {
            Some(changed) => changed,
            None => Ok(postgres(sql, params).execute(self.postgres()?).await?.rows_affected()),
        }
    }

    /// As [`Conn::execute`], for a statement that may touch very many rows.
    pub async fn execute_all(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<u64, DbError> {
        match self.on_sqlite(|conn| unhurried(|| sqlite::execute(conn, sql, &params))) {
            Some(changed) => changed,
            None => self.execute(sql, params).await,
        }
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

    /// All rows of a query that may have many.
    pub async fn fetch_all(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        match self.on_sqlite(|conn| unhurried(|| rows(conn, sql, &params, usize::MAX))) {
            Some(found) => found,
            None => self.fetch_few(sql, params).await,
        }
    }

    /// All rows of a query that has a handful and is quick: one caller's budgets, say.
    pub async fn fetch_few(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        if let Some(found) = self.on_sqlite(|conn| rows(conn, sql, &params, usize::MAX)) {
            return found;
        }
        let found = postgres(sql, params).fetch_all(self.postgres()?).await?;
        Ok(found.into_iter().map(|row| Row(RowInner::Postgres(row))).collect())
    }

    /// The first row of a query, if there is one.
    pub async fn fetch_optional(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, DbError> {
        if let Some(found) = self.on_sqlite(|conn| rows(conn, sql, &params, 1)) {
            return Ok(found?.pop());
        }
        let found = postgres(sql, params).fetch_optional(self.postgres()?).await?;
        Ok(found.map(|row| Row(RowInner::Postgres(row))))
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

    /// The one row of a query that reads very many: a sum, a count.
    pub async fn fetch_sum(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> Result<Row, DbError> {
        let row = self.fetch_all(sql, params).await?.pop();
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

    /// Runs a migration's text: several statements, `BYTEA` read as `BLOB` on SQLite.
    pub(super) async fn execute_script(&mut self, text: &'static str) -> Result<(), DbError> {
        let script = |conn: &Connection| Ok(conn.execute_batch(&text.replace("BYTEA", "BLOB"))?);
        if let Some(done) = self.on_sqlite(script) {
            return done;
        }
        self.postgres()?.execute(sqlx::raw_sql(text)).await?;
        Ok(())
    }

    /// Does `work` if this is SQLite; the connection never lives across an await.
    fn on_sqlite<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Option<Result<T, DbError>> {
        match &self.0 {
            Inner::SqliteWriter(baton) => Some(baton.conn().and_then(work)),
            Inner::SqliteReader(loan) => Some(loan.conn().and_then(work)),
            Inner::Postgres(_) => None,
        }
    }

    fn postgres(&mut self) -> Result<&mut PgConnection, DbError> {
        match &mut self.0 {
            Inner::Postgres(tx) => Ok(tx),
            _ => Err(DbError::Closed),
        }
    }
}

fn rows(conn: &Connection, sql: &str, params: &[Value], most: usize) -> Result<Vec<Row>, DbError> {
    let found = sqlite::fetch(conn, sql, params, most)?;
    Ok(found.into_iter().map(|row| Row(RowInner::Sqlite(row))).collect())
}

fn postgres(sql: &'static str, params: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    params.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
        Value::Real(value) => query.bind(value),
    })
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
            Inner::SqliteReader(loan) => drop(loan),
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
    pub(super) fn sqlite(loan: Loan) -> Self {
        Self(Conn(Inner::SqliteReader(loan)))
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
