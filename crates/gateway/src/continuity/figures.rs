//! The figures of a span and the report of a drill, put together from what the database summed up.

use std::collections::BTreeMap;

use kaname_kernel::InstitutionId;
use kaname_platform::{
    DbError,
    db::{Conn, Row},
};

use super::{
    checks::Checks,
    concentration::share,
    drill::{Drill, DrillState, Figures, Latency, Report, WithoutAnswer},
    store::{self, Span, Wait},
    ways::WayKind,
};
use crate::{block::Blocked, routes::store as routes, store as endpoints};

/// Most ways that a report lists.
const WAYS_MAX: usize = 50;
/// What no figure here tells besides the quality of answers: whether they stopped at their longest, and
/// how often the program quoted where it could have had an answer written.
const NOT_MEASURED: [&str; 2] = ["length_stops", "quoted_instead"];

/// Requests of one way in a span.
#[derive(Debug, Clone)]
pub(super) struct WayRequests {
    pub(super) way: (WayKind, String),
    pub(super) requests: i64,
    pub(super) failovers: i64,
    pub(super) unanswered: i64,
    pub(super) unserved: i64,
}

/// The report of `drill` as if it ended at `to_ms`. While its questions are asked first, there is no
/// time in which anything was out of service.
pub(super) async fn report(
    conn: &mut Conn,
    drill: &Drill,
    (to_ms, is_final): (i64, bool),
) -> Result<Report, DbError> {
    let (institution, without) = (drill.institution, &drill.without);
    let checking = drill.state == DrillState::Checking;
    let from_ms = if checking { to_ms } else { drill.from_ms };
    let to_ms = to_ms.max(from_ms);
    let length = to_ms.saturating_sub(from_ms);
    let (during, ways) = span(conn, (institution, (from_ms, to_ms)), without).await?;
    let earlier = (from_ms.saturating_sub(length), from_ms);
    let (before, _) = span(conn, (institution, earlier), without).await?;
    let without_answer = without_answer(conn, institution, ways).await?;
    let checks = Checks::of(store::checks(conn, drill).await?);
    let quality = if checks.is_some() { "unchecked_quality" } else { "answer_quality" };
    let not_measured = [quality].into_iter().chain(NOT_MEASURED).map(str::to_owned).collect();
    Ok(Report { from_ms, to_ms, is_final, during, before, without_answer, checks, not_measured })
}

/// The figures of a span, and its requests by way.
async fn span(
    conn: &mut Conn,
    at: (InstitutionId, Span),
    without: &Blocked,
) -> Result<(Figures, Vec<WayRequests>), DbError> {
    let calls = store::calls(conn, at, without).await?;
    let mut ways = store::requests(conn, at.0, at.1).await?;
    ways.extend(store::unserved(conn, at.0, at.1).await?);
    let [whole_p50_ms, whole_p95_ms] = store::waits(conn, at, Wait::Whole, [50, 95]).await?;
    let [first_p50_ms, first_p95_ms] = store::waits(conn, at, Wait::First, [50, 95]).await?;
    let latency = Latency { whole_p50_ms, whole_p95_ms, first_p50_ms, first_p95_ms };
    Ok((figures(&calls, &ways, latency)?, ways))
}

fn figures(calls: &Row, ways: &[WayRequests], latency: Latency) -> Result<Figures, DbError> {
    let sum = |name: &str| Ok::<_, DbError>(calls.get::<Option<i64>>(name)?.unwrap_or_default());
    let over = |of: fn(&WayRequests) -> i64| ways.iter().map(of).sum::<i64>();
    let (completed, broken) = (sum("completed")?, sum("broken")?);
    let ended = completed + broken + sum("failed")? + sum("abandoned")? + sum("unknown")?;
    Ok(Figures {
        requests: over(|way| way.requests),
        calls: sum("calls")?,
        completed,
        failed: sum("failed")?,
        broken,
        abandoned: sum("abandoned")?,
        unknown: sum("unknown")?,
        under_way: sum("under_way")?,
        denied: sum("denied")?,
        failovers: over(|way| way.failovers),
        unanswered: over(|way| way.unanswered),
        unserved: over(|way| way.unserved),
        to_subject: sum("to_subject")?,
        prompt_tokens: sum("prompt_tokens")?,
        completion_tokens: sum("completion_tokens")?,
        cost_micro_yen: sum("cost_micro_yen")?,
        completed_share: share(completed, ended),
        broken_share: share(broken, ended),
        answer_tokens_mean: sum("answer_tokens")?.checked_div(sum("answers_told")?),
        latency,
    })
}

/// The ways that left requests without an answer, by the names that they have now.
async fn without_answer(
    conn: &mut Conn,
    institution: InstitutionId,
    ways: Vec<WayRequests>,
) -> Result<Vec<WithoutAnswer>, DbError> {
    let mut sums: BTreeMap<(WayKind, String), WayRequests> = BTreeMap::new();
    for one in ways {
        let sum = sums.entry(one.way.clone()).or_insert_with(|| WayRequests {
            requests: 0,
            failovers: 0,
            unanswered: 0,
            unserved: 0,
            ..one.clone()
        });
        sum.requests += one.requests;
        sum.unanswered += one.unanswered;
        sum.unserved += one.unserved;
    }
    let mut lost: Vec<WayRequests> =
        sums.into_values().filter(|way| way.unanswered + way.unserved > 0).collect();
    lost.sort_by_key(|way| std::cmp::Reverse(way.unanswered + way.unserved));
    lost.truncate(WAYS_MAX);
    let mut named = Vec::with_capacity(lost.len());
    for way in lost {
        let (kind, id) = way.way;
        named.push(WithoutAnswer {
            public_name: name_of(conn, institution, (kind, &id)).await?,
            kind,
            id,
            requests: way.requests,
            unanswered: way.unanswered,
            unserved: way.unserved,
        });
    }
    Ok(named)
}

async fn name_of(
    conn: &mut Conn,
    institution: InstitutionId,
    (kind, id): (WayKind, &str),
) -> Result<String, DbError> {
    let name = match kind {
        WayKind::Route => match id.parse() {
            Ok(id) => routes::by_id(conn, institution, id).await?.map(|route| route.public_name),
            Err(_) => None,
        },
        WayKind::Endpoint => match id.parse() {
            Ok(id) => endpoints::by_id(conn, institution, id).await?.map(|found| found.public_name),
            Err(_) => None,
        },
        WayKind::OwnUse => Some(id.to_owned()),
    };
    Ok(name.unwrap_or_default())
}
