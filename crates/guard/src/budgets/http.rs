//! Budgets and rates over HTTP: wire types and thin handlers.

use axum::{Json, extract::State, http::StatusCode};
use kaname_budget_core::{Period, Unit};
use kaname_identity::SignedIn;
use kaname_kernel::BudgetId;
use kaname_platform::http::{Body, Id, Page, Params, Problem, one_of};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Schema};

use super::{
    fields::{BudgetChange, NewBudget},
    model::{BudgetUse, SubjectKind},
};
use crate::{Error, Guard};

/// How the OpenAPI document lists whose a budget can be.
pub(super) fn subject_kinds() -> Schema {
    one_of(SubjectKind::ALL.map(SubjectKind::as_str))
}

/// How it lists the periods; `at_once` and `minute` make a rate.
pub(super) fn periods() -> Schema {
    one_of(Period::ALL.map(Period::as_str))
}

/// How it lists what is counted.
pub(super) fn units() -> Schema {
    one_of(Unit::ALL.map(Unit::as_str))
}

/// A budget or rate with what stands against it now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
pub(crate) struct BudgetBody {
    id: String,
    #[schema(schema_with = subject_kinds)]
    subject_kind: &'static str,
    subject_id: String,
    /// The name as people know it.
    subject_name: String,
    #[schema(schema_with = periods)]
    period: &'static str,
    #[schema(schema_with = units)]
    unit: &'static str,
    /// How much, in whole yen, tokens or requests.
    limit: u64,
    /// Used up; yen to six decimals.
    used: f64,
    /// Held for calls under way.
    reserved: f64,
    /// What a call may still take; never below zero.
    remaining: f64,
    enabled: bool,
    /// Whom to ask for more; may be empty.
    contact: String,
    /// When the period began; none for a rate.
    period_started_at_ms: Option<i64>,
    /// When the period ends and the budget opens anew; none for a rate.
    period_ends_at_ms: Option<i64>,
    created_at_ms: i64,
    changed_at_ms: i64,
}

/// A page of budgets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetList {
    items: Vec<BudgetBody>,
    /// Where the next page starts; absent on the last.
    next_cursor: Option<String>,
}

impl From<BudgetUse> for BudgetBody {
    fn from(found: BudgetUse) -> Self {
        let (budget, now_ms) = (found.budget, found.at.as_millis());
        let (unit, period) = (budget.limit.unit(), budget.limit.period());
        let (used, reserved) = budget.limit.shown(found.standing, now_ms);
        let left = budget.limit.amount().saturating_sub(used.saturating_add(reserved));
        let span = period.span(now_ms);
        Self {
            id: budget.id.to_string(),
            subject_kind: budget.subject.kind.as_str(),
            subject_id: budget.subject.id,
            subject_name: found.subject_name,
            period: period.as_str(),
            unit: unit.as_str(),
            limit: budget.limit.amount() / unit.parts(),
            used: whole(used, unit.parts()),
            reserved: whole(reserved, unit.parts()),
            remaining: whole(left, unit.parts()),
            enabled: budget.enabled,
            contact: budget.contact,
            period_started_at_ms: span.map(|span| span.start_ms),
            period_ends_at_ms: span.map(|span| span.end_ms),
            created_at_ms: budget.created_at.as_millis(),
            changed_at_ms: budget.changed_at.as_millis(),
        }
    }
}

/// Smallest parts as people write them.
#[expect(clippy::cast_precision_loss, reason = "for reading; decisions are made in whole numbers")]
fn whole(parts: u64, per_whole: u64) -> f64 {
    parts as f64 / per_whole as f64
}

/// The budgets and rates of the institution, oldest first, with current use.
#[utoipa::path(get, path = "/budgets", tag = "guard", operation_id = "list_budgets", params(Page),
    responses((status = 200, body = BudgetList), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<BudgetList>, Error> {
    let found = guard.list_budgets(&by, (page.cursor.as_deref(), page.limit())).await?;
    let items = found.items.into_iter().map(BudgetBody::from).collect();
    Ok(Json(BudgetList { items, next_cursor: found.next_cursor }))
}

/// What limits the person who asks: own budgets first, then those of keys, teams and above.
#[utoipa::path(get, path = "/me/budgets", tag = "guard", operation_id = "list_own_budgets",
    responses((status = 200, body = BudgetList)))]
pub(crate) async fn own(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
) -> Result<Json<BudgetList>, Error> {
    let items = guard.own_budgets(&by).await?.into_iter().map(BudgetBody::from).collect();
    Ok(Json(BudgetList { items, next_cursor: None }))
}

/// Makes a budget or rate.
#[utoipa::path(post, path = "/budgets", tag = "guard", operation_id = "create_budget",
    request_body = NewBudget, responses(
    (status = 201, body = BudgetBody),
    (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub(crate) async fn create(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewBudget>,
) -> Result<(StatusCode, Json<BudgetBody>), Error> {
    let made = guard.create_budget(&by, &body).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Changes how much it holds, whether it is in force, and whom to ask.
#[utoipa::path(patch, path = "/budgets/{id}", tag = "guard", operation_id = "change_budget",
    params(("id" = String, Path)), request_body = BudgetChange, responses(
    (status = 200, body = BudgetBody),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub(crate) async fn change(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
    Id(id): Id<BudgetId>,
    Body(body): Body<BudgetChange>,
) -> Result<Json<BudgetBody>, Error> {
    Ok(Json(guard.change_budget(&by, id, &body).await?.into()))
}

/// Removes it; calls under way still settle what they hold.
#[utoipa::path(delete, path = "/budgets/{id}", tag = "guard", operation_id = "remove_budget",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn remove(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
    Id(id): Id<BudgetId>,
) -> Result<StatusCode, Error> {
    guard.remove_budget(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
