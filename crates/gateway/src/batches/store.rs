//! Files, batches and their lines in the database. Every look-up names the institution and the
//! owner, but for the job's, which goes by a batch that was looked up, and the sweep's.

use kaname_kernel::{Actor, BatchId, FileId, JobId, KeyId, SessionId, Timestamp};
use kaname_platform::{
    DbError, Tx,
    db::{Conn, Row},
    params,
};

use super::model::{Batch, BatchFile, BatchState, CallPath, Line, LineFault, Owner};
use crate::routes::store::{json, parsed};

pub(crate) async fn insert_file(
    conn: &mut Conn,
    owner: Owner,
    file: &BatchFile,
) -> Result<(), DbError> {
    let (batch, good) = file.results.unzip();
    conn.execute_one(
        "INSERT INTO batch_file (file_id, institution_id, user_id, file_name, purpose, label, \
         size_bytes, sha256, batch_id, good, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            file.id,
            owner.institution,
            owner.user,
            file.file_name.as_str(),
            file.purpose.as_str(),
            &file.label,
            number(file.size_bytes),
            file.sha256.clone(),
            batch,
            good.map(i64::from),
            file.created_at,
            file.expires_at,
        ],
    )
    .await
}

pub(crate) async fn file(
    conn: &mut Conn,
    owner: Owner,
    id: FileId,
) -> Result<Option<BatchFile>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM batch_file WHERE institution_id = $1 AND user_id = $2 AND file_id = $3",
            params![owner.institution, owner.user, id],
        )
        .await?;
    row.as_ref().map(read_file).transpose()
}

/// Up to `limit` files before `before`, newest first.
pub(crate) async fn files(
    conn: &mut Conn,
    owner: Owner,
    (before, limit): (Option<FileId>, i64),
) -> Result<Vec<BatchFile>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM batch_file WHERE institution_id = $1 AND user_id = $2 AND file_id < $3 \
             ORDER BY file_id DESC LIMIT $4",
            params![owner.institution, owner.user, last(before.map(|id| id.to_string())), limit],
        )
        .await?;
    rows.iter().map(read_file).collect()
}

pub(crate) async fn delete_file(conn: &mut Conn, owner: Owner, id: FileId) -> Result<u64, DbError> {
    conn.execute(
        "DELETE FROM batch_file WHERE institution_id = $1 AND user_id = $2 AND file_id = $3",
        params![owner.institution, owner.user, id],
    )
    .await
}

/// Keeps everybody else who counts what `owner` has waiting until `tx` ends.
pub(crate) async fn lock(tx: &mut Tx, owner: Owner) -> Result<(), DbError> {
    if tx.is_postgres() {
        // SQLite has one writer at a time anyway.
        tx.execute(
            "SELECT user_id FROM account WHERE institution_id = $1 AND user_id = $2 \
             FOR NO KEY UPDATE",
            params![owner.institution, owner.user],
        )
        .await?;
    }
    Ok(())
}

/// How many files, and how many batches that are not over, `owner` has.
pub(crate) async fn counts(conn: &mut Conn, owner: Owner) -> Result<(i64, i64), DbError> {
    let row = conn
        .fetch_one(
            "SELECT (SELECT COUNT(*) FROM batch_file WHERE institution_id = $1 AND user_id = $2) \
             AS files, (SELECT COUNT(*) FROM batch WHERE institution_id = $1 AND user_id = $2 \
             AND state IN ('validating', 'in_progress', 'finalizing', 'cancelling')) AS batches",
            params![owner.institution, owner.user],
        )
        .await?;
    Ok((row.get("files")?, row.get("batches")?))
}

pub(crate) async fn insert_batch(conn: &mut Conn, batch: &Batch) -> Result<(), DbError> {
    let (via, via_id) = via_of(&batch.actor);
    conn.execute_one(
        "INSERT INTO batch (batch_id, institution_id, user_id, via, via_id, file_id, endpoint, \
         metadata, label, act_id, state, faults, total, completed, failed, output_bytes, \
         error_bytes, moments, created_at_ms, due_at_ms, expires_at_ms) VALUES \
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '[]', 0, 0, 0, 0, 0, $12, $13, $14, $15)",
        params![
            batch.id,
            batch.owner.institution,
            batch.owner.user,
            via,
            via_id,
            batch.file,
            batch.path.as_str(),
            json(&batch.metadata),
            &batch.label,
            batch.act,
            batch.state.as_str(),
            json(&batch.moments),
            batch.created_at,
            batch.due_at,
            batch.expires_at,
        ],
    )
    .await
}

