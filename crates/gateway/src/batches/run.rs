//! The job that works through a batch: reads its file once, makes its calls, tells how it ended.
//!
//! It may be killed at any moment and is simply run again: what a line answered is on disk before
//! the next begins, and nothing that has an answer is asked twice. After a while it makes room for
//! other jobs and puts itself back at the end of the queue.

use std::{
    str::FromStr as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use kaname_identity::Identity;
use kaname_kernel::{BatchId, Timestamp};
use kaname_platform::{
    http::Fault as _,
    jobs::{JobFailure, JobHandler, JobRun},
};

use super::{
    check,
    error::BatchError,
    model::{Batch, BatchState, Line, LineFault},
    store,
};
use crate::{continuity::CheckJob, error::Error, gateway::Gateway};

/// The kind of job.
pub(crate) const KIND: &str = "gateway.batch";
/// Lines that are looked up at once.
const PAGE: i64 = 64;
/// Lines that are noted in one transaction.
const NOTED_AT_ONCE: usize = 500;
/// After so long, other jobs may go first.
const TURN_MS: i64 = 30_000;

/// Does the jobs of [`KIND`].
#[derive(Debug, Clone)]
pub(crate) struct BatchJob {
    pub(super) gateway: Gateway,
    pub(super) identity: Identity,
}

impl Gateway {
    /// Who does the jobs of this slice; `identity` says who may still call.
    pub fn job_handlers(&self, identity: &Identity) -> Vec<Arc<dyn JobHandler>> {
        let (gateway, identity) = (self.clone(), identity.clone());
        let check = CheckJob { gateway: gateway.clone(), identity: identity.clone() };
        vec![Arc::new(BatchJob { gateway, identity }), Arc::new(check)]
    }
}

impl JobHandler for BatchJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run(&self, run: JobRun) -> BoxFuture<'_, Result<(), JobFailure>> {
        async move {
            let Err(error) = self.work(&run).await else { return Ok(()) };
            let stopped = run.cancelled.is_cancelled();
            if run.is_last() && !stopped {
                self.give_up(&run).await;
            }
            Err(JobFailure { code: error.code(), detail: error.to_string(), retry: true })
        }
        .boxed()
    }
}

impl BatchJob {
    async fn work(&self, run: &JobRun) -> Result<(), Error> {
        let Some(found) = self.found(run).await? else { return Ok(()) };
        let batch = match found.state {
            BatchState::Validating => self.validated(found).await?,
            _ => found,
        };
        if batch.state.is_over() {
            return Ok(());
        }
        self.take_up(&batch).await?;
        let turn_ends = self.now().plus_millis(TURN_MS);
        loop {
            let Some(batch) = self.found(run).await? else { return Ok(()) };
            let lines = self.waiting(&batch).await?;
            if batch.state != BatchState::InProgress || self.is_due(&batch) || lines.is_empty() {
                return self.finish(batch).await;
            }
            if run.cancelled.is_cancelled() {
                return Err(kaname_guard::Error::Stopping.into());
            }
            if self.now() > turn_ends {
                let mut tx = self.gateway.platform.db.begin().await?;
                self.gateway.enqueue(&mut tx, &batch).await?;
                return Ok(tx.commit().await?);
            }
            self.call_all(&batch, lines, (run, turn_ends)).await?;
            let done = batch.completed.saturating_add(batch.failed);
            let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
            run.progress(number(done), Some(number(batch.total)), None).await?;
        }
    }

    /// The batch of the job as it stands, if it is still there and still this job's.
    async fn found(&self, run: &JobRun) -> Result<Option<Batch>, Error> {
        let id = run.job.payload.get("batch_id").and_then(serde_json::Value::as_str);
        let Some(id) = id.and_then(|id| BatchId::from_str(id).ok()) else { return Ok(None) };
        let mut tx = self.gateway.platform.db.read().await?;
        let batch = store::batch_of_job(&mut tx, run.job.institution, id).await?;
        Ok(batch.filter(|batch| batch.job == Some(run.job.id)))
    }

    async fn waiting(&self, batch: &Batch) -> Result<Vec<Line>, Error> {
        let mut tx = self.gateway.platform.db.read().await?;
        Ok(store::lines(&mut tx, batch.id, ("waiting", PAGE)).await?)
    }

    fn is_due(&self, batch: &Batch) -> bool {
        self.now() >= batch.due_at
    }

