//! The one connection that writes to SQLite, handed from transaction to transaction.
//!
//! A task owns the connection. Whoever wants to write waits for the baton; each holder works in a
//! savepoint of its own, and one commit (one fsync) covers all that were waiting. A holder that
//! goes away rolls its own savepoint back and nobody else's.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

use super::DbError;
use crate::Tasks;

/// Writers that may wait; more are held back in `begin`.
const QUEUE_LENGTH: usize = 1024;
/// Transactions that share one commit at most.
const BATCH_LENGTH: usize = 256;

type Request = oneshot::Sender<Result<Baton, DbError>>;

/// Where transactions ask for the baton.
#[derive(Debug, Clone)]
pub(super) struct SqliteWriter {
    requests: mpsc::Sender<Message>,
}

#[derive(Debug)]
enum Message {
    Begin(Request),
    Close(oneshot::Sender<()>),
}

#[derive(Debug)]
enum Returned {
    Commit(SqliteConnection, oneshot::Sender<Result<(), DbError>>),
    Rollback(SqliteConnection),
}

/// The right to use the connection now, until committed or dropped.
#[derive(Debug)]
pub(super) struct Baton {
    conn: Option<SqliteConnection>,
    back: Option<oneshot::Sender<Returned>>,
}

impl SqliteWriter {
    pub(super) async fn open(
        options: &SqliteConnectOptions,
        tasks: &Tasks,
    ) -> Result<Self, DbError> {
        let conn = SqliteConnection::connect_with(options).await?;
        let (requests, queue) = mpsc::channel(QUEUE_LENGTH);
        tasks.spawn("sqlite-writer", run(conn, queue));
        Ok(Self { requests })
    }

    pub(super) async fn begin(&self) -> Result<Baton, DbError> {
        let (reply, baton) = oneshot::channel();
        self.requests.send(Message::Begin(reply)).await.map_err(|_| DbError::Closed)?;
        baton.await.map_err(|_| DbError::Closed)?
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.requests.send(Message::Close(done)).await.is_ok() {
            let _closed = closed.await;
        }
    }
}

impl Baton {
    pub(super) fn conn(&mut self) -> Result<&mut SqliteConnection, DbError> {
        self.conn.as_mut().ok_or(DbError::Closed)
    }

    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        let (ack, done) = oneshot::channel();
        let (Some(conn), Some(back)) = (self.conn.take(), self.back.take()) else {
            return Err(DbError::Closed);
        };
        back.send(Returned::Commit(conn, ack)).map_err(|_| DbError::Closed)?;
        done.await.map_err(|_| DbError::Closed)?
    }
}

impl Drop for Baton {
    fn drop(&mut self) {
        if let (Some(conn), Some(back)) = (self.conn.take(), self.back.take()) {
            // The writer waits for exactly this; if it is gone, so is the database.
            let _returned = back.send(Returned::Rollback(conn));
        }
    }
}

async fn run(mut conn: SqliteConnection, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        let first = match message {
            Message::Begin(first) => first,
            Message::Close(done) => {
                if let Err(error) = conn.close().await {
                    tracing::error!(error = &error as &dyn std::error::Error, "closing failed");
                }
                let _done = done.send(());
                return;
            }
        };
        let Some(returned) = batch(conn, first, &mut queue).await else { return };
        conn = returned;
    }
}

/// Runs one batch: begin, every waiting transaction in its savepoint, one commit for all.
async fn batch(
    mut conn: SqliteConnection,
    first: Request,
    queue: &mut mpsc::Receiver<Message>,
) -> Option<SqliteConnection> {
    if let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await {
        let _told = first.send(Err(error.into()));
        return Some(conn);
    }
    let mut acks = Vec::new();
    let mut closing = None;
    let mut next = Some(first);
    while let Some(request) = next {
        conn = lend(conn, request, &mut acks).await?;
        next = match queue.try_recv() {
            Ok(Message::Begin(request)) if acks.len() < BATCH_LENGTH => Some(request),
            Ok(Message::Begin(request)) => {
                // The batch is full: this one opens the next batch.
                finish(&mut conn, acks).await;
                return Box::pin(batch(conn, request, queue)).await;
            }
            Ok(Message::Close(done)) => {
                closing = Some(done);
                None
            }
            Err(_) => None,
        };
    }
    finish(&mut conn, acks).await;
    if let Some(done) = closing {
        let _closed = conn.close().await;
        let _done = done.send(());
        return None;
    }
    Some(conn)
}

/// Lends the connection to one transaction inside a savepoint and takes it back.
async fn lend(
    mut conn: SqliteConnection,
    request: Request,
    acks: &mut Vec<oneshot::Sender<Result<(), DbError>>>,
) -> Option<SqliteConnection> {
    if let Err(error) = sqlx::query("SAVEPOINT one").execute(&mut conn).await {
        let _told = request.send(Err(error.into()));
        return Some(conn);
    }
    let (back, returned) = oneshot::channel();
    // A requester that has gone away drops the baton at once, which comes back as a rollback.
    let _lent = request.send(Ok(Baton { conn: Some(conn), back: Some(back) }));
    match returned.await {
        Ok(Returned::Commit(mut conn, ack)) => {
            match sqlx::query("RELEASE one").execute(&mut conn).await {
                Ok(_) => acks.push(ack),
                Err(error) => drop(ack.send(Err(error.into()))),
            }
            Some(conn)
        }
        Ok(Returned::Rollback(mut conn)) => {
            let undone = sqlx::query("ROLLBACK TO one; RELEASE one").execute(&mut conn).await;
            if let Err(error) = undone {
                tracing::error!(error = &error as &dyn std::error::Error, "rollback failed");
            }
            Some(conn)
        }
        Err(_) => {
            tracing::error!("a transaction lost the database connection");
            None
        }
    }
}

/// Commits for all and tells each.
async fn finish(conn: &mut SqliteConnection, acks: Vec<oneshot::Sender<Result<(), DbError>>>) {
    let last = if acks.is_empty() { "ROLLBACK" } else { "COMMIT" };
    let outcome = sqlx::query(last).execute(&mut *conn).await;
    if outcome.is_err() {
        let _undone = sqlx::query("ROLLBACK").execute(conn).await;
    }
    metrics::histogram!("kaname_db_batch_transactions").record(count(acks.len()));
    let failure = outcome.err().map(DbError::from);
    for ack in acks {
        let _told = ack.send(failure.as_ref().map_or(Ok(()), |error| {
            Err(match error {
                DbError::DiskFull(_) => {
                    DbError::DiskFull(sqlx::Error::Protocol("in the shared commit".to_owned()))
                }
                other => DbError::Commit(other.to_string()),
            })
        }));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a batch has at most 256 transactions")]
fn count(transactions: usize) -> f64 {
    transactions as f64
}
