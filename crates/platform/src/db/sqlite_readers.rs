//! The connections that read the SQLite file, each lent to one transaction at a time.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::Connection;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    DbError,
    sqlite::{Access, execute, open},
};

/// Connections to the file at most.
const READERS: usize = 8;

/// The connections; clones share them. They are opened when they are first needed.
#[derive(Debug, Clone)]
pub(super) struct SqliteReaders {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    patience: Duration,
}

/// A connection on loan, in a transaction that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Loan {
    conn: Option<Connection>,
    readers: SqliteReaders,
    _place: OwnedSemaphorePermit,
}

impl SqliteReaders {
    /// Connections to `path`; who waits longer than `patience` for one is refused.
    pub(super) fn new(path: PathBuf, patience: Duration) -> Self {
        Self {
            path: path.into(),
            idle: Arc::default(),
            free: Arc::new(Semaphore::new(READERS)),
            patience,
        }
    }

    /// A connection on which a transaction has begun.
    pub(super) async fn begin(&self) -> Result<Loan, DbError> {
        let place = timeout(self.patience, Arc::clone(&self.free).acquire_owned())
            .await
            .map_err(|_| DbError::busy())?
            .map_err(|_| DbError::Closed)?;
        let idle = self.lock().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => open(&self.path, Access::Read)?,
        };
        execute(&conn, "BEGIN", &[])?;
        Ok(Loan { conn: Some(conn), readers: self.clone(), _place: place })
    }

    /// Closes what is idle; nothing is lent any more.
    pub(super) fn close(&self) {
        self.free.close();
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Loan {
    pub(super) fn conn(&self) -> Result<&Connection, DbError> {
        self.conn.as_ref().ok_or(DbError::Closed)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        // A connection that cannot end its transaction is not lent again.
        if execute(&conn, "COMMIT", &[]).is_ok() && !self.readers.free.is_closed() {
            self.readers.lock().push(conn);
        }
    }
}
