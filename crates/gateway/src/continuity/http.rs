//! Shares, exits and drills over HTTP: thin handlers.

use axum::{Json, extract::State, http::StatusCode};
use kaname_identity::SignedIn;
use kaname_kernel::DrillId;
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Drill, Exits, Shares, error::ContinuityError};
use crate::{
    Gateway, NewDrill,
    block::Blocked,
    http::{GatewayState, require_reader},
};

/// The handlers of this file.
pub(crate) fn router() -> OpenApiRouter<GatewayState> {
    OpenApiRouter::new()
        .routes(routes!(shares))
        .routes(routes!(exits))
        .routes(routes!(list, start))
        .routes(routes!(find))
        .routes(routes!(end))
}

/// A span of time.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// From this moment on; 30 days before the end, if absent.
    since_ms: Option<i64>,
    /// Until just before this one; now, if absent.
    until_ms: Option<i64>,
}

/// What would be gone.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Without {
    /// `endpoint`, `vendor`, `operator_country` or `hosting_country`.
    subject: String,
    /// The endpoint's id, or the vendor or country as the endpoints state it.
    value: String,
}

/// A page of drills.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DrillPage {
    items: Vec<Drill>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// Shares of calls, tokens and cost by vendor, country and openness, with how concentrated they are.
#[utoipa::path(get, path = "/continuity/shares", tag = "continuity", operation_id = "list_shares",
    params(Span), responses((status = 200, body = Shares), (status = 403, body = Problem),
    (status = 422, body = Problem)))]
async fn shares(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(span): Params<Span>,
) -> Result<Json<Shares>, ContinuityError> {
    require_reader(&by)?;
    let span = (span.since_ms, span.until_ms);
    Ok(Json(gateway.shares(by.institution, span).await?))
}

/// What stops if an endpoint, a vendor or a country is gone.
#[utoipa::path(get, path = "/continuity/exits", tag = "continuity", operation_id = "find_exits",
    params(Without), responses((status = 200, body = Exits), (status = 403, body = Problem),
    (status = 422, body = Problem)))]
async fn exits(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(asked): Params<Without>,
) -> Result<Json<Exits>, ContinuityError> {
    require_reader(&by)?;
    let unknown = || {
        let words = "this must be endpoint, vendor, operator_country or hosting_country";
        ContinuityError::invalid("subject", words)
    };
    let without = Blocked::of_parts(&asked.subject, asked.value).ok_or_else(unknown)?;
    Ok(Json(gateway.exits(by.institution, without).await?))
}

/// The drills, the newest first.
#[utoipa::path(get, path = "/drills", tag = "continuity", operation_id = "list_drills",
    params(Page), responses((status = 200, body = DrillPage), (status = 403, body = Problem)))]
async fn list(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<DrillPage>, ContinuityError> {
    require_reader(&by)?;
    let limit = page.limit();
    let from = (page.cursor, limit.saturating_add(1));
    let mut items = gateway.drills(by.institution, from).await?;
    let most = usize::try_from(limit).unwrap_or(1);
    let more = items.len() > most;
    items.truncate(most);
    let next_cursor = items.last().filter(|_| more).map(|drill| drill.id.to_string());
    Ok(Json(DrillPage { items, next_cursor }))
}

/// Starts a drill: takes something out of service for a time, and reports afterwards how it went.
/// Check questions are asked before it begins and again in it.
#[utoipa::path(post, path = "/drills", tag = "continuity", operation_id = "start_drill",
    request_body = NewDrill, responses((status = 201, body = Drill), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
async fn start(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Body(new): Body<NewDrill>,
) -> Result<(StatusCode, Json<Drill>), ContinuityError> {
    let drill = gateway.start_drill(&by, new).await?;
    Ok((StatusCode::CREATED, Json(drill)))
}

/// One drill with its report, as of now while it runs.
#[utoipa::path(get, path = "/drills/{id}", tag = "continuity", operation_id = "find_drill",
    params(("id" = String, Path)), responses((status = 200, body = Drill), (status = 404, body = Problem)))]
async fn find(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<DrillId>,
) -> Result<Json<Drill>, ContinuityError> {
    require_reader(&by)?;
    Ok(Json(gateway.drill(by.institution, id).await?))
}

/// Ends a drill before its time.
#[utoipa::path(post, path = "/drills/{id}/end", tag = "continuity", operation_id = "end_drill",
    params(("id" = String, Path)), responses((status = 200, body = Drill), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
async fn end(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<DrillId>,
) -> Result<Json<Drill>, ContinuityError> {
    Ok(Json(gateway.end_drill(&by, id).await?))
}
