//! Removes files and batches whose time is over.

use std::time::Duration;

use kaname_platform::Act;

use super::{error::BatchError, store};
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

    /// Removes what is too old; says how many files and batches went.
    ///
    /// # Errors
    ///
    /// When the records or the files cannot be written; what went before is gone.
    pub async fn sweep(&self) -> Result<usize, Error> {
        let now = self.platform.now();
        let mut gone = 0;
        let mut tx = self.platform.db.read().await?;
        let files = store::old_files(&mut tx, now).await?;
        let batches = store::old_batches(&mut tx, now).await?;
        drop(tx);
        for (owner, file) in files {
            if let Some(sha256) = &file.sha256 {
                let removed = self.platform.blobs.remove(owner.institution, sha256).await;
                removed.map_err(BatchError::from)?;
            }
            let mut tx = self.platform.db.begin().await?;
            if store::delete_file(&mut tx, owner, file.id).await? == 1 {
                let act = Act::by_system(owner.institution, "gateway.file_deleted")
                    .label(&file.label)
                    .reference("file", file.id)
                    .reference("reason", "retention");
                self.platform.append(&mut tx, act).await?;
                gone += 1;
            }
            tx.commit().await?;
        }
        for batch in batches {
            let mut tx = self.platform.db.begin().await?;
            store::delete_lines(&mut tx, batch).await?;
            store::delete_batch(&mut tx, batch).await?;
            tx.commit().await?;
            gone += 1;
        }
        Ok(gone)
    }
}
