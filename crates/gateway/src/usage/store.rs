//! The sums, as the database makes them. Private to the slice.
//!
//! One text serves every dimension: `$4` names it. A row is a call; one without an outcome is under
//! way. Names of departments are read from identity's table, as budgets do.

use std::collections::HashMap;

use kaname_kernel::InstitutionId;
use kaname_platform::{
    Conn, DbError,
    db::{Row, Value},
    params,
};

use super::{Scope, buckets::Counts, window::Window};

/// Most groups that are told apart.
pub(crate) const GROUPS_MAX: i64 = 50;
/// Most kinds of faults that are told.
const FAULTS_MAX: i64 = 50;

/// The calls inside the window that may be seen.
macro_rules! within {
    () => {
        "institution_id = $1 AND started_at_ms >= $2 AND started_at_ms < $3 \
         AND ($5 = '' OR department_id = $5)"
    };
}

/// What a call is counted under.
macro_rules! key {
    () => {
        "CASE $4 WHEN 'department' THEN COALESCE(department_id, '') \
         WHEN 'app' THEN COALESCE(app, '') WHEN 'model' THEN model \
         WHEN 'endpoint' THEN COALESCE(endpoint_id, '') WHEN 'route' THEN COALESCE(route_id, '') \
         WHEN 'vendor' THEN vendor WHEN 'purpose' THEN purpose \
         WHEN 'outcome' THEN COALESCE(outcome, 'under_way') ELSE '' END"
    };
}

/// What calls come to together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) key: String,
    pub(crate) calls: i64,
    pub(crate) completed: i64,
    pub(crate) refused: i64,
    pub(crate) errors: i64,
    pub(crate) abandoned: i64,
    pub(crate) under_way: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cost_micro_yen: i64,
}

const SUMS: &str = concat!(
    "SELECT key, COUNT(*) AS calls, \
     COUNT(CASE WHEN outcome = 'completed' THEN 1 END) AS completed, \
     COUNT(CASE WHEN outcome = 'denied' THEN 1 END) AS refused, \
     COUNT(CASE WHEN outcome IN ('failed', 'broken', 'unknown') THEN 1 END) AS errors, \
     COUNT(CASE WHEN outcome = 'abandoned' THEN 1 END) AS abandoned, \
     COUNT(CASE WHEN outcome IS NULL THEN 1 END) AS under_way, \
     CAST(COALESCE(SUM(prompt_tokens), 0) AS BIGINT) AS input_tokens, \
     CAST(COALESCE(SUM(completion_tokens), 0) AS BIGINT) AS output_tokens, \
     CAST(COALESCE(SUM(cost_micro_yen), 0) AS BIGINT) AS cost_micro_yen \
     FROM (SELECT ",
    key!(),
    " AS key, outcome, prompt_tokens, completion_tokens, cost_micro_yen FROM model_call WHERE ",
    within!(),
    ") AS seen GROUP BY key ORDER BY calls DESC, key LIMIT $6"
);

/// The largest groups first, one more than are told apart if there are that many.
pub(crate) async fn sums(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
    window: Window,
) -> Result<Vec<Sums>, DbError> {
    let mut values = bound(whose, window, window.by.as_str());
    values.extend(params![GROUPS_MAX + 1]);
    let rows = conn.fetch_all(SUMS, values).await?;
    rows.iter().map(sums_of).collect()
}

/// All groups together; zeroes where nothing was called.
pub(crate) async fn total(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
    window: Window,
) -> Result<Sums, DbError> {
    let mut values = bound(whose, window, "");
    values.extend(params![1_i64]);
    let row = conn.fetch_all(SUMS, values).await?.pop();
    row.as_ref().map_or_else(|| Ok(Sums::default()), sums_of)
}

/// Which of a call's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// Until its end.
    Took,
    /// Until the first of the answer.
    First,
}

