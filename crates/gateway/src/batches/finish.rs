//! How a batch ends: what was not called is told, results become files, the ledger says so.

use kaname_kernel::FileId;
use kaname_platform::Act;

use super::{
    line::refused,
    model::{Batch, BatchFile, BatchState, FilePurpose},
    run::BatchJob,
    store,
};
use crate::error::Error;

/// Lines that are told at once.
const PAGE: i64 = 500;
const EXPIRED: (&str, &str) =
    ("batch_expired", "This call was not made before the batch's time was over.");
const CANCELLED: (&str, &str) =
    ("batch_cancelled", "This call was not made, because the batch was cancelled.");

impl BatchJob {
    /// Ends `batch`, none of whose calls is under way.
    pub(super) async fn finish(&self, mut batch: Batch) -> Result<(), Error> {
        let now = Some(self.now().as_millis());
        let from = batch.state;
        match from {
            BatchState::Cancelling => {
                self.tell(&batch, "waiting", CANCELLED).await?;
                batch.state = BatchState::Cancelled;
                batch.moments.cancelled = now;
            }
            _ if self.is_over_time(&batch).await? => {
                self.tell(&batch, "waiting", EXPIRED).await?;
                batch.state = BatchState::Expired;
                batch.moments.expired = now;
            }
            _ => {
                batch.state = BatchState::Completed;
                batch.moments.completed = now;
            }
        }
        batch.moments.finalizing = now;
        self.end(&batch, from).await
    }

    /// Whether there are calls that were not made in time.
    async fn is_over_time(&self, batch: &Batch) -> Result<bool, Error> {
        let mut tx = self.gateway.platform.db.read().await?;
        Ok(!store::lines(&mut tx, batch.id, ("waiting", 1)).await?.is_empty())
    }

    /// Tells of every line of `batch` in `state` why it has no answer.
    pub(super) async fn tell(
        &self,
        batch: &Batch,
        state: &str,
        why: (&str, &str),
    ) -> Result<(), Error> {
        loop {
            let mut tx = self.gateway.platform.db.begin().await?;
            let lines = store::lines(&mut tx, batch.id, (state, PAGE)).await?;
            if lines.is_empty() {
                return Ok(());
            }
            for line in &lines {
                let told = refused(batch, line, why);
                store::end_line(&mut tx, batch.id, (line.number, false, &told)).await?;
            }
            tx.commit().await?;
        }
    }

    /// Puts `batch` into its last state, with its files; who cancelled it in between comes first.
    pub(super) async fn end(&self, batch: &Batch, from: BatchState) -> Result<(), Error> {
        let gateway = &self.gateway;
        let mut tx = gateway.platform.db.begin().await?;
        let institution = batch.owner.institution;
        let Some(counted) = store::batch_of_job(&mut tx, institution, batch.id).await? else {
            return Ok(());
        };
        let mut batch = batch.clone();
        (batch.completed, batch.failed) = (counted.completed, counted.failed);
        batch.total = batch.total.max(counted.completed.saturating_add(counted.failed));
        for (good, count, size) in [
            (true, counted.completed, counted.output_bytes),
            (false, counted.failed, counted.error_bytes),
        ] {
            if count == 0 {
                continue;
            }
            let file = self.results_file(&batch, good, size);
            store::insert_file(&mut tx, batch.owner, &file).await?;
            let place = if good { &mut batch.output_file } else { &mut batch.error_file };
            *place = Some(file.id);
        }
        if !store::move_on(&mut tx, &batch, from).await? {
            drop(tx);
            let mut tx = gateway.platform.db.begin().await?;
            gateway.enqueue(&mut tx, &batch).await?;
            return Ok(tx.commit().await?);
        }
        let act = Act::by_system(institution, "gateway.batch_ended")
            .label(&batch.label)
            .following(batch.act)
            .reference("batch", batch.id)
            .reference("state", batch.state.as_str())
            .reference("total", batch.total)
            .reference("completed", batch.completed)
            .reference("failed", batch.failed);
        gateway.platform.append(&mut tx, act).await?;
        Ok(tx.commit().await?)
    }

    fn results_file(&self, batch: &Batch, good: bool, size_bytes: u64) -> BatchFile {
        let id: FileId = self.gateway.platform.ids.next();
        let what = if good { "output" } else { "error" };
        BatchFile {
            id,
            file_name: format!("batch_{}_{what}.jsonl", batch.id),
            purpose: FilePurpose::BatchOutput,
            label: batch.label.clone(),
            size_bytes,
            sha256: None,
            results: Some((batch.id, good)),
            created_at: self.now(),
            expires_at: batch.expires_at,
        }
    }
}
