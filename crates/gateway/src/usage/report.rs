//! Traffic as people and programs read it: sums with names, times, faults and a series.

use std::collections::HashMap;

use kaname_kernel::InstitutionId;
use kaname_platform::Conn;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Scope,
    store::{self, GROUPS_MAX, Seen, Stretch, Sums},
    times::{self, Times},
    window::{TrafficBy, Window},
};
use crate::{
    error::Error,
    hours::{self, HOUR_MS, Split},
    routes::store as routes,
    store as endpoints,
};

/// What calls come to together. Each attempt counts: a request that failed over counts twice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrafficLine {
    /// The id or name that they have in common; empty where there is none, and for the total.
    pub key: String,
    /// What people call it; empty where it is gone or has no name.
    pub name: String,
    /// All calls, those that were refused and those under way included.
    pub calls: i64,
    /// Whole answers.
    pub completed: i64,
    /// Calls that the guard did not let pass.
    pub refused: i64,
    /// Calls that failed, broke off, or whose outcome nobody knows.
    pub errors: i64,
    /// Calls that nobody waited for any more.
    pub abandoned: i64,
    /// Calls without an outcome yet.
    pub under_way: i64,
    /// Tokens in, as far as the models said.
    pub input_tokens: i64,
    /// Tokens out, as far as the models said.
    pub output_tokens: i64,
    /// Yen, to six decimals, as far as endpoints have a price.
    pub cost_yen: f64,
    /// Half of the calls took at most this many milliseconds; within 3.2 %.
    pub took_p50_ms: Option<i64>,
    /// 95 of 100 took at most this long; within 3.2 %.
    pub took_p95_ms: Option<i64>,
    /// Half of the answers began within this many milliseconds; within 3.2 %.
    pub first_p50_ms: Option<i64>,
    /// 95 of 100 began within this; within 3.2 %.
    pub first_p95_ms: Option<i64>,
}

/// What went wrong or was refused, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrafficFault {
    /// `failed`, `broken`, `unknown` or `denied`.
    pub outcome: String,
    /// The stable code; for a refusal its reasons, joined by commas; may be empty.
    pub code: String,
    /// How often.
    pub calls: i64,
}

/// What happened in one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrafficPoint {
    /// When the stretch begins.
    pub start_ms: i64,
    /// All calls that began in it.
    pub calls: i64,
    /// Those that were refused.
    pub refused: i64,
    /// Those that went wrong.
    pub errors: i64,
}

/// The calls that are under way now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallsUnderWay {
    /// How many.
    pub calls: i64,
    /// Since when the oldest is.
    pub oldest_started_at_ms: Option<i64>,
}

/// Whose calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrafficScope {
    /// The whole institution's.
    Institution,
    /// Those of the reader's own department; none, if the reader has no department.
    Department,
}

/// The calls that began in a time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrafficReport {
    /// From then on.
    pub since_ms: i64,
    /// Until before then.
    pub until_ms: i64,
    /// What the groups are.
    pub by: TrafficBy,
    /// Whose calls.
    pub scope: TrafficScope,
    /// All of them together.
    pub total: TrafficLine,
    /// What is under way now, whenever it began.
    pub under_way: CallsUnderWay,
    /// At most 50 groups, those with the most calls first.
    pub groups: Vec<TrafficLine>,
    /// Whether there are more groups.
    pub more_groups: bool,
    /// At most 50 kinds of faults, the most frequent first.
    pub faults: Vec<TrafficFault>,
    /// How long one point lasts.
    pub point_ms: i64,
    /// At most 120 points without gaps.
    pub points: Vec<TrafficPoint>,
}

