//! Removes files and batches whose time is over, and has batches that lost their job go on.

use std::time::Duration;

use kaname_kernel::BatchId;
use kaname_platform::Act;

use super::{
    error::BatchError,
    model::{Batch, BatchFile, Owner},
    store,
};
use crate::{error::Error, gateway::Gateway};

/// How often is looked.
const EVERY: Duration = Duration::from_hours(1);

impl Gateway {
    /// Looks now and every hour, until the process stops.
    pub fn start_sweep(&self) {
        let gateway = self.clone();
        let stopping = self.platform.tasks.stopping();
        self.platform.tasks.spawn("batch-sweep", async move {
            while !stopping.is_cancelled() {
                if let Err(error) = gateway.sweep().await {
                    tracing::error!(error = &error as &dyn std::error::Error, "old files stay");
                }
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = stopping.cancelled() => {}
                }
            }
        });
    }

    /// Removes what is too old; says how many files and batches went. What cannot be removed stays
    /// until the next time and keeps nothing else here. A batch that is not over and has no job, as
    /// the job was cancelled by itself or could not be ended, gets another.
    ///
    /// # Errors
    ///
    /// When the records cannot be read.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let files = store::old_files(&mut tx, now).await?;
        let batches = store::old_batches(&mut tx, now).await?;
        let left_alone = store::left_alone(&mut tx).await?;
        drop(tx);
        let mut gone = 0;
        for (owner, file) in files {
            match self.sweep_file(owner, &file).await {
                Ok(removed) => gone += usize::from(removed),
                Err(error) => stays(&error, ("file", &file.id)),
            }
        }
        for batch in batches {
            match self.sweep_batch(batch).await {
                Ok(()) => gone += 1,
                Err(error) => stays(&error, ("batch", &batch)),
            }
        }
        for batch in left_alone {
            if let Err(error) = self.go_on(&batch).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(batch = %batch.id, error, "a batch without a job stays so");
            }
        }
        Ok(gone)
    }

    /// Removes `file`; whether it was still there.
    async fn sweep_file(&self, owner: Owner, file: &BatchFile) -> Result<bool, Error> {
        if let Some(sha256) = &file.sha256 {
            let removed = self.platform.blobs.remove(owner.institution, sha256).await;
            removed.map_err(BatchError::from)?;
        }
        let mut tx = self.platform.db.begin().await?;
        if store::delete_file(&mut tx, owner, file.id).await? == 0 {
            return Ok(false);
        }
        let act = Act::by_system(owner.institution, "gateway.file_deleted")
            .label(&file.label)
            .reference("file", file.id)
            .reference("reason", "retention");
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn go_on(&self, batch: &Batch) -> Result<(), Error> {
        let mut tx = self.platform.db.begin().await?;
        if self.ensure_job(&mut tx, batch).await? {
            tracing::warn!(batch = %batch.id, "a batch had lost its job and goes on");
        }
        Ok(tx.commit().await?)
    }

    async fn sweep_batch(&self, batch: BatchId) -> Result<(), Error> {
        let mut tx = self.platform.db.begin().await?;
        store::delete_lines(&mut tx, batch).await?;
        store::delete_batch(&mut tx, batch).await?;
        Ok(tx.commit().await?)
    }
}

fn stays(error: &Error, (what, id): (&str, &dyn std::fmt::Display)) {
    tracing::error!(error = error as &dyn std::error::Error, what, %id, "what is too old stays");
}
