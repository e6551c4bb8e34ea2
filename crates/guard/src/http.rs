//! The institution's label pack and its budgets over HTTP.

use axum::{
    Json,
    extract::{FromRef, State},
    response::{IntoResponse, Response},
};
use kaname_identity::{Access, Identity, Route, SignedIn};
use kaname_platform::http::{Problem, respond};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Error, Guard, LabelPack,
    budgets::{READERS, WRITERS, http as budgets},
};

/// Every route of the guard. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("GET", "/label-pack", Access::Person(&[])),
    ("GET", "/budgets", READERS),
    ("POST", "/budgets", WRITERS),
    ("PATCH", "/budgets/{id}", WRITERS),
    ("DELETE", "/budgets/{id}", WRITERS),
    ("GET", "/me/budgets", Access::Person(&[])),
];

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct GuardState {
    /// The guard.
    pub guard: Guard,
    /// Who is who.
    pub identity: Identity,
}

impl FromRef<GuardState> for Identity {
    fn from_ref(state: &GuardState) -> Self {
        state.identity.clone()
    }
}

impl FromRef<GuardState> for Guard {
    fn from_ref(state: &GuardState) -> Self {
        state.guard.clone()
    }
}

/// The routes, to be nested under the API's base.
pub fn router<S>(state: GuardState) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(label_pack))
        .routes(routes!(budgets::list, budgets::create))
        .routes(routes!(budgets::change, budgets::remove))
        .routes(routes!(budgets::own))
        .with_state(state)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}

/// What the institution calls its ranks and compartments.
#[utoipa::path(get, path = "/label-pack", tag = "guard", operation_id = "find_label_pack",
    responses((status = 200, body = LabelPack), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn label_pack(
    State(guard): State<Guard>,
    SignedIn(by): SignedIn,
) -> Result<Json<LabelPack>, Response> {
    kaname_identity::require_person(&by).map_err(IntoResponse::into_response)?;
    let pack = guard.pack(by.institution).await.map_err(IntoResponse::into_response)?;
    Ok(Json(pack.clone()))
}