/// Reads the traffic of `whose` in `window`, from one state of the records.
pub(crate) async fn read(
    conn: &mut Conn,
    (institution, scope): (InstitutionId, Scope),
    window: Window,
) -> Result<TrafficReport, Error> {
    let kept_from = hours::kept_from(conn, institution).await?;
    let split = Split::by_hour((window.since_ms, window.until_ms), kept_from);
    let seen = Seen { institution, scope, split };
    let mut groups = store::sums(conn, &seen, window.by).await?;
    let most = usize::try_from(GROUPS_MAX).unwrap_or(usize::MAX);
    let more_groups = groups.len() > most;
    groups.truncate(most);
    let keys = groups.iter().map(|sums| sums.key.as_str());
    let times = times::read(conn, &seen, (window.by, keys)).await?;
    // Where the groups are all there, their sum is the whole, and the database is spared a look.
    let total =
        if more_groups { store::total(conn, &seen).await? } else { Sums::together(&groups) };
    let names = names(conn, institution, window.by).await?;
    let (calls, oldest_started_at_ms) = store::under_way(conn, &seen).await?;
    let faults = store::faults(conn, &seen).await?;
    let (point_ms, points) = series(conn, &seen, (window, kept_from)).await?;
    let named = |sums: Sums| {
        let name = names.get(&sums.key).cloned().unwrap_or_default();
        let times = times.of(&sums.key);
        line(sums, name, times)
    };
    Ok(TrafficReport {
        since_ms: window.since_ms,
        until_ms: window.until_ms,
        by: window.by,
        scope: match scope {
            Scope::Institution => TrafficScope::Institution,
            Scope::Department(_) | Scope::Nothing => TrafficScope::Department,
        },
        total: line(total, String::new(), &times.whole),
        under_way: CallsUnderWay { calls, oldest_started_at_ms },
        groups: groups.into_iter().map(named).collect(),
        more_groups,
        faults: faults
            .into_iter()
            .map(|(outcome, code, calls)| TrafficFault { outcome, code, calls })
            .collect(),
        point_ms,
        points,
    })
}

fn line(sums: Sums, name: String, times: &Times) -> TrafficLine {
    TrafficLine {
        name,
        calls: sums.calls,
        completed: sums.completed,
        refused: sums.refused,
        errors: sums.errors,
        abandoned: sums.abandoned,
        under_way: sums.under_way,
        input_tokens: sums.input_tokens,
        output_tokens: sums.output_tokens,
        cost_yen: yen(sums.cost_micro_yen),
        took_p50_ms: times.took.percentile(50),
        took_p95_ms: times.took.percentile(95),
        first_p50_ms: times.first.percentile(50),
        first_p95_ms: times.first.percentile(95),
        key: sums.key,
    }
}

/// The series of `window`, and how long one of its points lasts: an hour at least where single calls
/// are gone.
async fn series(
    conn: &mut Conn,
    seen: &Seen,
    (window, kept_from): (Window, i64),
) -> Result<(i64, Vec<TrafficPoint>), Error> {
    let narrowest_ms = if window.since_ms < kept_from { HOUR_MS } else { 0 };
    let point_ms = window.width_ms(narrowest_ms);
    let first_ms = window.first_ms(point_ms);
    // A point shorter than an hour is made of single calls.
    let by_call = Split::by_call((window.since_ms, window.until_ms));
    let seen = Seen { split: if point_ms < HOUR_MS { by_call } else { seen.split }, ..*seen };
    let stretches = store::series(conn, &seen, (first_ms, point_ms)).await?;
    Ok((point_ms, points(&stretches, (first_ms, point_ms), window.points(point_ms))))
}

/// Names by id, where the dimension has ids.
async fn names(
    conn: &mut Conn,
    institution: InstitutionId,
    by: TrafficBy,
) -> Result<HashMap<String, String>, Error> {
    Ok(match by {
        TrafficBy::Department => store::departments(conn, institution).await?,
        TrafficBy::Endpoint => {
            let all = endpoints::all(conn, institution).await?;
            all.into_iter().map(|one| (one.id.to_string(), one.name)).collect()
        }
        TrafficBy::Route => {
            let all = routes::all(conn, institution).await?;
            all.into_iter().map(|one| (one.id.to_string(), one.name)).collect()
        }
        _ => HashMap::new(),
    })
}

/// `count` points without gaps.
fn points(found: &[Stretch], (first_ms, width_ms): (i64, i64), count: i64) -> Vec<TrafficPoint> {
    let by_number: HashMap<i64, &Stretch> = found.iter().map(|one| (one.number, one)).collect();
    (0..count)
        .map(|number| {
            let found = by_number.get(&number);
            TrafficPoint {
                start_ms: first_ms.saturating_add(number.saturating_mul(width_ms)),
                calls: found.map_or(0, |one| one.calls),
                refused: found.map_or(0, |one| one.refused),
                errors: found.map_or(0, |one| one.errors),
            }
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "exact below nine thousand million yen")]
fn yen(micro: i64) -> f64 {
    micro as f64 / 1_000_000.0
}
