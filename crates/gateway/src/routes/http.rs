//! Routes over HTTP: thin handlers.

use axum::{Json, extract::State, http::StatusCode};
use kaname_identity::SignedIn;
use kaname_kernel::{ActId, RouteId};
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{NewRoute, Route, RouteChange};
use crate::{
    Block, Error, Gateway, NewBlock,
    http::{GatewayState, cut, require_reader},
};

/// The handlers of this file.
pub(crate) fn router() -> OpenApiRouter<GatewayState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, change, remove))
        .routes(routes!(list_blocks, block))
        .routes(routes!(unblock))
}

/// A page of routes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RoutePage {
    items: Vec<Route>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

/// The routes, oldest first.
#[utoipa::path(get, path = "/routes", tag = "gateway", operation_id = "list_routes",
    params(Page), responses((status = 200, body = RoutePage), (status = 403, body = Problem)))]
async fn list(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<RoutePage>, Error> {
    require_reader(&by)?;
    let all = gateway.routes(by.institution).await?;
    let (items, next_cursor) = cut(all, page, |route| route.id.to_string());
    Ok(Json(RoutePage { items, next_cursor }))
}

/// Adds a route.
#[utoipa::path(post, path = "/routes", tag = "gateway", operation_id = "create_route",
    request_body = NewRoute, responses((status = 201, body = Route), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
async fn create(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Body(new): Body<NewRoute>,
) -> Result<(StatusCode, Json<Route>), Error> {
    let route = gateway.create_route(&by, new).await?;
    Ok((StatusCode::CREATED, Json(route)))
}

/// One route.
#[utoipa::path(get, path = "/routes/{id}", tag = "gateway", operation_id = "find_route",
    params(("id" = String, Path)), responses((status = 200, body = Route), (status = 404, body = Problem)))]
async fn find(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<RouteId>,
) -> Result<Json<Route>, Error> {
    require_reader(&by)?;
    Ok(Json(gateway.route(by.institution, id).await?))
}

/// Changes a route; what is absent stays.
#[utoipa::path(patch, path = "/routes/{id}", tag = "gateway", operation_id = "change_route",
    params(("id" = String, Path)), request_body = RouteChange, responses((status = 200, body = Route),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<RouteId>,
    Body(change): Body<RouteChange>,
) -> Result<Json<Route>, Error> {
    Ok(Json(gateway.change_route(&by, id, &change).await?))
}

/// Removes a route; its endpoints stay.
#[utoipa::path(delete, path = "/routes/{id}", tag = "gateway", operation_id = "remove_route",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<RouteId>,
) -> Result<StatusCode, Error> {
    gateway.remove_route(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The blocks that have not ended.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BlockPage {
    items: Vec<Block>,
    /// There is never a further page.
    next_cursor: Option<String>,
}

/// What is out of service at the moment, oldest first.
#[utoipa::path(get, path = "/endpoint-blocks", tag = "gateway", operation_id = "list_endpoint_blocks",
    responses((status = 200, body = BlockPage), (status = 403, body = Problem)))]
async fn list_blocks(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
) -> Result<Json<BlockPage>, Error> {
    require_reader(&by)?;
    let items = gateway.blocks(by.institution).await?;
    Ok(Json(BlockPage { items, next_cursor: None }))
}

/// Takes an endpoint, a vendor or a country out of service for a time.
#[utoipa::path(post, path = "/endpoint-blocks", tag = "gateway", operation_id = "block_endpoints",
    request_body = NewBlock, responses((status = 201, body = Block), (status = 422, body = Problem)))]
async fn block(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Body(new): Body<NewBlock>,
) -> Result<(StatusCode, Json<Block>), Error> {
    let block = gateway.block(&by, new).await?;
    Ok((StatusCode::CREATED, Json(block)))
}

/// Ends a block before its time.
#[utoipa::path(delete, path = "/endpoint-blocks/{id}", tag = "gateway", operation_id = "unblock_endpoints",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn unblock(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<ActId>,
) -> Result<StatusCode, Error> {
    gateway.unblock(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
