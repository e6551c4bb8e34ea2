//! SQL of continuity: sums of calls, and drills. Every statement names the institution; rows of calls
//! are summed up where they lie, and only groups and single values come out.

use kaname_guard::{Action, Purpose};
use kaname_kernel::{ActId, DrillId, EndpointId, InstitutionId, RouteId, Timestamp};
use kaname_platform::{
    DbError,
    db::{Conn, Row},
    params,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    checks::{CheckAnswer, CheckQuestion, CheckResult},
    drill::{Drill, DrillState},
    figures::WayRequests,
    shares::{Amounts, Tally},
    ways::{WayKind, way_key},
};
use crate::{
    block::Blocked,
    hours::{self, Split, counted},
};

/// A span of time, the end not part of it.
pub(super) type Span = (i64, i64);

/// Calls that say something of the institution's work: no probe, no test, and none that was refused.
macro_rules! at_work {
    () => {
        "WHERE action NOT IN ('probe', '') AND purpose <> 'endpoint_test' \
         AND (outcome IS NULL OR outcome <> 'denied') "
    };
}

const TALLIES: &str = concat!(
    "SELECT action, vendor, operator_country, hosting_country, open_weights, \
     CAST(SUM(calls) AS BIGINT) AS calls, \
     CAST(SUM(prompt_tokens + completion_tokens) AS BIGINT) AS tokens, \
     CAST(SUM(cost_micro_yen) AS BIGINT) AS cost_micro_yen, \
     CAST(SUM(without_tokens) AS BIGINT) AS calls_without_tokens, \
     CAST(SUM(without_cost) AS BIGINT) AS calls_without_cost FROM ",
    counted!(),
    at_work!(),
    "GROUP BY action, vendor, operator_country, hosting_country, open_weights \
     ORDER BY action, vendor, operator_country, hosting_country, open_weights"
);

/// The calls of `institution` in `span` by kind and origin.
pub(super) async fn tallies(
    conn: &mut Conn,
    institution: InstitutionId,
    span: Span,
) -> Result<Vec<Tally>, DbError> {
    let split = Split::by_hour(span, hours::kept_from(conn, institution).await?);
    let rows = conn.fetch_all(TALLIES, split.bind(institution)).await?;
    rows.iter()
        .map(|row| {
            Ok(Tally {
                action: row.get("action")?,
                vendor: row.get("vendor")?,
                operator_country: row.get("operator_country")?,
                hosting_country: row.get("hosting_country")?,
                open_weights: row.get("open_weights")?,
                amounts: Amounts {
                    calls: row.get("calls")?,
                    tokens: row.get("tokens")?,
                    cost_micro_yen: row.get("cost_micro_yen")?,
                    calls_without_tokens: row.get("calls_without_tokens")?,
                    calls_without_cost: row.get("calls_without_cost")?,
                },
            })
        })
        .collect()
}

/// Calls of one way, and how many of them went to what may be gone.
#[derive(Debug)]
pub(super) struct Traffic {
    pub(super) way: (WayKind, String),
    pub(super) calls: i64,
    pub(super) touched: i64,
}

const TRAFFIC: &str = concat!(
    "SELECT route_id, endpoint_id, purpose, action, CAST(SUM(calls) AS BIGINT) AS calls, \
     CAST(SUM(CASE WHEN CASE $9 WHEN 'endpoint' THEN endpoint_id WHEN 'vendor' THEN vendor \
     WHEN 'operator_country' THEN operator_country ELSE hosting_country END = $10 \
     THEN calls ELSE 0 END) AS BIGINT) AS touched FROM ",
    counted!(),
    at_work!(),
    "GROUP BY route_id, endpoint_id, purpose, action"
);

/// The calls of `institution` in `span` by way.
pub(super) async fn traffic(
    conn: &mut Conn,
    (institution, span): (InstitutionId, Span),
    without: &Blocked,
) -> Result<Vec<Traffic>, DbError> {
    let split = Split::by_hour(span, hours::kept_from(conn, institution).await?);
    let (subject, value) = without.parts();
    let mut values = split.bind(institution);
    values.extend(params![subject, value]);
    let rows = conn.fetch_all(TRAFFIC, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Traffic {
                way: way_of(row)?,
                calls: row.get("calls")?,
                touched: row.get("touched")?,
            })
        })
        .collect()
}

