//! `GET /v1/models` and `GET /v1/models/{id}`: one shape that holds what OpenAI's and Anthropic's
//! clients look for.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use kaname_identity::require_scope;
use kaname_kernel::{Principal, Scope};
use serde::Serialize;

use super::{
    arrived::ModelCaller,
    refusal::{ErrorBody, Refusal},
};
use crate::{
    error::Error,
    gateway::Gateway,
    model::{Capability, Endpoint},
    routes::Route,
    wire::date_time,
};

/// A model as OpenAI and Anthropic list it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Model {
    /// The name that callers write.
    id: String,
    /// `model`, for OpenAI's clients.
    object: &'static str,
    /// `model`, for Anthropic's.
    r#type: &'static str,
    /// What people call it.
    display_name: String,
    /// Since when it is here, as a date and time in UTC.
    created_at: String,
    /// Since when it is here, in seconds since the epoch.
    created: i64,
    /// Who made it.
    owned_by: String,
    /// What it can do, or some endpoint behind the route can; Kaname's own, which clients pass over.
    capabilities: Vec<Capability>,
}

/// The models that a caller may name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ModelList {
    /// `list`.
    object: &'static str,
    /// The models.
    data: Vec<Model>,
    /// The first of them.
    first_id: Option<String>,
    /// The last of them.
    last_id: Option<String>,
    /// Never: all are here.
    has_more: bool,
}

impl Model {
    /// What is called so by programs and by people, since then, made by so-and-so.
    fn of(
        (id, display_name): (String, String),
        created_at_ms: i64,
        owned_by: String,
        capabilities: Vec<Capability>,
    ) -> Self {
        let created = created_at_ms / 1_000;
        Self {
            id,
            object: "model",
            r#type: "model",
            display_name,
            created_at: date_time(created),
            created,
            owned_by,
            capabilities,
        }
    }

    /// What a route offers through those of `endpoints` that are behind it and switched on.
    fn of_route(route: Route, endpoints: &[Endpoint]) -> Self {
        let behind = |endpoint: &&Endpoint| {
            endpoint.enabled && route.legs.iter().any(|leg| leg.endpoint_id == endpoint.id)
        };
        let can: BTreeSet<Capability> = endpoints
            .iter()
            .filter(behind)
            .flat_map(|endpoint| endpoint.capabilities.iter().copied())
            .collect();
        let names = (route.public_name, route.name);
        Self::of(names, route.created_at_ms, "kaname".to_owned(), can.into_iter().collect())
    }

    fn of_endpoint(endpoint: Endpoint) -> Self {
        let made_by =
            if endpoint.vendor.is_empty() { "kaname".to_owned() } else { endpoint.vendor };
        let names = (endpoint.public_name, endpoint.name);
        Self::of(names, endpoint.created_at_ms, made_by, endpoint.capabilities)
    }
}

async fn models(gateway: &Gateway, caller: &Principal) -> Result<Vec<Model>, Refusal> {
    require_scope(caller, Scope::Models).map_err(Error::from)?;
    let routes = gateway.routes(caller.institution).await?;
    let endpoints = gateway.endpoints(caller.institution).await?;
    let routes = routes.into_iter().filter(|route| route.enabled);
    let mut all: Vec<Model> = routes.map(|route| Model::of_route(route, &endpoints)).collect();
    let endpoints = endpoints.into_iter().filter(|endpoint| endpoint.enabled);
    all.extend(endpoints.map(Model::of_endpoint));
    Ok(all)
}

/// The models that are switched on.
#[utoipa::path(get, path = "/v1/models", tag = "models", operation_id = "list_models",
    responses((status = 200, body = ModelList), (status = 401, body = ErrorBody)))]
pub(super) async fn list_models(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
) -> Result<Json<ModelList>, Refusal> {
    let data = models(&gateway, &caller).await?;
    let id = |model: Option<&Model>| model.map(|model| model.id.clone());
    let (first_id, last_id) = (id(data.first()), id(data.last()));
    Ok(Json(ModelList { object: "list", data, first_id, last_id, has_more: false }))
}

/// One model by its name.
#[utoipa::path(get, path = "/v1/models/{id}", tag = "models", operation_id = "find_model",
    params(("id" = String, Path)), responses((status = 200, body = Model), (status = 404, body = ErrorBody)))]
pub(super) async fn find_model(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Model>, Refusal> {
    // A name that is no text names no model.
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let found = models(&gateway, &caller).await?.into_iter().find(|model| model.id == name);
    Ok(Json(found.ok_or(Error::UnknownModel(name))?))
}

/// The same, for a name whose slash was not encoded.
pub(super) async fn find_model_with_slash(
    gateway: State<Gateway>,
    caller: ModelCaller,
    name: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Model>, Refusal> {
    let name = name.map(|Path((owner, name))| Path(format!("{owner}/{name}")));
    find_model(gateway, caller, name).await
}
