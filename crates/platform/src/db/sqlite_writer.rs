//! The one connection that writes to SQLite, handed from transaction to transaction.
//!
//! Who is done queues once more, behind all that wait by then, and the first to come round commits
//! for all of them: one flush of the disk. A holder that comes after others works in a savepoint of
//! its own, so that it rolls back its own work and nobody else's if it goes away; the first needs
//! none, and is spared the copy of every page that SQLite keeps for one.

use std::{path::PathBuf, sync::Arc, time::Duration};

use rusqlite::Connection;
use tokio::{
    sync::{Mutex, OwnedMutexGuard, oneshot},
    time::Instant,
};

use super::{
    DbError,
    sqlite::{Access, execute, open},
};
use crate::Tasks;

/// Transactions that share one commit at most.
const BATCH_LENGTH: usize = 256;

/// A flush that takes no longer costs less than handing it to another thread and back.
const QUICK: Duration = Duration::from_micros(300);
/// The trust at which flushes are made where they are asked for, and the most there is.
const TRUSTED: u8 = 8;
const TRUST_MAX: u8 = 16;
/// What one flush that was not quick takes from the trust.
const TRUST_LOST: u8 = 4;

/// Where transactions ask for the baton; clones share it.
#[derive(Debug, Clone)]
pub(super) struct SqliteWriter {
    state: Arc<Mutex<State>>,
    tasks: Tasks,
}

#[derive(Debug)]
struct State {
    /// None once it is closed.
    conn: Option<Connection>,
    /// Whether a transaction is open on the connection.
    is_open: bool,
    /// Who is done and waits for the commit.
    waiting: Vec<oneshot::Sender<Result<(), DbError>>>,
    disk: Disk,
}

/// How quick the disk was of late: one more for each quick flush, several less for each other.
#[derive(Debug, Default)]
struct Disk(u8);

impl Disk {
    fn is_quick(&self) -> bool {
        self.0 >= TRUSTED
    }

    fn flushed_in(&mut self, time: Duration) {
        self.0 = if time <= QUICK {
            self.0.saturating_add(1).min(TRUST_MAX)
        } else {
            self.0.saturating_sub(TRUST_LOST)
        };
    }
}

/// The right to use the connection now, until committed or dropped.
#[derive(Debug)]
pub(super) struct Baton {
    state: Option<OwnedMutexGuard<State>>,
    writer: SqliteWriter,
}

impl SqliteWriter {
    pub(super) async fn open(path: PathBuf, tasks: &Tasks) -> Result<Self, DbError> {
        let opened = tokio::task::spawn_blocking(move || open(&path, Access::Write)).await;
        let conn = Some(opened.map_err(|_| DbError::Closed)??);
        let state = State { conn, is_open: false, waiting: Vec::new(), disk: Disk::default() };
        Ok(Self { state: Arc::new(Mutex::new(state)), tasks: tasks.clone() })
    }

    pub(super) async fn begin(&self) -> Result<Baton, DbError> {
        let mut state = Arc::clone(&self.state).lock_owned().await;
        if state.waiting.len() >= BATCH_LENGTH || state.is_lost() {
            state = committed(state).await?;
        }
        let conn = state.conn.as_ref().ok_or(DbError::Closed)?;
        if !state.is_open {
            execute(conn, "BEGIN IMMEDIATE", &[])?;
            state.is_open = true;
        }
        let baton = Baton { state: Some(state), writer: self.clone() };
        if baton.is_after_others() {
            execute(baton.conn()?, "SAVEPOINT one", &[])?;
        }
        Ok(baton)
    }

    /// Commits what is done and closes the connection; the write-ahead log is folded into the file.
    pub(super) async fn close(&self) {
        let state = Arc::clone(&self.state).lock_owned().await;
        let Ok(mut state) = committed(state).await else { return };
        let Some(conn) = state.conn.take() else { return };
        let closed =
            tokio::task::spawn_blocking(|| conn.close().map_err(|(_, error)| error.into()));
        let closed: Result<(), DbError> = closed.await.unwrap_or(Err(DbError::Closed));
        if let Err(error) = closed {
            tracing::error!(error = &error as &dyn std::error::Error, "closing failed");
        }
    }
}