fn way_of(row: &Row) -> Result<(WayKind, String), DbError> {
    let (route, endpoint): (Option<String>, Option<String>) =
        (row.get("route_id")?, row.get("endpoint_id")?);
    let (purpose, action): (String, String) = (row.get("purpose")?, row.get("action")?);
    Ok(way_key(route.as_deref(), endpoint.as_deref(), (&purpose, &action)))
}

const CALLS: &str = "SELECT \
    SUM(CASE WHEN outcome = 'denied' THEN 0 ELSE 1 END) AS calls, \
    SUM(CASE WHEN outcome = 'completed' THEN 1 ELSE 0 END) AS completed, \
    SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS failed, \
    SUM(CASE WHEN outcome = 'broken' THEN 1 ELSE 0 END) AS broken, \
    SUM(CASE WHEN outcome = 'abandoned' THEN 1 ELSE 0 END) AS abandoned, \
    SUM(CASE WHEN outcome = 'unknown' THEN 1 ELSE 0 END) AS unknown, \
    SUM(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END) AS under_way, \
    SUM(CASE WHEN outcome = 'denied' THEN 1 ELSE 0 END) AS denied, \
    SUM(CASE WHEN (outcome IS NULL OR outcome <> 'denied') AND \
    CASE $4 WHEN 'endpoint' THEN endpoint_id WHEN 'vendor' THEN vendor \
    WHEN 'operator_country' THEN operator_country ELSE hosting_country END = $5 \
    THEN 1 ELSE 0 END) AS to_subject, \
    CAST(SUM(prompt_tokens) AS BIGINT) AS prompt_tokens, \
    CAST(SUM(completion_tokens) AS BIGINT) AS completion_tokens, \
    CAST(SUM(cost_micro_yen) AS BIGINT) AS cost_micro_yen, \
    CAST(SUM(CASE WHEN outcome = 'completed' AND action = 'chat' THEN completion_tokens END) AS BIGINT) \
    AS answer_tokens, \
    COUNT(CASE WHEN outcome = 'completed' AND action = 'chat' THEN completion_tokens END) \
    AS answers_told \
    FROM model_call WHERE institution_id = $1 AND started_at_ms >= $2 AND started_at_ms < $3 \
    AND action NOT IN ('probe', '') AND purpose <> 'endpoint_test'";

/// One row with the sums of the calls of `institution` in `span`; sums of nothing are NULL.
pub(super) async fn calls(
    conn: &mut Conn,
    (institution, (since, until)): (InstitutionId, Span),
    without: &Blocked,
) -> Result<Row, DbError> {
    let (subject, value) = without.parts();
    conn.fetch_sum(CALLS, params![institution, since, until, subject, value]).await
}

const REQUESTS: &str = "SELECT route_id, endpoint_id, purpose, action, COUNT(*) AS requests, \
    SUM(failed_over) AS failovers, SUM(unanswered) AS unanswered FROM (\
    SELECT MAX(route_id) AS route_id, \
    CASE WHEN MAX(route_id) IS NULL AND MAX(purpose) = 'direct_call' THEN MAX(endpoint_id) END \
    AS endpoint_id, MAX(purpose) AS purpose, MAX(action) AS action, \
    CASE WHEN SUM(CASE WHEN outcome = 'denied' THEN 0 ELSE 1 END) > 1 THEN 1 ELSE 0 END \
    AS failed_over, \
    CASE WHEN SUM(CASE WHEN outcome = 'denied' THEN 0 ELSE 1 END) > 0 AND \
    SUM(CASE WHEN outcome IN ('failed', 'denied', 'unknown') THEN 0 ELSE 1 END) = 0 \
    THEN 1 ELSE 0 END AS unanswered \
    FROM model_call WHERE institution_id = $1 AND started_at_ms >= $2 AND started_at_ms < $3 \
    AND action NOT IN ('probe', '') AND purpose <> 'endpoint_test' \
    GROUP BY request_act_id) AS request GROUP BY route_id, endpoint_id, purpose, action";