    /// Makes the calls of `lines`, several at once. When the process stops, the turn is over, or one
    /// cannot be noted, those under way end and no further one begins.
    async fn call_all(
        &self,
        batch: &Batch,
        lines: Vec<Line>,
        (run, turn_ends): (&JobRun, Timestamp),
    ) -> Result<(), Error> {
        let at_once = self.gateway.config.batch_calls_at_once.max(1);
        let failed = &AtomicBool::new(false);
        let calls = lines.into_iter().map(|line| async move {
            let over = self.is_due(batch) || self.now() > turn_ends;
            if over || run.cancelled.is_cancelled() || failed.load(Ordering::Relaxed) {
                return Ok(());
            }
            let ended = self.call_line(batch, &line, &run.cancelled).await;
            failed.fetch_or(ended.is_err(), Ordering::Relaxed);
            ended
        });
        // Calls under way are paid for: one that cannot be noted does not drop the others.
        let ended: Vec<_> = stream::iter(calls).buffer_unordered(at_once).collect().await;
        ended.into_iter().collect()
    }

    /// Reads the file of `batch`: its lines are noted, or its faults.
    async fn validated(&self, mut batch: Batch) -> Result<Batch, Error> {
        let now = self.now().as_millis();
        match self.read(&batch).await? {
            Err(faults) => {
                batch.faults = faults;
                batch.state = BatchState::Failed;
                batch.moments.failed = Some(now);
                self.end(&batch, BatchState::Validating).await?;
            }
            Ok(lines) => {
                self.note(batch.id, &lines).await?;
                batch.total = u64::try_from(lines.len()).unwrap_or(u64::MAX);
                batch.state = BatchState::InProgress;
                batch.moments.in_progress = Some(now);
                let mut tx = self.gateway.platform.db.begin().await?;
                // Whoever cancelled it in between wins; what is noted is told as cancelled.
                store::move_on(&mut tx, &batch, BatchState::Validating).await?;
                tx.commit().await?;
            }
        }
        Ok(batch)
    }

    async fn read(&self, batch: &Batch) -> Result<Result<Vec<Line>, Vec<LineFault>>, Error> {
        let mut tx = self.gateway.platform.db.read().await?;
        let file = store::file(&mut tx, batch.owner, batch.file).await?;
        drop(tx);
        let bytes = match &file {
            Some(file) => self.gateway.bytes_of(batch.owner, file).await,
            None => Err(BatchError::FileNotFound.into()),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(Error::Batch(BatchError::FileNotFound)) => {
                return Ok(Err(vec![LineFault {
                    code: "file_not_found".to_owned(),
                    line: None,
                    message: "the file was removed before it was read".to_owned(),
                    param: Some("input_file_id".to_owned()),
                }]));
            }
            Err(other) => return Err(other),
        };
        let (path, most) = (batch.path, self.gateway.config.batch_lines_max);
        let checked = tokio::task::spawn_blocking(move || check::lines(&bytes, path, most)).await;
        Ok(checked.map_err(|_| kaname_guard::Error::Stopping)?)
    }

    /// Notes the lines from the first, whatever an earlier run came to.
    async fn note(&self, batch: BatchId, lines: &[Line]) -> Result<(), Error> {
        let mut tx = self.gateway.platform.db.begin().await?;
        store::delete_lines(&mut tx, batch).await?;
        tx.commit().await?;
        for some in lines.chunks(NOTED_AT_ONCE) {
            let mut tx = self.gateway.platform.db.begin().await?;
            for line in some {
                store::insert_line(&mut tx, batch, line).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Deals with the lines that a process was at when it ended: put back where that changes nothing,
    /// and told elsewhere.
    async fn take_up(&self, batch: &Batch) -> Result<(), Error> {
        if batch.path.may_be_repeated() {
            let mut tx = self.gateway.platform.db.begin().await?;
            store::put_back(&mut tx, batch.id).await?;
            return Ok(tx.commit().await?);
        }
        self.tell(batch, "running", OUTCOME_UNKNOWN).await
    }

    /// Notes that the job itself cannot go on.
    async fn give_up(&self, run: &JobRun) {
        let Ok(Some(mut batch)) = self.found(run).await else { return };
        let from = batch.state;
        if from.is_over() {
            return;
        }
        batch.state = BatchState::Failed;
        batch.moments.failed = Some(self.now().as_millis());
        batch.faults.push(LineFault {
            code: "not_run".to_owned(),
            line: None,
            message: "the batch could not be worked through; the server's log says why".to_owned(),
            param: None,
        });
        if let Err(error) = self.end(&batch, from).await {
            tracing::error!(batch = %batch.id, error = &error as &dyn std::error::Error, "a batch cannot be ended");
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.gateway.platform.now()
    }
}

/// What is told of a line whose process ended while it was under way.
pub(super) const OUTCOME_UNKNOWN: (&str, &str) = (
    "outcome_unknown",
    "The server stopped while this call was under way, so nobody knows whether it was answered. \
     It was not made again, because it may have been charged; send it again if it is wanted.",
);