pub(crate) async fn batch(
    conn: &mut Conn,
    owner: Owner,
    id: BatchId,
) -> Result<Option<Batch>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM batch WHERE institution_id = $1 AND user_id = $2 AND batch_id = $3",
            params![owner.institution, owner.user, id],
        )
        .await?;
    row.as_ref().map(read_batch).transpose()
}

/// The batch of a job, whoever owns it.
pub(crate) async fn batch_of_job(
    conn: &mut Conn,
    institution: kaname_kernel::InstitutionId,
    id: BatchId,
) -> Result<Option<Batch>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM batch WHERE institution_id = $1 AND batch_id = $2",
            params![institution, id],
        )
        .await?;
    row.as_ref().map(read_batch).transpose()
}

/// Has `job` alone work through `batch`.
pub(crate) async fn set_job(conn: &mut Conn, batch: BatchId, job: JobId) -> Result<(), DbError> {
    conn.execute_one("UPDATE batch SET job_id = $2 WHERE batch_id = $1", params![batch, job]).await
}

/// Whether a job for `batch` waits or runs.
pub(crate) async fn has_job(conn: &mut Conn, batch: BatchId) -> Result<bool, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT j.job_id FROM batch b JOIN job j ON j.job_id = b.job_id \
             WHERE b.batch_id = $1 AND j.state IN ('queued', 'running')",
            params![batch],
        )
        .await?;
    Ok(row.is_some())
}

/// Batches that are not over and that no job works through.
pub(crate) async fn left_alone(conn: &mut Conn) -> Result<Vec<Batch>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT b.* FROM batch b \
             WHERE b.state IN ('validating', 'in_progress', 'finalizing', 'cancelling') \
             AND NOT EXISTS (SELECT 1 FROM job j WHERE j.job_id = b.job_id \
             AND j.state IN ('queued', 'running')) ORDER BY b.batch_id LIMIT 500",
            params![],
        )
        .await?;
    rows.iter().map(read_batch).collect()
}

/// Up to `limit` batches before `before`, newest first.
pub(crate) async fn batches(
    conn: &mut Conn,
    owner: Owner,
    (before, limit): (Option<BatchId>, i64),
) -> Result<Vec<Batch>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM batch WHERE institution_id = $1 AND user_id = $2 AND batch_id < $3 \
             ORDER BY batch_id DESC LIMIT $4",
            params![owner.institution, owner.user, last(before.map(|id| id.to_string())), limit],
        )
        .await?;
    rows.iter().map(read_batch).collect()
}

/// Puts `batch` from the state `from` into the one that it has now; `false` when another was faster.
pub(crate) async fn move_on(
    conn: &mut Conn,
    batch: &Batch,
    from: BatchState,
) -> Result<bool, DbError> {
    let moved = conn
        .execute(
            "UPDATE batch SET state = $2, moments = $3, faults = $4, total = $5, \
             output_file_id = $6, error_file_id = $7 WHERE batch_id = $1 AND state = $8",
            params![
                batch.id,
                batch.state.as_str(),
                json(&batch.moments),
                json(&batch.faults),
                number(batch.total),
                batch.output_file,
                batch.error_file,
                from.as_str(),
            ],
        )
        .await?;
    Ok(moved == 1)
}

pub(crate) async fn insert_line(
    conn: &mut Conn,
    batch: BatchId,
    line: &Line,
) -> Result<(), DbError> {
    conn.execute_one(
        "INSERT INTO batch_line (batch_id, line, custom_id, state, request) \
         VALUES ($1, $2, $3, 'waiting', $4)",
        params![batch, number(line.number), line.custom_id.as_str(), line.body.as_str()],
    )
    .await
}