/// The requests of `institution` in `span` by way.
pub(super) async fn requests(
    conn: &mut Conn,
    institution: InstitutionId,
    (since, until): Span,
) -> Result<Vec<WayRequests>, DbError> {
    let rows = conn.fetch_all(REQUESTS, params![institution, since, until]).await?;
    rows.iter()
        .map(|row| {
            Ok(WayRequests {
                way: way_of(row)?,
                requests: row.get("requests")?,
                failovers: row.get("failovers")?,
                unanswered: row.get("unanswered")?,
                unserved: 0,
            })
        })
        .collect()
}

/// The calls that nothing was left to answer, by way.
pub(super) async fn unserved(
    conn: &mut Conn,
    institution: InstitutionId,
    (since, until): Span,
) -> Result<Vec<WayRequests>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT route_id, endpoint_id, purpose, action, COUNT(*) AS unserved FROM unserved_call \
             WHERE institution_id = $1 AND at_ms >= $2 AND at_ms < $3 \
             GROUP BY route_id, endpoint_id, purpose, action",
            params![institution, since, until],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (way, unserved) = (way_of(row)?, row.get("unserved")?);
            Ok(WayRequests { way, requests: 0, failovers: 0, unanswered: 0, unserved })
        })
        .collect()
}

/// Notes a call that nothing was left to answer.
pub(super) async fn insert_unserved(
    conn: &mut Conn,
    (id, institution, at): (ActId, InstitutionId, Timestamp),
    (route, endpoint): (Option<RouteId>, Option<EndpointId>),
    (purpose, action): (Purpose, Action),
) -> Result<(), DbError> {
    conn.execute_one(
        "INSERT INTO unserved_call (unserved_id, institution_id, at_ms, route_id, endpoint_id, \
         purpose, action) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![id, institution, at, route, endpoint, purpose.as_str(), action.as_str()],
    )
    .await
}

/// How long answered requests to chat models took, until `whole` or until their first content: how
/// many there are, and the one at a place.
macro_rules! waits {
    ($what:literal) => {
        concat!(
            "FROM (SELECT MAX(CASE WHEN outcome = 'completed' THEN started_at_ms + ",
            $what,
            " END) - MIN(started_at_ms) AS waited_ms FROM model_call WHERE institution_id = $1 \
             AND started_at_ms >= $2 AND started_at_ms < $3 AND action = 'chat' \
             AND purpose <> 'endpoint_test' AND (outcome IS NULL OR outcome <> 'denied') \
             GROUP BY request_act_id) AS request WHERE waited_ms IS NOT NULL"
        )
    };
}

/// Until what a wait is measured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    /// The whole answer.
    Whole,
    /// Its first content.
    First,
}

impl Wait {
    fn count(self) -> &'static str {
        match self {
            Self::Whole => concat!("SELECT COUNT(*) AS answers ", waits!("took_ms")),
            Self::First => concat!("SELECT COUNT(*) AS answers ", waits!("first_ms")),
        }
    }

    fn at_place(self) -> &'static str {
        match self {
            Self::Whole => concat!(
                "SELECT waited_ms ",
                waits!("took_ms"),
                " ORDER BY waited_ms LIMIT 1 OFFSET $4"
            ),
            Self::First => concat!(
                "SELECT waited_ms ",
                waits!("first_ms"),
                " ORDER BY waited_ms LIMIT 1 OFFSET $4"
            ),
        }
    }
}

/// The waits at the `percentiles` of `institution` in `span`, by the nearest rank. The database
/// sorts; one number a percentile comes out.
pub(super) async fn waits<const N: usize>(
    conn: &mut Conn,
    (institution, (since, until)): (InstitutionId, Span),
    wait: Wait,
    percentiles: [i64; N],
) -> Result<[Option<i64>; N], DbError> {
    let counted = conn.fetch_sum(wait.count(), params![institution, since, until]).await?;
    let answers: i64 = counted.get("answers")?;
    let mut found = [None; N];
    for (percentile, found) in percentiles.into_iter().zip(&mut found) {
        // The nearest rank: the first place at or above this share of them, counted from zero.
        let place = (answers.saturating_mul(percentile) + 99) / 100 - 1;
        let values = params![institution, since, until, place.max(0)];
        let row = conn.fetch_all(wait.at_place(), values).await?.pop();
        *found = row.map(|row| row.get("waited_ms")).transpose()?;
    }
    Ok(found)
}

