//! The workers: take a job, keep its lease, run its handler, settle the outcome.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{Job, JobFailure, JobHandler, JobRun, JobState, queue};
use crate::{Platform, db::DbError};

/// A worker that has not renewed for this long is taken for dead.
const LEASE_MS: i64 = 30_000;
/// How often a lease is renewed and a wish to cancel is seen.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// How often an idle worker looks, besides being woken.
const POLL_EVERY: Duration = Duration::from_secs(1);
/// Runs of one job before it is given up.
pub(super) const ATTEMPTS_MAX: i64 = 5;

/// The handlers and where they run.
#[derive(Debug)]
pub struct Workers {
    platform: Platform,
    handlers: BTreeMap<&'static str, Arc<dyn JobHandler>>,
}

impl Workers {
    /// Workers for the kinds of job that `handlers` do.
    pub fn new(platform: Platform, handlers: Vec<Arc<dyn JobHandler>>) -> Self {
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Self { platform, handlers }
    }

    /// Puts back what a killed process was running. Only where one process owns the database.
    pub async fn recover(&self) -> Result<u64, DbError> {
        queue::requeue_all(&self.platform).await
    }

    /// Starts `count` workers; they end when the process begins to stop.
    pub fn start(self, count: usize) {
        let workers = Arc::new(self);
        for _ in 0..count {
            let workers = Arc::clone(&workers);
            let tasks = workers.platform.tasks.clone();
            tasks.spawn("job-worker", async move { workers.work().await });
        }
    }

    async fn work(&self) {
        let owner = self.platform.ids.next::<kaname_kernel::JobId>().to_string();
        let stopping = self.platform.tasks.stopping();
        while !stopping.is_cancelled() {
            let woken = self.platform.db.work.jobs.notified();
            match self.run_next(&owner).await {
                Ok(true) => continue,
                Ok(false) => {}
                // A database that closes while the process stops is no fault.
                Err(_) if stopping.is_cancelled() => return,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "job queue failed");
                }
            }
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(POLL_EVERY) => {}
                () = stopping.cancelled() => {}
            }
        }
    }

    /// Runs the next ready job. `false` when there is none.
    pub async fn run_next(&self, owner: &str) -> Result<bool, DbError> {
        let lease_until = self.platform.now().plus_millis(LEASE_MS);
        let Some(job) = queue::take(&self.platform, owner, lease_until).await? else {
            return Ok(false);
        };
        let outcome = self.run_leased(&job, owner).await;
        self.settle(&job, owner, outcome).await?;
        Ok(true)
    }

    async fn run_leased(&self, job: &Job, owner: &str) -> Outcome {
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            return Outcome::Ended(Err(JobFailure {
                code: "platform.unknown_job",
                detail: format!("no handler for jobs of kind {}", job.kind),
                retry: false,
            }));
        };
        let cancelled = self.platform.tasks.stopping().child_token();
        if job.cancel_requested {
            return Outcome::Cancelled;
        }
        let run = JobRun {
            job: job.clone(),
            cancelled: cancelled.clone(),
            platform: self.platform.clone(),
        };
        let mut work = handler.run(run);
        loop {
            tokio::select! {
                ended = &mut work => return self.ended(job, ended, cancelled.is_cancelled()).await,
                () = tokio::time::sleep(RENEW_EVERY) => {
                    let until = self.platform.now().plus_millis(LEASE_MS);
                    match queue::renew(&self.platform, (job.id, owner), until).await {
                        Ok(Some(true)) => cancelled.cancel(),
                        Ok(Some(false)) | Err(_) => {}
                        Ok(None) => return Outcome::Lost,
                    }
                }
            }
        }
    }

    /// A run that ended after its token was cancelled was stopped, by a person or by shutdown.
    async fn ended(&self, job: &Job, ended: Result<(), JobFailure>, stopped: bool) -> Outcome {
        if ended.is_ok() || !stopped {
            return Outcome::Ended(ended);
        }
        let mut asked = job.cancel_requested;
        if let Ok(mut tx) = self.platform.db.read().await
            && let Ok(Some(now)) = queue::find(&mut tx, job.institution, job.id).await
        {
            asked = now.cancel_requested;
        }
        if asked { Outcome::Cancelled } else { Outcome::PutBack }
    }

    async fn settle(&self, job: &Job, owner: &str, outcome: Outcome) -> Result<(), DbError> {
        let now = self.platform.now();
        let key = (job.id, owner);
        let settle = |state, run_at, error| queue::Settled { state, run_at, error };
        let settled = match &outcome {
            Outcome::Lost => return Ok(()),
            Outcome::Ended(Ok(())) => settle(JobState::Succeeded, now, None),
            Outcome::Cancelled => settle(JobState::Cancelled, now, None),
            Outcome::PutBack => settle(JobState::Queued, now, None),
            Outcome::Ended(Err(failure)) => {
                tracing::warn!(job = %job.id, kind = job.kind, code = failure.code, "job failed");
                let error = Some((failure.code, failure.detail.as_str()));
                if failure.retry && job.attempts < ATTEMPTS_MAX {
                    settle(JobState::Queued, now.plus_millis(backoff_ms(job.attempts)), error)
                } else {
                    settle(JobState::Failed, now, error)
                }
            }
        };
        queue::settle(&self.platform, key, settled).await
    }
}

enum Outcome {
    Ended(Result<(), JobFailure>),
    Cancelled,
    PutBack,
    Lost,
}

/// 1, 2, 4, 8 … seconds, at most five minutes.
fn backoff_ms(attempts: i64) -> i64 {
    let exponent = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(9);
    (1_000_i64 << exponent).min(300_000)
}