/// Forgets the lines of a batch whose file was read only in part.
pub(crate) async fn delete_lines(conn: &mut Conn, batch: BatchId) -> Result<u64, DbError> {
    conn.execute_all("DELETE FROM batch_line WHERE batch_id = $1", params![batch]).await
}

/// The first lines of `batch` in `state`, at most `limit`.
pub(crate) async fn lines(
    conn: &mut Conn,
    batch: BatchId,
    (state, limit): (&str, i64),
) -> Result<Vec<Line>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT line, custom_id, request FROM batch_line WHERE batch_id = $1 AND state = $2 \
             ORDER BY line LIMIT $3",
            params![batch, state, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                number: whole(row, "line")?,
                custom_id: row.get("custom_id")?,
                body: row.get::<Option<String>>("request")?.unwrap_or_default(),
            })
        })
        .collect()
}

/// Notes that a line is under way; `false` when its batch is not in progress any more, or somebody
/// else has it.
pub(crate) async fn begin_line(
    conn: &mut Conn,
    batch: BatchId,
    line: u64,
) -> Result<bool, DbError> {
    let begun = conn
        .execute(
            "UPDATE batch_line SET state = 'running' WHERE batch_id = $1 AND line = $2 \
             AND state = 'waiting' AND EXISTS (SELECT 1 FROM batch b WHERE b.batch_id = $1 \
             AND b.state = 'in_progress')",
            params![batch, number(line)],
        )
        .await?;
    Ok(begun == 1)
}

/// Puts the lines back that a process was at when it ended.
pub(crate) async fn put_back(conn: &mut Conn, batch: BatchId) -> Result<u64, DbError> {
    conn.execute(
        "UPDATE batch_line SET state = 'waiting' WHERE batch_id = $1 AND state = 'running'",
        params![batch],
    )
    .await
}

/// Notes what came of a line, once.
pub(crate) async fn end_line(
    conn: &mut Conn,
    batch: BatchId,
    (line, good, result): (u64, bool, &str),
) -> Result<(), DbError> {
    let ended = conn
        .execute(
            "UPDATE batch_line SET state = 'done', request = NULL, good = $3, result = $4 \
             WHERE batch_id = $1 AND line = $2 AND state <> 'done'",
            params![batch, number(line), good, result],
        )
        .await?;
    if ended == 0 {
        return Ok(());
    }
    let bytes = i64::try_from(result.len().saturating_add(1)).unwrap_or(i64::MAX);
    let sql = if good {
        "UPDATE batch SET completed = completed + 1, output_bytes = output_bytes + $2 \
         WHERE batch_id = $1"
    } else {
        "UPDATE batch SET failed = failed + 1, error_bytes = error_bytes + $2 WHERE batch_id = $1"
    };
    conn.execute_one(sql, params![batch, bytes]).await
}

/// Results of `batch` after the line `after`, in the order of its file: at most `limit`.
pub(crate) async fn results(
    conn: &mut Conn,
    (batch, good): (BatchId, bool),
    (after, limit): (u64, i64),
) -> Result<Vec<(u64, String)>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT line, result FROM batch_line WHERE batch_id = $1 AND good = $2 AND line > $3 \
             AND state = 'done' ORDER BY line LIMIT $4",
            params![batch, good, number(after), limit],
        )
        .await?;
    let read = |row: &Row| {
        Ok((whole(row, "line")?, row.get::<Option<String>>("result")?.unwrap_or_default()))
    };
    rows.iter().map(read).collect()
}

/// Removes the results of `batch` that went well, or that did not.
pub(crate) async fn delete_results(
    conn: &mut Conn,
    (batch, good): (BatchId, bool),
) -> Result<u64, DbError> {
    conn.execute_all(
        "DELETE FROM batch_line WHERE batch_id = $1 AND good = $2 AND state = 'done'",
        params![batch, good],
    )
    .await
}

/// Files whose time is over, with whose they are.
pub(crate) async fn old_files(
    conn: &mut Conn,
    now: Timestamp,
) -> Result<Vec<(Owner, BatchFile)>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM batch_file WHERE expires_at_ms <= $1 ORDER BY expires_at_ms LIMIT 500",
            params![now],
        )
        .await?;
    rows.iter().map(|row| Ok((owner(row)?, read_file(row)?))).collect()
}