/// Adds a drill that begins.
pub(super) async fn insert(conn: &mut Conn, drill: &Drill) -> Result<(), DbError> {
    let (subject, value) = drill.without.parts();
    let values = params![
        drill.id,
        drill.institution,
        drill.block_id,
        subject,
        value,
        drill.reason.as_str(),
        drill.from_ms,
        drill.until_ms,
        drill.start_act_id,
        drill.state == DrillState::Checking,
    ];
    conn.execute_one(
        "INSERT INTO drill (drill_id, institution_id, block_id, subject, value, reason, from_ms, \
         until_ms, start_act_id, checking) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values,
    )
    .await
}

/// Begins `drill` for this span, unless it has begun or ended; says whether it was done now.
pub(super) async fn begin(
    conn: &mut Conn,
    drill: &Drill,
    (from, until): Span,
) -> Result<bool, DbError> {
    let sql = "UPDATE drill SET checking = 0, from_ms = $3, until_ms = $4 WHERE drill_id = $1 \
               AND institution_id = $2 AND checking = 1 AND ended_ms IS NULL";
    let changed = conn.execute(sql, params![drill.id, drill.institution, from, until]).await?;
    Ok(changed > 0)
}

/// Ends `drill`, unless it has ended, or stands elsewhere by now; says whether it was done now.
pub(super) async fn end(conn: &mut Conn, drill: &Drill, report: &str) -> Result<bool, DbError> {
    let changed = conn
        .execute(
            "UPDATE drill SET ended_ms = $3, end_act_id = $4, report = $5, report_sha256 = $6 \
             WHERE drill_id = $1 AND institution_id = $2 AND ended_ms IS NULL AND checking = $7",
            params![
                drill.id,
                drill.institution,
                drill.ended_ms,
                drill.end_act_id,
                report,
                drill.report_sha256.clone(),
                drill.state == DrillState::Checking,
            ],
        )
        .await?;
    Ok(changed > 0)
}

pub(super) async fn by_id(
    conn: &mut Conn,
    institution: InstitutionId,
    id: DrillId,
) -> Result<Option<Drill>, DbError> {
    let sql = "SELECT * FROM drill WHERE institution_id = $1 AND drill_id = $2";
    conn.fetch_optional(sql, params![institution, id]).await?.as_ref().map(read).transpose()
}

/// The drill under way, if there is one.
pub(super) async fn running(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Option<Drill>, DbError> {
    let sql = "SELECT * FROM drill WHERE institution_id = $1 AND ended_ms IS NULL";
    conn.fetch_optional(sql, params![institution]).await?.as_ref().map(read).transpose()
}

/// The drills of `institution` before the id `before`, the newest first, at most `limit`.
pub(super) async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    (before, limit): (Option<String>, i64),
) -> Result<Vec<Drill>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM drill WHERE institution_id = $1 AND drill_id < $2 \
             ORDER BY drill_id DESC LIMIT $3",
            // Every id is below this.
            params![institution, before.unwrap_or_else(|| "g".to_owned()), limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// A time at which the check questions of a drill are asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Round {
    /// Before anything is out of service.
    Before,
    /// While it is.
    During,
}

/// Adds the check questions of `drill`.
pub(super) async fn insert_checks(
    conn: &mut Conn,
    drill: &Drill,
    questions: &[CheckQuestion],
) -> Result<(), DbError> {
    for (number, question) in (0_i64..).zip(questions) {
        conn.execute_one(
            "INSERT INTO drill_check (drill_id, institution_id, number, question) \
             VALUES ($1, $2, $3, $4)",
            params![drill.id, drill.institution, number, json(question)],
        )
        .await?;
    }
    Ok(())
}

