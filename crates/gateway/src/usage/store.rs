//! The sums, as the database makes them. Private to the slice.
//!
//! One text serves every dimension: `$10` names it. A row of `counted!` is a call or a line of calls
//! that are alike; one without an outcome is under way. Names of departments are read from identity's
//! table, as budgets do.

use std::collections::HashMap;

use kaname_kernel::InstitutionId;
use kaname_platform::{
    Conn, DbError,
    db::{Row, Value},
    params,
};

use super::{Scope, window::TrafficBy};
use crate::hours::{Split, counted};

/// Most groups that are told apart.
pub(crate) const GROUPS_MAX: i64 = 50;
/// Most kinds of faults that are told.
const FAULTS_MAX: i64 = 50;

/// What a call is counted under, where the value `$by` names the dimension.
macro_rules! key {
    ($by:literal) => {
        concat!(
            "CASE ",
            $by,
            " WHEN 'department' THEN COALESCE(department_id, '') \
             WHEN 'app' THEN COALESCE(app, '') WHEN 'model' THEN model \
             WHEN 'endpoint' THEN COALESCE(endpoint_id, '') \
             WHEN 'route' THEN COALESCE(route_id, '') WHEN 'vendor' THEN vendor \
             WHEN 'purpose' THEN purpose WHEN 'outcome' THEN COALESCE(outcome, 'under_way') \
             ELSE '' END"
        )
    };
}
pub(super) use key;

/// Whose calls are looked at, and where those of the time are read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) institution: InstitutionId,
    pub(crate) scope: Scope,
    pub(crate) split: Split,
}

impl Seen {
    /// The values of `counted!`, and as `$9` the department; all of them where it is empty.
    pub(super) fn bind(&self) -> Vec<Value> {
        let mut values = self.split.bind(self.institution);
        values.extend(params![self.department()]);
        values
    }

    /// The department alone.
    pub(super) fn department(&self) -> String {
        match self.scope {
            Scope::Institution => String::new(),
            Scope::Department(id) => id.to_string(),
            // No department has this id; an empty text would mean all of them.
            Scope::Nothing => "none".to_owned(),
        }
    }
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
    "SELECT key, CAST(SUM(calls) AS BIGINT) AS calls, \
     CAST(SUM(CASE WHEN outcome = 'completed' THEN calls ELSE 0 END) AS BIGINT) AS completed, \
     CAST(SUM(CASE WHEN outcome = 'denied' THEN calls ELSE 0 END) AS BIGINT) AS refused, \
     CAST(SUM(CASE WHEN outcome IN ('failed', 'broken', 'unknown') THEN calls ELSE 0 END) AS BIGINT) \
     AS errors, \
     CAST(SUM(CASE WHEN outcome = 'abandoned' THEN calls ELSE 0 END) AS BIGINT) AS abandoned, \
     CAST(SUM(CASE WHEN outcome IS NULL THEN calls ELSE 0 END) AS BIGINT) AS under_way, \
     CAST(SUM(prompt_tokens) AS BIGINT) AS input_tokens, \
     CAST(SUM(completion_tokens) AS BIGINT) AS output_tokens, \
     CAST(SUM(cost_micro_yen) AS BIGINT) AS cost_micro_yen FROM (SELECT ",
    key!("$10"),
    " AS key, outcome, calls, prompt_tokens, completion_tokens, cost_micro_yen FROM ",
    counted!(),
    "WHERE $9 = '' OR department_id = $9) AS seen GROUP BY key ORDER BY 2 DESC, 1 LIMIT $11"
);

/// The largest groups first, one more than are told apart if there are that many.
pub(crate) async fn sums(
    conn: &mut Conn,
    seen: &Seen,
    by: TrafficBy,
) -> Result<Vec<Sums>, DbError> {
    let mut values = seen.bind();
    values.extend(params![by.as_str(), GROUPS_MAX + 1]);
    let rows = conn.fetch_all(SUMS, values).await?;
    rows.iter().map(sums_of).collect()
}

/// All groups together; zeroes where nothing was called.
pub(crate) async fn total(conn: &mut Conn, seen: &Seen) -> Result<Sums, DbError> {
    let mut values = seen.bind();
    values.extend(params!["", 1_i64]);
    let row = conn.fetch_all(SUMS, values).await?.pop();
    row.as_ref().map_or_else(|| Ok(Sums::default()), sums_of)
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
    "SELECT number, CAST(SUM(calls) AS BIGINT) AS calls, \
     CAST(SUM(CASE WHEN outcome = 'denied' THEN calls ELSE 0 END) AS BIGINT) AS refused, \
     CAST(SUM(CASE WHEN outcome IN ('failed', 'broken', 'unknown') THEN calls ELSE 0 END) AS BIGINT) \
     AS errors FROM (SELECT (at_ms - $10) / $11 AS number, outcome, calls FROM ",
    counted!(),
    "WHERE $9 = '' OR department_id = $9) AS seen GROUP BY number ORDER BY number"
);

/// The stretches of `width_ms` from `first_ms` on in which anything was called. They are whole hours
/// where hours are read whole.
pub(crate) async fn series(
    conn: &mut Conn,
    seen: &Seen,
    (first_ms, width_ms): (i64, i64),
) -> Result<Vec<Stretch>, DbError> {
    let mut values = seen.bind();
    values.extend(params![first_ms, width_ms]);
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
    "SELECT outcome, told AS code, CAST(SUM(calls) AS BIGINT) AS calls \
     FROM (SELECT outcome, COALESCE(code, '') AS told, calls FROM ",
    counted!(),
    "WHERE ($9 = '' OR department_id = $9) \
     AND outcome IN ('failed', 'broken', 'unknown', 'denied')) AS seen \
     GROUP BY outcome, told ORDER BY 3 DESC, outcome, told LIMIT $10"
);

/// What went wrong or was refused, and how often: outcome, code, calls.
pub(crate) async fn faults(
    conn: &mut Conn,
    seen: &Seen,
) -> Result<Vec<(String, String, i64)>, DbError> {
    let mut values = seen.bind();
    values.extend(params![FAULTS_MAX]);
    let rows = conn.fetch_all(FAULTS, values).await?;
    rows.iter().map(|row| Ok((row.get("outcome")?, row.get("code")?, row.get("calls")?))).collect()
}

/// How many calls are under way now, whenever they began, and since when the oldest is.
pub(crate) async fn under_way(conn: &mut Conn, seen: &Seen) -> Result<(i64, Option<i64>), DbError> {
    let row = conn
        .fetch_one(
            "SELECT COUNT(*) AS calls, MIN(started_at_ms) AS oldest FROM model_call \
             WHERE institution_id = $1 AND outcome IS NULL AND ($2 = '' OR department_id = $2)",
            params![seen.institution, seen.department()],
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
