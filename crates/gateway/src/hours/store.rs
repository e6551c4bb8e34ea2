//! SQL of hours: calls are taken into lines, and lines are read and written whole. Private to the slice.

use kaname_kernel::InstitutionId;
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{
    AT_ONCE,
    buckets::Counts,
    lines::{Alike, Amounts, Lines},
    split::HOUR_MS,
};

/// Has other nodes wait until `tx` ends. On SQLite whoever writes is alone.
pub(super) async fn lock(tx: &mut Tx, institution: InstitutionId) -> Result<(), DbError> {
    if tx.is_postgres() {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        tx.fetch_optional(sql, params![format!("call_hour/{institution}")]).await?;
    }
    Ok(())
}

/// When the oldest call began that has an outcome, is not rolled up and began before `before_ms`.
pub(super) async fn oldest(
    conn: &mut Conn,
    institution: InstitutionId,
    before_ms: i64,
) -> Result<Option<i64>, DbError> {
    let found = conn
        .fetch_optional(
            "SELECT started_at_ms FROM model_call WHERE institution_id = $1 AND rolled = 0 \
             AND started_at_ms < $2 AND outcome IS NOT NULL ORDER BY started_at_ms LIMIT 1",
            params![institution, before_ms],
        )
        .await?;
    found.map(|row| row.get("started_at_ms")).transpose()
}

// A single call as if it were a line.
const TAKE_CALLS: &str = "UPDATE model_call SET rolled = 1 WHERE rolled = 0 AND act_id IN (\
    SELECT act_id FROM model_call WHERE institution_id = $1 AND rolled = 0 \
    AND started_at_ms >= $2 AND started_at_ms < $3 AND outcome IS NOT NULL \
    ORDER BY started_at_ms LIMIT $4) \
    RETURNING department_id, app, model, endpoint_id, route_id, vendor, operator_country, \
    hosting_country, open_weights, purpose, action, outcome, code, CAST(1 AS BIGINT) AS calls, cached, \
    CAST(CASE WHEN prompt_tokens IS NULL AND completion_tokens IS NULL THEN 1 ELSE 0 END AS BIGINT) \
    AS without_tokens, \
    CAST(CASE WHEN cost_micro_yen IS NULL THEN 1 ELSE 0 END AS BIGINT) AS without_cost, \
    COALESCE(prompt_tokens, 0) AS prompt_tokens, \
    COALESCE(completion_tokens, 0) AS completion_tokens, \
    COALESCE(cost_micro_yen, 0) AS cost_micro_yen, \
    COALESCE(CASE WHEN outcome <> 'denied' THEN CAST(took_ms AS TEXT) END, '') AS took_counts, \
    COALESCE(CASE WHEN outcome <> 'denied' THEN CAST(first_ms AS TEXT) END, '') AS first_counts";

