//! Durable jobs: what must finish although the process dies.
//!
//! A job is a row. A worker takes it under a lease that it keeps renewing; a worker that dies lets
//! the lease run out and another goes on. Handlers must therefore be idempotent. Failures are
//! retried with backoff; cancellation is a request that the handler sees as a token.

mod queue;
mod worker;

use std::{collections::BTreeMap, fmt, str::FromStr};

use futures_util::future::BoxFuture;
use kaname_kernel::{InstitutionId, JobId, Timestamp, UserId};
use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

pub use self::{
    queue::{cancel, enqueue, enqueue_at, find, list},
    worker::Workers,
};
use crate::{Platform, db::DbError};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for its time or a worker.
    Queued,
    /// A worker has it under lease.
    Running,
    /// Done.
    Succeeded,
    /// Given up after the last attempt, or at once where trying again cannot help.
    Failed,
    /// Stopped on request.
    Cancelled,
}

impl JobState {
    /// The stable name in the store and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl FromStr for JobState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// A job to be enqueued.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Whose it is.
    pub institution: InstitutionId,
    /// Which handler does it: `area.verb`.
    pub kind: &'static str,
    /// What the handler needs; no secrets.
    pub payload: Json,
    /// What it is about, for screens: `collection_id`, `document_id`.
    pub subject: BTreeMap<String, String>,
    /// Who asked.
    pub created_by: Option<UserId>,
}

/// A job as it stands.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose it is.
    pub institution: InstitutionId,
    /// Which handler does it.
    pub kind: String,
    /// What the handler needs.
    pub payload: Json,
    /// What it is about.
    pub subject: BTreeMap<String, String>,
    /// Who asked.
    pub created_by: Option<UserId>,
    /// Where it stands.
    pub state: JobState,
    /// Times that a worker took it.
    pub attempts: i64,
    /// Units done.
    pub progress_done: i64,
    /// Units in all, once known.
    pub progress_total: Option<i64>,
    /// What is being done now: a file name, say.
    pub progress_note: Option<String>,
    /// Whether someone asked to stop it.
    pub cancel_requested: bool,
    /// Why it failed: stable code and detail.
    pub error: Option<(String, String)>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How a handler's run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFailure {
    /// Stable code, with a page in `docs/errors/`.
    pub code: &'static str,
    /// What happened, for a person.
    pub detail: String,
    /// Whether trying again may help.
    pub retry: bool,
}

impl From<DbError> for JobFailure {
    fn from(error: DbError) -> Self {
        Self { code: "platform.database", detail: error.to_string(), retry: true }
    }
}

/// What a handler gets for one run.
#[derive(Debug, Clone)]
pub struct JobRun {
    /// The job as it was taken.
    pub job: Job,
    /// Cancelled when someone asks to stop the job, or the process stops.
    pub cancelled: CancellationToken,
    platform: Platform,
}

impl JobRun {
    /// Whether a failure of this run is the end of the job.
    pub fn is_last(&self) -> bool {
        self.job.attempts >= worker::ATTEMPTS_MAX
    }

    /// Notes how far the job is; seen on screen at once.
    pub async fn progress(
        &self,
        done: i64,
        total: Option<i64>,
        note: Option<&str>,
    ) -> Result<(), DbError> {
        queue::set_progress(&self.platform, self.job.id, (done, total, note)).await
    }
}

/// Does jobs of one kind.
pub trait JobHandler: Send + Sync + fmt::Debug {
    /// The kind of job that this does.
    fn kind(&self) -> &'static str;

    /// Does one run. Idempotent: it may be called again after a crash.
    fn run(&self, run: JobRun) -> BoxFuture<'_, Result<(), JobFailure>>;
}
