//! The job table: enqueue, look, ask to cancel, and the moves that a worker makes.

use std::collections::BTreeMap;

use kaname_kernel::{InstitutionId, JobId, Timestamp};

use super::{Job, JobState, NewJob};
use crate::{
    Platform,
    db::{Conn, DbError, Row, Tx},
    params,
};

/// Adds a job in `tx`; it runs once `tx` has committed.
pub async fn enqueue(platform: &Platform, tx: &mut Tx, job: NewJob) -> Result<JobId, DbError> {
    enqueue_at(platform, tx, job, platform.now()).await
}

/// Adds a job in `tx` that runs no earlier than `at`.
pub async fn enqueue_at(
    platform: &Platform,
    tx: &mut Tx,
    job: NewJob,
    at: Timestamp,
) -> Result<JobId, DbError> {
    let id: JobId = platform.ids.next();
    let now = platform.now();
    let subject = serde_json::to_string(&job.subject).map_err(|_| inconsistent("subject"))?;
    tx.execute_one(
        "INSERT INTO job (job_id, institution_id, kind, payload, subject, created_by, state, \
         attempts, run_at_ms, progress_done, cancel_requested, created_at_ms, updated_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7, 0, 0, $8, $8)",
        params![
            id,
            job.institution,
            job.kind,
            job.payload.to_string(),
            subject,
            job.created_by,
            at,
            now
        ],
    )
    .await?;
    tx.has_job();
    Ok(id)
}

/// The job `id` of `institution`.
pub async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: JobId,
) -> Result<Option<Job>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM job WHERE institution_id = $1 AND job_id = $2",
            params![institution, id],
        )
        .await?;
    row.map(|row| job_from(&row)).transpose()
}

/// The newest jobs of `institution`, newest first, at most `limit`.
pub async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    limit: i64,
) -> Result<Vec<Job>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM job WHERE institution_id = $1 ORDER BY created_at_ms DESC, job_id DESC LIMIT $2",
            params![institution, limit],
        )
        .await?;
    rows.iter().map(job_from).collect()
}

/// Asks that a job stop: one that waits is cancelled at once, one that runs sees its token.
pub async fn cancel(platform: &Platform, tx: &mut Tx, job: &Job) -> Result<(), DbError> {
    tx.execute(
        "UPDATE job SET cancel_requested = 1, updated_at_ms = $3, \
         state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END \
         WHERE institution_id = $1 AND job_id = $2 AND state IN ('queued', 'running')",
        params![job.institution, job.id, platform.now()],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_progress(
    platform: &Platform,
    id: JobId,
    (done, total, note): (i64, Option<i64>, Option<&str>),
) -> Result<(), DbError> {
    let mut tx = platform.db.begin().await?;
    tx.execute(
        "UPDATE job SET progress_done = $2, progress_total = $3, progress_note = $4, \
         updated_at_ms = $5 WHERE job_id = $1",
        params![id, done, total, note, platform.now()],
    )
    .await?;
    tx.commit().await
}

/// Takes the job that has waited longest, or one whose worker died, under a lease.
pub(super) async fn take(
    platform: &Platform,
    owner: &str,
    lease_until: Timestamp,
) -> Result<Option<Job>, DbError> {
    let mut tx = platform.db.begin().await?;
    let now = platform.now();
    let ready = if tx.is_postgres() {
        "SELECT * FROM job WHERE (state = 'queued' AND run_at_ms <= $1) \
         OR (state = 'running' AND lease_until_ms < $1) \
         ORDER BY run_at_ms, job_id LIMIT 1 FOR UPDATE SKIP LOCKED"
    } else {
        "SELECT * FROM job WHERE (state = 'queued' AND run_at_ms <= $1) \
         OR (state = 'running' AND lease_until_ms < $1) ORDER BY run_at_ms, job_id LIMIT 1"
    };
    let Some(row) = tx.fetch_optional(ready, params![now]).await? else { return Ok(None) };
    let mut job = job_from(&row)?;
    job.attempts += 1;
    job.state = JobState::Running;
    tx.execute_one(
        "UPDATE job SET state = 'running', attempts = $2, lease_owner = $3, lease_until_ms = $4, \
         updated_at_ms = $5 WHERE job_id = $1",
        params![job.id, job.attempts, owner, lease_until, now],
    )
    .await?;
    tx.commit().await?;
    Ok(Some(job))
}

/// Renews the lease. `None` when another worker has the job; else whether to stop it.
pub(super) async fn renew(
    platform: &Platform,
    (id, owner): (JobId, &str),
    lease_until: Timestamp,
) -> Result<Option<bool>, DbError> {
    let mut tx = platform.db.begin().await?;
    let row = tx
        .fetch_optional(
            "UPDATE job SET lease_until_ms = $3 WHERE job_id = $1 AND lease_owner = $2 \
             AND state = 'running' RETURNING cancel_requested",
            params![id, owner, lease_until],
        )
        .await?;
    tx.commit().await?;
    row.map(|row| row.get("cancel_requested")).transpose()
}

/// Puts a job into its next state; nothing happens if another worker has it by now.
pub(super) async fn settle(
    platform: &Platform,
    (id, owner): (JobId, &str),
    settled: Settled<'_>,
) -> Result<(), DbError> {
    let (code, detail) = settled.error.unzip();
    let mut tx = platform.db.begin().await?;
    tx.execute(
        "UPDATE job SET state = $3, run_at_ms = $4, error_code = $5, error_detail = $6, \
         lease_owner = NULL, lease_until_ms = NULL, updated_at_ms = $7 \
         WHERE job_id = $1 AND lease_owner = $2 AND state = 'running'",
        params![id, owner, settled.state.as_str(), settled.run_at, code, detail, platform.now()],
    )
    .await?;
    tx.has_job();
    tx.commit().await
}

/// What becomes of a job after a run.
pub(super) struct Settled<'a> {
    pub(super) state: JobState,
    pub(super) run_at: Timestamp,
    pub(super) error: Option<(&'a str, &'a str)>,
}

/// Puts every running job back: right only when this process is the sole one, on SQLite at start.
pub(super) async fn requeue_all(platform: &Platform) -> Result<u64, DbError> {
    let mut tx = platform.db.begin().await?;
    let count = tx
        .execute(
            "UPDATE job SET state = 'queued', lease_owner = NULL, lease_until_ms = NULL, \
             updated_at_ms = $1 WHERE state = 'running'",
            params![platform.now()],
        )
        .await?;
    tx.commit().await?;
    Ok(count)
}

fn job_from(row: &Row) -> Result<Job, DbError> {
    let payload: String = row.get("payload")?;
    let subject: String = row.get("subject")?;
    let state: String = row.get("state")?;
    let code: Option<String> = row.get("error_code")?;
    let detail: Option<String> = row.get("error_detail")?;
    let subject: BTreeMap<String, String> =
        serde_json::from_str(&subject).map_err(|_| inconsistent("subject"))?;
    Ok(Job {
        id: row.get("job_id")?,
        institution: row.get("institution_id")?,
        kind: row.get("kind")?,
        payload: serde_json::from_str(&payload).map_err(|_| inconsistent("payload"))?,
        subject,
        created_by: row.get("created_by")?,
        state: state.parse().map_err(|()| inconsistent("state"))?,
        attempts: row.get("attempts")?,
        progress_done: row.get("progress_done")?,
        progress_total: row.get("progress_total")?,
        progress_note: row.get("progress_note")?,
        cancel_requested: row.get("cancel_requested")?,
        error: code.zip(detail),
        created_at: row.get("created_at_ms")?,
        updated_at: row.get("updated_at_ms")?,
    })
}

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}