/// The check questions of `drill` in their order, with what came of them.
pub(super) async fn checks(conn: &mut Conn, drill: &Drill) -> Result<Vec<CheckResult>, DbError> {
    let sql =
        "SELECT * FROM drill_check WHERE drill_id = $1 AND institution_id = $2 ORDER BY number";
    let rows = conn.fetch_few(sql, params![drill.id, drill.institution]).await?;
    let result = |row: &Row, column: &str| {
        let text: Option<String> = row.get(column)?;
        text.map(|text| parsed(&text, column)).transpose()
    };
    rows.iter()
        .map(|row| {
            Ok(CheckResult {
                question: parsed(&row.get::<String>("question")?, "question")?,
                before: result(row, "before_result")?,
                during: result(row, "during_result")?,
            })
        })
        .collect()
}

/// Notes what came of a question of `drill` in a round, unless that was noted before.
pub(super) async fn note_check(
    conn: &mut Conn,
    drill: &Drill,
    (number, round, answer): (i64, Round, &CheckAnswer),
) -> Result<(), DbError> {
    let sql = match round {
        Round::Before => {
            "UPDATE drill_check SET before_result = $4 WHERE drill_id = $1 AND institution_id = $2 \
             AND number = $3 AND before_result IS NULL"
        }
        Round::During => {
            "UPDATE drill_check SET during_result = $4 WHERE drill_id = $1 AND institution_id = $2 \
             AND number = $3 AND during_result IS NULL"
        }
    };
    conn.execute(sql, params![drill.id, drill.institution, number, json(answer)]).await?;
    Ok(())
}

/// How many results the check questions of `drill` have, and how many they will have.
pub(super) async fn checks_done(conn: &mut Conn, drill: &Drill) -> Result<(i64, i64), DbError> {
    let sql = "SELECT COUNT(before_result) + COUNT(during_result) AS done, 2 * COUNT(*) AS results \
               FROM drill_check WHERE drill_id = $1 AND institution_id = $2";
    let row = conn.fetch_one(sql, params![drill.id, drill.institution]).await?;
    Ok((row.get("done")?, row.get("results")?))
}

/// The public name of the endpoint that answered the request `asked`, made at `since` or later.
pub(super) async fn who_answered(
    conn: &mut Conn,
    institution: InstitutionId,
    (since, asked): (Timestamp, ActId),
) -> Result<Option<String>, DbError> {
    let sql = "SELECT endpoint.public_name FROM model_call JOIN endpoint \
               ON endpoint.endpoint_id = model_call.endpoint_id \
               AND endpoint.institution_id = model_call.institution_id \
               WHERE model_call.institution_id = $1 AND started_at_ms >= $2 \
               AND request_act_id = $3 AND outcome = 'completed'";
    let row = conn.fetch_optional(sql, params![institution, since, asked]).await?;
    row.map(|row| row.get("public_name")).transpose()
}

/// Plain data always serializes.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn parsed<T: DeserializeOwned>(text: &str, column: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|_| inconsistent(column))
}

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}

fn read(row: &Row) -> Result<Drill, DbError> {
    let subject: String = row.get("subject")?;
    let without = Blocked::of_parts(&subject, row.get("value")?);
    let report: Option<String> = row.get("report")?;
    let report = report.map(|text| parsed(&text, "report")).transpose()?;
    let ended_ms: Option<i64> = row.get("ended_ms")?;
    let state = match (ended_ms, row.get("checking")?) {
        (Some(_), _) => DrillState::Ended,
        (None, true) => DrillState::Checking,
        (None, false) => DrillState::Running,
    };
    Ok(Drill {
        id: row.get("drill_id")?,
        institution: row.get("institution_id")?,
        without: without.ok_or_else(|| inconsistent("subject"))?,
        reason: row.get("reason")?,
        state,
        from_ms: row.get("from_ms")?,
        until_ms: row.get("until_ms")?,
        ended_ms,
        block_id: row.get("block_id")?,
        start_act_id: row.get("start_act_id")?,
        end_act_id: row.get("end_act_id")?,
        report,
        report_sha256: row.get("report_sha256")?,
    })
}
