//! The row of each call of a model: what it is counted by, and what came of it.
//!
//! It is written in the transactions that record the attempt and its outcome, so that the sums never
//! disagree with the ledger. It holds no content. A row without an outcome is a call under way.

use kaname_kernel::{ActId, Actor, InstitutionId, Label, Timestamp};
use kaname_platform::{DbError, Tx, params};

use crate::{
    attempt::{Outcome, Usage},
    budgets::{Spent, SubjectKind},
    request::{Caller, Request},
};

/// A call whose process ended before its outcome.
pub(crate) struct Lost {
    pub(crate) attempt: ActId,
    pub(crate) request: ActId,
    pub(crate) institution: InstitutionId,
    pub(crate) label: Label,
}

/// How long a call took, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    /// Until the first of the answer, if any came.
    pub(crate) first_ms: Option<i64>,
    /// Until its end.
    pub(crate) took_ms: i64,
}

/// Notes the call that the attempt `act` makes for `request`, which the act `asked` recorded.
pub(crate) async fn begin(
    tx: &mut Tx,
    request: &Request,
    (asked, act): (ActId, ActId),
    now: Timestamp,
) -> Result<(), DbError> {
    insert(tx, request, (asked, act), now, None).await
}

/// Notes that the decision `act` refused `request` for `reasons`.
pub(crate) async fn refused(
    tx: &mut Tx,
    request: &Request,
    (asked, act): (ActId, ActId),
    now: Timestamp,
    reasons: String,
) -> Result<(), DbError> {
    insert(tx, request, (asked, act), now, Some(reasons)).await
}

async fn insert(
    tx: &mut Tx,
    request: &Request,
    (asked, act): (ActId, ActId),
    now: Timestamp,
    refused: Option<String>,
) -> Result<(), DbError> {
    let (place, origin) = (&request.place, &request.place.origin);
    let [user, key, department] = who(&request.caller);
    let app = request.within.iter().find(|subject| subject.kind == SubjectKind::App);
    let outcome = refused.as_ref().map(|_| "denied");
    let took = refused.as_ref().map(|_| 0_i64);
    let values = params![
        act,
        request.caller.institution(),
        asked,
        now,
        &request.label,
        request.purpose.as_str(),
        request.action.as_str(),
        request.route,
        place.endpoint,
        place.model.as_str(),
        origin.vendor.as_str(),
        origin.operator_country.as_str(),
        origin.hosting_country.as_str(),
        origin.open_weights,
        user,
        key,
        department,
        app.map(|app| app.id.clone()),
        outcome,
        refused,
        took,
    ];
    tx.execute_one(
        "INSERT INTO model_call (act_id, institution_id, request_act_id, started_at_ms, label, \
         purpose, action, route_id, endpoint_id, model, vendor, operator_country, hosting_country, \
         open_weights, user_id, key_id, department_id, app, outcome, code, took_ms) VALUES \
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
         $21)",
        values,
    )
    .await
}

/// Person, key and department of `caller`.
fn who(caller: &Caller) -> [Option<String>; 3] {
    let Caller::Person(person) = caller else { return [None, None, None] };
    let key = match &person.actor {
        Actor::Key { id, .. } => Some(id.to_string()),
        _ => None,
    };
    [Some(person.user.to_string()), key, person.department.map(|id| id.to_string())]
}

/// Notes how the call of the attempt `act` ended.
///
/// # Errors
///
/// Also when it has ended before: a call has one outcome.
pub(crate) async fn end(
    tx: &mut Tx,
    act: ActId,
    outcome: &Outcome,
    (spent, times): (&Spent, Times),
) -> Result<(), DbError> {
    let Usage { prompt_tokens, completion_tokens, .. } = outcome.usage;
    tx.execute_one(
        "UPDATE model_call SET outcome = $2, code = $3, prompt_tokens = $4, completion_tokens = $5, \
         cost_micro_yen = $6, first_ms = $7, took_ms = $8, cached = $9 WHERE act_id = $1 AND outcome IS NULL",
        params![
            act,
            outcome.kind.as_str(),
            outcome.code,
            prompt_tokens.map(number),
            completion_tokens.map(number),
            spent.money().map(number),
            times.first_ms,
            times.took_ms,
            outcome.cached,
        ],
    )
    .await
}

/// Ends every call that began before `before` and has no outcome: nobody knows what came of it.
pub(crate) async fn lost(tx: &mut Tx, before: Timestamp) -> Result<Vec<Lost>, DbError> {
    let rows = tx
        .fetch_all(
            "UPDATE model_call SET outcome = 'unknown' WHERE started_at_ms <= $1 AND outcome IS NULL \
             RETURNING act_id, request_act_id, institution_id, label",
            params![before],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Lost {
                attempt: row.get("act_id")?,
                request: row.get("request_act_id")?,
                institution: row.get("institution_id")?,
                label: row.get("label")?,
            })
        })
        .collect()
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
