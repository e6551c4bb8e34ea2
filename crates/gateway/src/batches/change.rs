//! Batches as their owner makes, sees and stops them.

use std::collections::BTreeMap;

use kaname_kernel::{BatchId, Principal};
use kaname_platform::{
    Act, Tx,
    jobs::{self, NewJob},
};
use serde_json::json;

use super::{
    error::BatchError,
    files::require_cleared,
    model::{Batch, BatchState, FilePurpose, Moments, NewBatch, Owner},
    run::KIND,
    store,
};
use crate::{error::Error, gateway::Gateway};

/// Most batches of one person that are not over.
const UNFINISHED_MAX: i64 = 20;
/// How long the calls of a batch are made.
const WINDOW_MS: i64 = 86_400_000;

impl Gateway {
    /// Makes a batch of the calls in a file of `by`; it begins at once.
    ///
    /// # Errors
    ///
    /// [`BatchError::FileNotFound`]; [`Error::BadCall`] by field; [`BatchError::TooMany`].
    pub async fn create_batch(&self, by: &Principal, new: NewBatch) -> Result<Batch, Error> {
        check_metadata(&new.metadata)?;
        let file = self.file(by, new.file).await?;
        if file.purpose != FilePurpose::Batch {
            return Err(Error::bad_call("input_file_id", "this is a file of results"));
        }
        let label = file.label.join(&new.label);
        require_cleared(by, &label)?;
        let owner = Owner::from(by);
        let created_at = self.platform.now();
        let batch = Batch {
            id: self.platform.ids.next(),
            owner,
            actor: by.actor.clone(),
            file: file.id,
            path: new.path,
            metadata: new.metadata,
            label,
            act: self.platform.ids.next(),
            job: None,
            state: BatchState::Validating,
            faults: Vec::new(),
            total: 0,
            completed: 0,
            failed: 0,
            output_bytes: 0,
            error_bytes: 0,
            output_file: None,
            error_file: None,
            moments: Moments::default(),
            created_at,
            due_at: created_at.plus_millis(WINDOW_MS),
            expires_at: created_at.plus_millis(self.retention_ms()),
        };
        let mut tx = self.platform.db.begin().await?;
        store::lock(&mut tx, owner).await?;
        if store::counts(&mut tx, owner).await?.1 >= UNFINISHED_MAX {
            let what = "batches that are not over";
            return Err(BatchError::TooMany { what, most: UNFINISHED_MAX }.into());
        }
        let act = Act::by(by, "gateway.batch_created")
            .with_id(batch.act)
            .label(&batch.label)
            .reference("batch", batch.id)
            .reference("file", batch.file)
            .reference("endpoint", batch.path.as_str())
            .content("metadata", json!(batch.metadata).to_string());
        self.platform.append(&mut tx, act).await?;
        store::insert_batch(&mut tx, &batch).await?;
        self.enqueue(&mut tx, &batch).await?;
        tx.commit().await?;
        Ok(batch)
    }

    /// Has a worker go on with `batch` under a new job; what an older one still does is nothing.
    pub(crate) async fn enqueue(&self, tx: &mut Tx, batch: &Batch) -> Result<(), Error> {
        let id = batch.id.to_string();
        let job = NewJob {
            institution: batch.owner.institution,
            kind: KIND,
            payload: json!({ "batch_id": id }),
            subject: BTreeMap::from([("batch_id".to_owned(), id)]),
            created_by: Some(batch.owner.user),
        };
        let job = jobs::enqueue(&self.platform, tx, job).await?;
        Ok(store::set_job(tx, batch.id, job).await?)
    }

    /// Sees to it that `batch` has a job that waits or runs; whether it had none.
    pub(crate) async fn ensure_job(&self, tx: &mut Tx, batch: &Batch) -> Result<bool, Error> {
        store::lock(tx, batch.owner).await?;
        if store::has_job(tx, batch.id).await? {
            return Ok(false);
        }
        self.enqueue(tx, batch).await?;
        Ok(true)
    }

    /// The batch `id` of `by`.
    ///
    /// # Errors
    ///
    /// [`BatchError::NotFound`] also for somebody else's.
    pub async fn batch(&self, by: &Principal, id: BatchId) -> Result<Batch, Error> {
        let mut tx = self.platform.db.read().await?;
        let found = store::batch(&mut tx, by.into(), id).await?;
        let found = found.filter(|batch| by.clearance.dominates(&batch.label));
        Ok(found.ok_or(BatchError::NotFound)?)
    }

    /// Up to `limit` batches of `by` before `before`, newest first.
    pub async fn batches(
        &self,
        by: &Principal,
        (before, limit): (Option<BatchId>, i64),
    ) -> Result<Vec<Batch>, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut found = store::batches(&mut tx, by.into(), (before, limit)).await?;
        found.retain(|batch| by.clearance.dominates(&batch.label));
        Ok(found)
    }

    /// Asks the batch `id` of `by` to stop: calls under way end, no further one begins.
    ///
    /// # Errors
    ///
    /// [`BatchError::NotFound`]; [`BatchError::Ended`] when there is nothing to stop.
    pub async fn cancel_batch(&self, by: &Principal, id: BatchId) -> Result<Batch, Error> {
        let mut tx = self.platform.db.begin().await?;
        let found = store::batch(&mut tx, by.into(), id).await?;
        let found = found.filter(|batch| by.clearance.dominates(&batch.label));
        let found = found.ok_or(BatchError::NotFound)?;
        if found.state.is_over() {
            return Err(BatchError::Ended.into());
        }
        // Its job may have been cancelled by itself, and then nobody would end the batch.
        self.ensure_job(&mut tx, &found).await?;
        if matches!(found.state, BatchState::Cancelling | BatchState::Finalizing) {
            tx.commit().await?;
            return Ok(found);
        }
        let mut batch = found.clone();
        batch.state = BatchState::Cancelling;
        batch.moments.cancelling = Some(self.platform.now().as_millis());
        if !store::move_on(&mut tx, &batch, found.state).await? {
            // It came to an end in between.
            return Err(BatchError::Ended.into());
        }
        let act = Act::by(by, "gateway.batch_cancelled")
            .label(&batch.label)
            .following(batch.act)
            .reference("batch", batch.id);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(batch)
    }
}

/// Up to 16 short notes.
fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), Error> {
    let fits = |(key, value): (&String, &String)| {
        (1..=64).contains(&key.chars().count()) && value.chars().count() <= 512
    };
    if metadata.len() <= 16 && metadata.iter().all(fits) {
        return Ok(());
    }
    let detail = "`metadata` has at most 16 keys of 1 to 64 characters with texts of at most 512";
    Err(Error::bad_call("metadata", detail))
}