// The same buckets as in `buckets.rs`: whole numbers rounded down to five significant bits.
macro_rules! times {
    () => {
        concat!(
            "SELECT key, CASE WHEN ms < 32 THEN ms WHEN ms < 64 THEN ms - ms % 2 \
             WHEN ms < 128 THEN ms - ms % 4 WHEN ms < 256 THEN ms - ms % 8 \
             WHEN ms < 512 THEN ms - ms % 16 WHEN ms < 1024 THEN ms - ms % 32 \
             WHEN ms < 2048 THEN ms - ms % 64 WHEN ms < 4096 THEN ms - ms % 128 \
             WHEN ms < 8192 THEN ms - ms % 256 WHEN ms < 16384 THEN ms - ms % 512 \
             WHEN ms < 32768 THEN ms - ms % 1024 WHEN ms < 65536 THEN ms - ms % 2048 \
             WHEN ms < 131072 THEN ms - ms % 4096 WHEN ms < 262144 THEN ms - ms % 8192 \
             WHEN ms < 524288 THEN ms - ms % 16384 WHEN ms < 1048576 THEN ms - ms % 32768 \
             ELSE ms - ms % 65536 END AS low, COUNT(*) AS calls FROM (SELECT ",
            key!(),
            " AS key, CASE $6 WHEN 'first' THEN first_ms ELSE took_ms END AS ms \
             FROM model_call WHERE ",
            within!(),
            " AND outcome <> 'denied') AS seen WHERE ms IS NOT NULL"
        )
    };
}

const TIMES: &str = concat!(times!(), " GROUP BY 1, 2");

const TIMES_OF_LARGEST: &str = concat!(
    times!(),
    " AND key IN (SELECT key FROM (SELECT ",
    key!(),
    " AS key FROM model_call WHERE ",
    within!(),
    ") AS all_seen GROUP BY key ORDER BY COUNT(*) DESC, key LIMIT $7) GROUP BY 1, 2"
);

/// Whose times are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Those of every group.
    Every,
    /// Those of the largest groups, where there are more than are told apart.
    Largest,
    /// Those of all calls together.
    Together,
}

/// How often each bucket of `time` was met, by group.
///
/// A call that was refused took no time, and one that was lost has none.
pub(crate) async fn times(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
    (window, whom): (Window, Whom),
    time: Time,
) -> Result<HashMap<String, Counts>, DbError> {
    let by = if whom == Whom::Together { "" } else { window.by.as_str() };
    let mut values = bound(whose, window, by);
    let which = if time == Time::First { "first" } else { "took" };
    values.extend(params![which]);
    if whom == Whom::Largest {
        values.extend(params![GROUPS_MAX]);
    }
    let sql = if whom == Whom::Largest { TIMES_OF_LARGEST } else { TIMES };
    let mut found: HashMap<String, Counts> = HashMap::new();
    for row in conn.fetch_all(sql, values).await? {
        let counts = found.entry(row.get("key")?).or_default();
        counts.add(row.get("low")?, row.get("calls")?);
    }
    Ok(found)
}

/// What happened in one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) number: i64,
    pub(crate) calls: i64,
    pub(crate) refused: i64,
    pub(crate) errors: i64,
}

const SERIES: &str = concat!(
    "SELECT number, COUNT(*) AS calls, \
     COUNT(CASE WHEN outcome = 'denied' THEN 1 END) AS refused, \
     COUNT(CASE WHEN outcome IN ('failed', 'broken', 'unknown') THEN 1 END) AS errors \
     FROM (SELECT (started_at_ms - $4) / $6 AS number, outcome FROM model_call WHERE ",
    within!(),
    ") AS seen GROUP BY number ORDER BY number"
);

/// The stretches of `width_ms` from `first_ms` on in which anything was called.
pub(crate) async fn series(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
    window: Window,
    (first_ms, width_ms): (i64, i64),
) -> Result<Vec<Stretch>, DbError> {
    let (institution, department) = seen_by(whose);
    let (since, until) = (window.since_ms, window.until_ms);
    let values = params![institution, since, until, first_ms, department, width_ms];
    let rows = conn.fetch_all(SERIES, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Stretch {
                number: row.get("number")?,
                calls: row.get("calls")?,
                refused: row.get("refused")?,
                errors: row.get("errors")?,
            })
        })
        .collect()
}