/// Batches that are over and whose time is over.
pub(crate) async fn old_batches(conn: &mut Conn, now: Timestamp) -> Result<Vec<BatchId>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT batch_id FROM batch WHERE expires_at_ms <= $1 \
             AND state IN ('failed', 'completed', 'expired', 'cancelled') LIMIT 100",
            params![now],
        )
        .await?;
    rows.iter().map(|row| row.get("batch_id")).collect()
}

pub(crate) async fn delete_batch(conn: &mut Conn, id: BatchId) -> Result<u64, DbError> {
    conn.execute("DELETE FROM batch WHERE batch_id = $1", params![id]).await
}

fn read_file(row: &Row) -> Result<BatchFile, DbError> {
    let batch: Option<BatchId> = row.get("batch_id")?;
    let good: Option<i64> = row.get("good")?;
    Ok(BatchFile {
        id: row.get("file_id")?,
        file_name: row.get("file_name")?,
        purpose: word(row, "purpose")?,
        label: row.get("label")?,
        size_bytes: whole(row, "size_bytes")?,
        sha256: row.get("sha256")?,
        results: batch.zip(good.map(|good| good != 0)),
        created_at: row.get("created_at_ms")?,
        expires_at: row.get("expires_at_ms")?,
    })
}

fn read_batch(row: &Row) -> Result<Batch, DbError> {
    let faults: Vec<LineFault> = parsed(&row.get::<String>("faults")?, "faults")?;
    let path: String = row.get("endpoint")?;
    Ok(Batch {
        id: row.get("batch_id")?,
        owner: owner(row)?,
        actor: actor_of(&row.get::<String>("via")?, &row.get::<String>("via_id")?)?,
        file: row.get("file_id")?,
        path: CallPath::of(&path).ok_or_else(|| inconsistent("endpoint"))?,
        metadata: parsed(&row.get::<String>("metadata")?, "metadata")?,
        label: row.get("label")?,
        act: row.get("act_id")?,
        job: row.get("job_id")?,
        state: word(row, "state")?,
        faults,
        total: whole(row, "total")?,
        completed: whole(row, "completed")?,
        failed: whole(row, "failed")?,
        output_bytes: whole(row, "output_bytes")?,
        error_bytes: whole(row, "error_bytes")?,
        output_file: row.get("output_file_id")?,
        error_file: row.get("error_file_id")?,
        moments: parsed(&row.get::<String>("moments")?, "moments")?,
        created_at: row.get("created_at_ms")?,
        due_at: row.get("due_at_ms")?,
        expires_at: row.get("expires_at_ms")?,
    })
}

fn owner(row: &Row) -> Result<Owner, DbError> {
    Ok(Owner { institution: row.get("institution_id")?, user: row.get("user_id")? })
}

/// How somebody came in, as it is stored.
pub(crate) fn via_of(actor: &Actor) -> (&'static str, String) {
    match actor {
        Actor::Session(id) => ("session", id.to_string()),
        Actor::Key { id, .. } => ("key", id.to_string()),
        Actor::Console => ("console", String::new()),
    }
}

/// What [`via_of`] stored; what a key may do is read anew where it matters.
pub(crate) fn actor_of(via: &str, id: &str) -> Result<Actor, DbError> {
    let wrong = || inconsistent("via_id");
    Ok(match via {
        "session" => Actor::Session(id.parse::<SessionId>().map_err(|_| wrong())?),
        "key" => Actor::Key {
            id: id.parse::<KeyId>().map_err(|_| wrong())?,
            scopes: std::collections::BTreeSet::new(),
        },
        _ => Actor::Console,
    })
}

fn word<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, DbError> {
    row.get::<String>(column)?.parse().map_err(|_| inconsistent(column))
}

fn whole(row: &Row, column: &str) -> Result<u64, DbError> {
    u64::try_from(row.get::<i64>(column)?).map_err(|_| inconsistent(column))
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// '~' sorts after every id.
fn last(id: Option<String>) -> String {
    id.unwrap_or_else(|| "~".to_owned())
}

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}
