//! Endpoints over HTTP: the router, the list of who may call what, and thin handlers.

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use kaname_identity::{Access, Identity, Route, SignedIn, require_person, require_role};
use kaname_kernel::{EndpointId, Principal, Role};
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Endpoint, EndpointChange, Error, Gateway, NewEndpoint, ProbeResult, TestResult};

/// Who may see how models are reached.
const READERS: &[Role] = &[Role::Administrator, Role::AiOfficer, Role::Auditor];
const READER: Access = Access::Person(READERS);
const ADMINISTRATOR: Access = Access::Person(&[Role::Administrator]);

/// Every route under the API's base. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("GET", "/endpoints", READER),
    ("POST", "/endpoints", ADMINISTRATOR),
    ("GET", "/endpoints/{id}", READER),
    ("PATCH", "/endpoints/{id}", ADMINISTRATOR),
    ("DELETE", "/endpoints/{id}", ADMINISTRATOR),
    ("POST", "/endpoints/{id}/test", ADMINISTRATOR),
    ("POST", "/endpoints/probe", ADMINISTRATOR),
    ("GET", "/routes", READER),
    ("POST", "/routes", ADMINISTRATOR),
    ("GET", "/routes/{id}", READER),
    ("PATCH", "/routes/{id}", ADMINISTRATOR),
    ("DELETE", "/routes/{id}", ADMINISTRATOR),
    ("GET", "/prices", READER),
    ("GET", "/endpoint-blocks", READER),
    ("POST", "/endpoint-blocks", ADMINISTRATOR),
    ("DELETE", "/endpoint-blocks/{id}", ADMINISTRATOR),
    ("GET", "/continuity/shares", READER),
    ("GET", "/continuity/exits", READER),
    ("GET", "/drills", READER),
    ("POST", "/drills", ADMINISTRATOR),
    ("GET", "/drills/{id}", READER),
    ("POST", "/drills/{id}/end", ADMINISTRATOR),
    ("GET", "/traffic", Access::Person(&[])),
];

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct GatewayState {
    /// The door.
    pub gateway: Gateway,
    /// Who is who.
    pub identity: Identity,
}

impl FromRef<GatewayState> for Identity {
    fn from_ref(state: &GatewayState) -> Self {
        state.identity.clone()
    }
}

impl FromRef<GatewayState> for Gateway {
    fn from_ref(state: &GatewayState) -> Self {
        state.gateway.clone()
    }
}

/// The routes, to be nested under the API's base.
pub fn router<S>(state: GatewayState) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(probe))
        .routes(routes!(find, change, remove))
        .routes(routes!(test))
        .merge(crate::routes::http::router())
        .merge(crate::continuity::http::router())
        .merge(crate::usage::http::router())
        .merge(crate::prices::http::router())
        .with_state(state)
}

/// A page of endpoints.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct EndpointPage {
    items: Vec<Endpoint>,
    /// Where the next page begins, if there is one.
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Probe {
    /// Where it is, often ending in `/v1`.
    base_url: String,
    /// Its API key; used once and not kept.
    api_key: Option<String>,
}

/// Who may see how models are reached.
pub(crate) fn require_reader(by: &Principal) -> Result<(), Error> {
    require_person(by)?;
    Ok(require_role(by, READERS)?)
}

/// One page of `all`, which is in the order of its ids, and where the next begins.
pub(crate) fn cut<T>(
    mut all: Vec<T>,
    page: Page,
    id: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(page.limit()).unwrap_or(1);
    let after = page.cursor.unwrap_or_default();
    all.retain(|one| id(one) > after);
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(id);
    (all, next)
}

/// The endpoints, oldest first.
#[utoipa::path(get, path = "/endpoints", tag = "gateway", operation_id = "list_endpoints",
    params(Page), responses((status = 200, body = EndpointPage), (status = 403, body = Problem)))]
async fn list(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<EndpointPage>, Error> {
    require_reader(&by)?;
    let all = gateway.endpoints(by.institution).await?;
    let (items, next_cursor) = cut(all, page, |endpoint| endpoint.id.to_string());
    Ok(Json(EndpointPage { items, next_cursor }))
}

/// Adds an endpoint.
#[utoipa::path(post, path = "/endpoints", tag = "gateway", operation_id = "create_endpoint",
    request_body = NewEndpoint, responses((status = 201, body = Endpoint), (status = 409, body = Problem),
    (status = 422, body = Problem)))]
async fn create(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Body(new): Body<NewEndpoint>,
) -> Result<(StatusCode, Json<Endpoint>), Error> {
    let endpoint = gateway.create_endpoint(&by, new).await?;
    Ok((StatusCode::CREATED, Json(endpoint)))
}

/// One endpoint.
#[utoipa::path(get, path = "/endpoints/{id}", tag = "gateway", operation_id = "find_endpoint",
    params(("id" = String, Path)), responses((status = 200, body = Endpoint), (status = 404, body = Problem)))]
async fn find(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<EndpointId>,
) -> Result<Json<Endpoint>, Error> {
    require_reader(&by)?;
    Ok(Json(gateway.endpoint(by.institution, id).await?))
}

/// Changes an endpoint; what is absent stays.
#[utoipa::path(patch, path = "/endpoints/{id}", tag = "gateway", operation_id = "change_endpoint",
    params(("id" = String, Path)), request_body = EndpointChange, responses((status = 200, body = Endpoint),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<EndpointId>,
    Body(change): Body<EndpointChange>,
) -> Result<Json<Endpoint>, Error> {
    Ok(Json(gateway.change_endpoint(&by, id, &change).await?))
}

/// Removes an endpoint and its key.
#[utoipa::path(delete, path = "/endpoints/{id}", tag = "gateway", operation_id = "remove_endpoint",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn remove(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<EndpointId>,
) -> Result<StatusCode, Error> {
    gateway.remove_endpoint(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets an endpoint answer a fixed question.
#[utoipa::path(post, path = "/endpoints/{id}/test", tag = "gateway", operation_id = "test_endpoint",
    params(("id" = String, Path)), responses((status = 200, body = TestResult), (status = 404, body = Problem)))]
async fn test(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Id(id): Id<EndpointId>,
) -> Result<Json<TestResult>, Error> {
    Ok(Json(gateway.test_endpoint(&by, id).await?))
}

/// Asks a server which models it offers, before an endpoint is saved.
#[utoipa::path(post, path = "/endpoints/probe", tag = "gateway", operation_id = "probe_endpoint",
    request_body = Probe, responses((status = 200, body = ProbeResult), (status = 422, body = Problem)))]
async fn probe(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Body(asked): Body<Probe>,
) -> Result<Json<ProbeResult>, Error> {
    let result = gateway.probe_endpoint(&by, &asked.base_url, asked.api_key.as_deref()).await?;
    Ok(Json(result))
}