/// Adds calls of the hour `hour_ms` that have an outcome and are not rolled up to `lines`, and marks
/// them as rolled up; gives how many.
pub(super) async fn take_calls(
    tx: &mut Tx,
    (institution, hour_ms): (InstitutionId, i64),
    lines: &mut Lines,
) -> Result<u64, DbError> {
    let values = params![institution, hour_ms, hour_ms.saturating_add(HOUR_MS), AT_ONCE];
    let rows = tx.fetch_all(TAKE_CALLS, values).await?;
    for row in &rows {
        add(lines, row)?;
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Adds the lines of the hour to `lines`, and removes them.
pub(super) async fn take_lines(
    tx: &mut Tx,
    (institution, hour_ms): (InstitutionId, i64),
    lines: &mut Lines,
) -> Result<(), DbError> {
    let rows = tx
        .fetch_all(
            "DELETE FROM call_hour WHERE institution_id = $1 AND hour_ms = $2 \
             RETURNING department_id, app, model, endpoint_id, route_id, vendor, operator_country, \
             hosting_country, open_weights, purpose, action, outcome, code, calls, cached, \
             without_tokens, without_cost, prompt_tokens, completion_tokens, cost_micro_yen, \
             took_counts, first_counts",
            params![institution, hour_ms],
        )
        .await?;
    rows.iter().try_for_each(|row| add(lines, row))
}

/// Writes the lines of an hour that has none.
pub(super) async fn insert(
    tx: &mut Tx,
    (institution, hour_ms): (InstitutionId, i64),
    lines: Lines,
) -> Result<(), DbError> {
    for ((alike, amounts), line) in lines.into_iter().zip(0_i64..) {
        let values = params![
            institution,
            hour_ms,
            line,
            alike.department,
            alike.app,
            alike.model,
            alike.endpoint,
            alike.route,
            alike.vendor,
            alike.operator_country,
            alike.hosting_country,
            alike.open_weights,
            alike.purpose,
            alike.action,
            alike.outcome,
            alike.code,
            amounts.calls,
            amounts.cached,
            amounts.without_tokens,
            amounts.without_cost,
            amounts.prompt_tokens,
            amounts.completion_tokens,
            amounts.cost_micro_yen,
            amounts.took.to_string(),
            amounts.first.to_string(),
        ];
        tx.execute_one(
            "INSERT INTO call_hour (institution_id, hour_ms, line, department_id, app, model, \
             endpoint_id, route_id, vendor, operator_country, hosting_country, open_weights, purpose, \
             action, outcome, code, calls, cached, without_tokens, without_cost, prompt_tokens, \
             completion_tokens, cost_micro_yen, took_counts, first_counts) VALUES ($1, $2, $3, $4, \
             $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
             $23, $24, $25)",
            values,
        )
        .await?;
    }
    Ok(())
}

fn add(lines: &mut Lines, row: &Row) -> Result<(), DbError> {
    let alike = Alike {
        department: row.get("department_id")?,
        app: row.get("app")?,
        model: row.get("model")?,
        endpoint: row.get("endpoint_id")?,
        route: row.get("route_id")?,
        vendor: row.get("vendor")?,
        operator_country: row.get("operator_country")?,
        hosting_country: row.get("hosting_country")?,
        open_weights: row.get("open_weights")?,
        purpose: row.get("purpose")?,
        action: row.get("action")?,
        outcome: row.get("outcome")?,
        code: row.get("code")?,
    };
    let amounts = Amounts {
        calls: row.get("calls")?,
        cached: row.get("cached")?,
        without_tokens: row.get("without_tokens")?,
        without_cost: row.get("without_cost")?,
        prompt_tokens: row.get("prompt_tokens")?,
        completion_tokens: row.get("completion_tokens")?,
        cost_micro_yen: row.get("cost_micro_yen")?,
        took: counts(row, "took_counts")?,
        first: counts(row, "first_counts")?,
    };
    lines.entry(alike).or_default().add(&amounts);
    Ok(())
}

/// The counts that `column` of `row` holds as text.
pub(crate) fn counts(row: &Row, column: &str) -> Result<Counts, DbError> {
    let (text, mut counts): (String, _) = (row.get(column)?, Counts::default());
    let added = counts.add_text(&text);
    added.ok_or_else(|| DbError::Inconsistent { column: column.to_owned() })?;
    Ok(counts)
}

/// How far single calls have been removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Retention {
    /// From then on they are there.
    pub(super) kept_from_ms: i64,
    /// Calls removed since the last act.
    pub(super) calls: i64,
    /// Calls that nothing could answer, removed since then.
    pub(super) unserved: i64,
    /// When the last act was appended.
    pub(super) told_ms: i64,
}

/// How far the calls of `institution` have been removed; not at all where nothing is known.
pub(super) async fn retention(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Retention, DbError> {
    let found = conn
        .fetch_optional(
            "SELECT kept_from_ms, removed_calls, removed_unserved, told_ms FROM call_retention \
             WHERE institution_id = $1",
            params![institution],
        )
        .await?;
    let Some(row) = found else { return Ok(Retention::default()) };
    Ok(Retention {
        kept_from_ms: row.get("kept_from_ms")?,
        calls: row.get("removed_calls")?,
        unserved: row.get("removed_unserved")?,
        told_ms: row.get("told_ms")?,
    })
}

/// Notes how far the calls of `institution` have been removed.
pub(super) async fn keep(
    tx: &mut Tx,
    institution: InstitutionId,
    retention: Retention,
) -> Result<(), DbError> {
    let Retention { kept_from_ms, calls, unserved, told_ms } = retention;
    tx.execute_one(
        "INSERT INTO call_retention (institution_id, kept_from_ms, removed_calls, removed_unserved, \
         told_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (institution_id) DO UPDATE SET \
         kept_from_ms = $2, removed_calls = $3, removed_unserved = $4, told_ms = $5",
        params![institution, kept_from_ms, calls, unserved, told_ms],
    )
    .await
}

/// Removes single calls from before `until_ms` that are rolled up; gives how many.
pub(super) async fn remove_calls(
    tx: &mut Tx,
    institution: InstitutionId,
    until_ms: i64,
) -> Result<i64, DbError> {
    let removed = tx
        .execute_all(
            "DELETE FROM model_call WHERE act_id IN (SELECT act_id FROM model_call \
             WHERE institution_id = $1 AND started_at_ms < $2 AND rolled = 1 \
             ORDER BY started_at_ms LIMIT $3)",
            params![institution, until_ms, AT_ONCE],
        )
        .await?;
    Ok(i64::try_from(removed).unwrap_or(i64::MAX))
}

/// Removes calls from before `until_ms` that nothing could answer; gives how many.
pub(super) async fn remove_unserved(
    tx: &mut Tx,
    institution: InstitutionId,
    until_ms: i64,
) -> Result<i64, DbError> {
    let removed = tx
        .execute_all(
            "DELETE FROM unserved_call WHERE unserved_id IN (SELECT unserved_id FROM unserved_call \
             WHERE institution_id = $1 AND at_ms < $2 ORDER BY at_ms LIMIT $3)",
            params![institution, until_ms, AT_ONCE],
        )
        .await?;
    Ok(i64::try_from(removed).unwrap_or(i64::MAX))
}