const FAULTS: &str = concat!(
    "SELECT outcome, COALESCE(code, '') AS code, COUNT(*) AS calls FROM model_call WHERE ",
    within!(),
    " AND outcome IN ('failed', 'broken', 'unknown', 'denied') \
     GROUP BY outcome, code ORDER BY calls DESC, outcome, code LIMIT $4"
);

/// What went wrong or was refused, and how often: outcome, code, calls.
pub(crate) async fn faults(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
    window: Window,
) -> Result<Vec<(String, String, i64)>, DbError> {
    let (institution, department) = seen_by(whose);
    let (since, until) = (window.since_ms, window.until_ms);
    let values = params![institution, since, until, FAULTS_MAX, department];
    let rows = conn.fetch_all(FAULTS, values).await?;
    rows.iter().map(|row| Ok((row.get("outcome")?, row.get("code")?, row.get("calls")?))).collect()
}

/// How many calls are under way now, whenever they began, and since when the oldest is.
pub(crate) async fn under_way(
    conn: &mut Conn,
    whose: (InstitutionId, Scope),
) -> Result<(i64, Option<i64>), DbError> {
    let (institution, department) = seen_by(whose);
    let row = conn
        .fetch_one(
            "SELECT COUNT(*) AS calls, MIN(started_at_ms) AS oldest FROM model_call \
             WHERE institution_id = $1 AND outcome IS NULL AND ($2 = '' OR department_id = $2)",
            params![institution, department],
        )
        .await?;
    Ok((row.get("calls")?, row.get("oldest")?))
}

/// The names of departments by their ids.
pub(crate) async fn departments(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<HashMap<String, String>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT department_id, name FROM department WHERE institution_id = $1",
            params![institution],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("department_id")?, row.get("name")?))).collect()
}

/// The values of `within!` and `key!`.
fn bound(whose: (InstitutionId, Scope), window: Window, by: &'static str) -> Vec<Value> {
    let (institution, department) = seen_by(whose);
    params![institution, window.since_ms, window.until_ms, by, department]
}

impl Sums {
    /// `groups` together.
    pub(crate) fn together(groups: &[Self]) -> Self {
        groups.iter().fold(Self::default(), |all, one| Self {
            key: String::new(),
            calls: all.calls + one.calls,
            completed: all.completed + one.completed,
            refused: all.refused + one.refused,
            errors: all.errors + one.errors,
            abandoned: all.abandoned + one.abandoned,
            under_way: all.under_way + one.under_way,
            input_tokens: all.input_tokens.saturating_add(one.input_tokens),
            output_tokens: all.output_tokens.saturating_add(one.output_tokens),
            cost_micro_yen: all.cost_micro_yen.saturating_add(one.cost_micro_yen),
        })
    }
}

fn seen_by((institution, scope): (InstitutionId, Scope)) -> (InstitutionId, String) {
    match scope {
        Scope::Institution => (institution, String::new()),
        Scope::Department(id) => (institution, id.to_string()),
        // No department has this id; an empty text would mean all of them.
        Scope::Nothing => (institution, "none".to_owned()),
    }
}

fn sums_of(row: &Row) -> Result<Sums, DbError> {
    Ok(Sums {
        key: row.get("key")?,
        calls: row.get("calls")?,
        completed: row.get("completed")?,
        refused: row.get("refused")?,
        errors: row.get("errors")?,
        abandoned: row.get("abandoned")?,
        under_way: row.get("under_way")?,
        input_tokens: row.get("input_tokens")?,
        output_tokens: row.get("output_tokens")?,
        cost_micro_yen: row.get("cost_micro_yen")?,
    })
}
