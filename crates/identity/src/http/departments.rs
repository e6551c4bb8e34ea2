//! Departments and teams.

use axum::{Json, extract::State, http::StatusCode};
use kaname_kernel::{DepartmentId, TeamId};
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::wire;
use crate::{
    Error, Identity, SignedIn,
    change_departments::{self as verbs, Naming},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewNaming {
    key: String,
    name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamingChange {
    key: Option<String>,
    name: Option<String>,
}

impl NewNaming {
    fn naming(&self) -> Naming<'_> {
        Naming { key: Some(&self.key), name: Some(&self.name) }
    }
}

impl NamingChange {
    fn naming(&self) -> Naming<'_> {
        Naming { key: self.key.as_deref(), name: self.name.as_deref() }
    }
}

/// The departments, by key.
#[utoipa::path(get, path = "/departments", tag = "identity", operation_id = "list_departments",
    params(Page), responses((status = 200, body = wire::DepartmentPage)))]
pub(super) async fn list(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<wire::DepartmentPage>, Error> {
    let asked = (page.cursor.as_deref(), page.limit());
    Ok(Json(crate::list_departments(&identity.platform, &by, asked).await?.into()))
}

/// Makes a department.
#[utoipa::path(post, path = "/departments", tag = "identity", operation_id = "create_department",
    request_body = NewNaming, responses(
    (status = 201, body = wire::Department),
    (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn create(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewNaming>,
) -> Result<(StatusCode, Json<wire::Department>), Error> {
    let department = verbs::create_department(&identity, &by, body.naming()).await?;
    Ok((StatusCode::CREATED, Json(department.into())))
}

/// Renames a department.
#[utoipa::path(patch, path = "/departments/{id}", tag = "identity", operation_id = "change_department",
    params(("id" = String, Path)), request_body = NamingChange, responses(
    (status = 200, body = wire::Department),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
pub(super) async fn change(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<DepartmentId>,
    Body(body): Body<NamingChange>,
) -> Result<Json<wire::Department>, Error> {
    Ok(Json(verbs::change_department(&identity, &by, id, body.naming()).await?.into()))
}

/// Removes an empty department.
#[utoipa::path(delete, path = "/departments/{id}", tag = "identity", operation_id = "delete_department",
    params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
pub(super) async fn delete(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<DepartmentId>,
) -> Result<StatusCode, Error> {
    verbs::delete_department(&identity, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The teams of a department, by key.
#[utoipa::path(get, path = "/departments/{id}/teams", tag = "identity",
    params(("id" = String, Path), Page), responses(
    (status = 200, body = wire::TeamPage),
    (status = 404, body = Problem),
))]
pub(super) async fn list_teams(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<DepartmentId>,
    Params(page): Params<Page>,
) -> Result<Json<wire::TeamPage>, Error> {
    let asked = (page.cursor.as_deref(), page.limit());
    Ok(Json(crate::list_teams(&identity.platform, &by, id, asked).await?.into()))
}

/// Makes a team.
#[utoipa::path(post, path = "/departments/{id}/teams", tag = "identity",
    params(("id" = String, Path)), request_body = NewNaming, responses(
    (status = 201, body = wire::Team),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
pub(super) async fn create_team(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<DepartmentId>,
    Body(body): Body<NewNaming>,
) -> Result<(StatusCode, Json<wire::Team>), Error> {
    let team = verbs::create_team(&identity, &by, id, body.naming()).await?;
    Ok((StatusCode::CREATED, Json(team.into())))
}

/// Renames a team.
#[utoipa::path(patch, path = "/teams/{id}", tag = "identity", params(("id" = String, Path)),
    request_body = NamingChange, responses(
    (status = 200, body = wire::Team),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
pub(super) async fn change_team(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<TeamId>,
    Body(body): Body<NamingChange>,
) -> Result<Json<wire::Team>, Error> {
    Ok(Json(verbs::change_team(&identity, &by, id, body.naming()).await?.into()))
}

/// Removes a team; its people stay in the department.
#[utoipa::path(delete, path = "/teams/{id}", tag = "identity", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
))]
pub(super) async fn delete_team(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<TeamId>,
) -> Result<StatusCode, Error> {
    verbs::delete_team(&identity, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
