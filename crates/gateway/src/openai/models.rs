//! `GET /v1/models` and `GET /v1/models/{id}`.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use kaname_identity::require_scope;
use kaname_kernel::{Principal, Scope};
use serde::Serialize;

use super::{
    error::{ErrorBody, Refusal},
    reading::ModelCaller,
};
use crate::{error::Error, gateway::Gateway, model::Endpoint};

/// A model as OpenAI lists it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Model {
    /// The name that callers write.
    id: String,
    /// `model`.
    object: &'static str,
    /// Since when it is here, in seconds since the epoch.
    created: i64,
    /// Who made it.
    owned_by: String,
}

/// The models that a caller may name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ModelList {
    /// `list`.
    object: &'static str,
    /// The models.
    data: Vec<Model>,
}

impl From<Endpoint> for Model {
    fn from(endpoint: Endpoint) -> Self {
        let made_by =
            if endpoint.vendor.is_empty() { "kaname".to_owned() } else { endpoint.vendor };
        Self {
            id: endpoint.public_name,
            object: "model",
            created: endpoint.created_at_ms / 1_000,
            owned_by: made_by,
        }
    }
}

async fn models(gateway: &Gateway, caller: &Principal) -> Result<Vec<Model>, Refusal> {
    require_scope(caller, Scope::Models).map_err(Error::from)?;
    let endpoints = gateway.endpoints(caller.institution).await?;
    Ok(endpoints.into_iter().filter(|endpoint| endpoint.enabled).map(Model::from).collect())
}

/// The models that are switched on.
#[utoipa::path(get, path = "/v1/models", tag = "models", operation_id = "list_models",
    responses((status = 200, body = ModelList), (status = 401, body = ErrorBody)))]
pub(super) async fn list_models(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
) -> Result<Json<ModelList>, Refusal> {
    Ok(Json(ModelList { object: "list", data: models(&gateway, &caller).await? }))
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