impl Baton {
    pub(super) fn conn(&self) -> Result<&Connection, DbError> {
        self.state.as_ref().and_then(|state| state.conn.as_ref()).ok_or(DbError::Closed)
    }

    /// Whether the transaction holds the work of others, who are done and wait for the commit.
    fn is_after_others(&self) -> bool {
        self.state.as_ref().is_some_and(|state| !state.waiting.is_empty())
    }

    /// Makes it durable, together with what others have done by then.
    ///
    /// # Cancel safety
    ///
    /// Once begun, it goes through even if nobody waits for it.
    pub(super) async fn commit(mut self) -> Result<(), DbError> {
        if self.is_after_others() {
            execute(self.conn()?, "RELEASE one", &[])?;
        }
        let (done, outcome) = oneshot::channel();
        let Some(mut state) = self.state.take() else { return Err(DbError::Closed) };
        state.waiting.push(done);
        drop(state);
        let all = Arc::clone(&self.writer.state);
        self.writer.tasks.spawn("sqlite-commit", async move {
            let state = all.lock_owned().await;
            // Whoever waits is told; a commit that failed has nobody else to hear of it.
            let _told = committed(state).await;
        });
        outcome.await.map_err(|_| DbError::Closed)?
    }
}

impl Drop for Baton {
    fn drop(&mut self) {
        let Some(mut state) = self.state.take() else { return };
        let Some(conn) = &state.conn else { return };
        let undone = if state.waiting.is_empty() {
            let undone = conn.execute_batch("ROLLBACK");
            state.is_open = false;
            undone
        } else {
            conn.execute_batch("ROLLBACK TO one; RELEASE one")
        };
        if let Err(error) = undone {
            tracing::error!(error = &error as &dyn std::error::Error, "rollback failed");
        }
    }
}

/// Commits for all that wait and tells each; gives the connection back.
///
/// # Cancel safety
///
/// Once begun, all are told, whoever waits for this.
async fn committed(mut state: OwnedMutexGuard<State>) -> Result<OwnedMutexGuard<State>, DbError> {
    if state.waiting.is_empty() {
        return Ok(state);
    }
    if state.disk.is_quick() {
        state.commit();
        return Ok(state);
    }
    // The one step that waits for the disk.
    let done = tokio::task::spawn_blocking(move || {
        let mut state = state;
        state.commit();
        state
    });
    done.await.map_err(|_| DbError::Closed)
}

impl State {
    /// Whether SQLite has given the open transaction up by itself, as on a full disk.
    fn is_lost(&self) -> bool {
        self.is_open && self.conn.as_ref().is_some_and(Connection::is_autocommit)
    }

    /// Commits and tells everybody who waits.
    fn commit(&mut self) {
        let started = Instant::now();
        let failure = self.flush().err();
        self.disk.flushed_in(started.elapsed());
        let waiting = std::mem::take(&mut self.waiting);
        metrics::histogram!("kaname_db_batch_transactions").record(count(waiting.len()));
        for one in waiting {
            let _told = one.send(failure.as_ref().map_or(Ok(()), |error| Err(error.again())));
        }
    }

    fn flush(&mut self) -> Result<(), DbError> {
        let conn = self.conn.as_ref().ok_or(DbError::Closed)?;
        self.is_open = false;
        execute(conn, "COMMIT", &[]).map(drop).inspect_err(|_| {
            let _undone = conn.execute_batch("ROLLBACK");
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "a batch has at most 256 transactions")]
fn count(transactions: usize) -> f64 {
    transactions as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_trusted_after_a_while_and_not_after_a_few_slow_flushes() {
        let mut disk = Disk::default();
        let mut flush = |times: usize, time| {
            for _ in 0..times {
                disk.flushed_in(time);
            }
            disk.is_quick()
        };
        let slow = QUICK + Duration::from_micros(1);
        assert!(!flush(7, QUICK));
        assert!(flush(1, QUICK));
        assert!(flush(100, QUICK), "now and then one is slow");
        assert!(flush(2, slow));
        assert!(!flush(1, slow), "but not three in a row");
        assert!(!flush(100, slow));
        assert!(!flush(7, QUICK));
    }
}
