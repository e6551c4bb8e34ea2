//! People: list, make, change, reset, import.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use kaname_kernel::UserId;
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire;
use crate::{
    Access, Error, FieldError, Identity, Password, RefusalError, SignedIn,
    change_user::UserChange,
    create_user::NewUser,
    field,
    import_users::{Imported, LineFault},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUserBody {
    user_name: String,
    display_name: String,
    #[schema(schema_with = wire::roles)]
    roles: Vec<String>,
    department_id: Option<String>,
    clearance: String,
    /// Must be changed at the first sign-in; a temporary one is made when absent.
    password: Option<Password>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedUser {
    user: wire::User,
    /// Shown this once.
    temporary_password: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChangeBody {
    display_name: Option<String>,
    roles: Option<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    department_id: wire::Nullable,
    team_ids: Option<Vec<String>>,
    clearance: Option<String>,
    disabled: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TemporaryPassword {
    /// Shown this once.
    temporary_password: String,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportParams {
    /// Only check the file.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportOutcome {
    created: usize,
    faults: Vec<ImportFault>,
    users: Vec<ImportedUser>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportFault {
    line: u64,
    field: String,
    code: String,
    detail: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportedUser {
    user_name: String,
    temporary_password: String,
}

/// The people of the institution, by user name.
#[utoipa::path(get, path = "/users", tag = "identity", operation_id = "list_users", params(Page), responses((status = 200, body = wire::UserPage)))]
pub(super) async fn list(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<wire::UserPage>, Error> {
    let asked = (page.cursor.as_deref(), page.limit());
    Ok(Json(crate::list_users(&identity.platform, &by, asked).await?.into()))
}

/// Makes an account.
#[utoipa::path(post, path = "/users", tag = "identity", operation_id = "create_user", request_body = NewUserBody, responses(
    (status = 201, body = CreatedUser),
    (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn create(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewUserBody>,
) -> Result<(StatusCode, Json<CreatedUser>), Error> {
    let new = NewUser {
        user_name: body.user_name,
        display_name: body.display_name,
        roles: field::roles(body.roles.iter().map(String::as_str))?,
        department: body
            .department_id
            .as_deref()
            .map(|id| reference(id, "department_id"))
            .transpose()?,
        clearance: field::clearance(&body.clearance)?,
        password: body.password,
        must_change_password: true,
    };
    let created = crate::create_user(&identity, &by, new).await?;
    let temporary_password =
        created.temporary_password.map(|password| password.reveal().to_owned());
    Ok((StatusCode::CREATED, Json(CreatedUser { user: created.user.into(), temporary_password })))
}

/// One person.
#[utoipa::path(get, path = "/users/{id}", tag = "identity", operation_id = "find_user", params(("id" = String, Path)), responses(
    (status = 200, body = wire::User),
    (status = 404, body = Problem),
))]
pub(super) async fn find(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<UserId>,
) -> Result<Json<wire::User>, Error> {
    Ok(Json(crate::find_user(&identity.platform, &by, id).await?.into()))
}

/// Changes an account; what is absent stays.
#[utoipa::path(patch, path = "/users/{id}", tag = "identity", operation_id = "change_user", params(("id" = String, Path)),
    request_body = UserChangeBody, responses(
    (status = 200, body = wire::User),
    (status = 404, body = Problem),
    (status = 409, body = Problem, description = "The last administrator stays"),
    (status = 422, body = Problem),
))]
pub(super) async fn change(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<UserId>,
    Body(body): Body<UserChangeBody>,
) -> Result<Json<wire::User>, Error> {
    let department = match &body.department_id {
        wire::Nullable::Value(id) => Some(Some(reference(id, "department_id")?)),
        wire::Nullable::Null => Some(None),
        wire::Nullable::Absent => None,
    };
    let teams = body.team_ids.map(|ids| ids.iter().map(|id| reference(id, "team_ids")).collect());
    let change = UserChange {
        display_name: body.display_name,
        roles: body
            .roles
            .map(|names| field::roles(names.iter().map(String::as_str)))
            .transpose()?,
        department,
        teams: teams.transpose()?,
        clearance: body.clearance.as_deref().map(field::clearance).transpose()?,
        disabled: body.disabled,
    };
    Ok(Json(crate::change_user(&identity, &by, id, change).await?.into()))
}

/// Gives a person a temporary password, and ends every session.
#[utoipa::path(post, path = "/users/{id}/password-reset", tag = "identity", params(("id" = String, Path)), responses(
    (status = 200, body = TemporaryPassword),
    (status = 404, body = Problem),
))]
pub(super) async fn reset_password(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<UserId>,
) -> Result<Json<TemporaryPassword>, Error> {
    let temporary = crate::reset_password(&identity, &by, id, None).await?;
    Ok(Json(TemporaryPassword { temporary_password: temporary.reveal().to_owned() }))
}

/// Signs a person out everywhere.
#[utoipa::path(delete, path = "/users/{id}/sessions", tag = "identity", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
))]
pub(super) async fn end_sessions(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Error> {
    super::ADMINISTRATOR.check(&by)?;
    crate::sign_out::sign_out_everywhere(&identity, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes accounts from CSV: all of them, or none and what is wrong where.
#[utoipa::path(post, path = "/users/import", tag = "identity", operation_id = "import_users", params(ImportParams),
    request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, body = ImportOutcome),
    (status = 422, body = Problem, description = "Not CSV in UTF-8, or too many rows"),
))]
pub(super) async fn import(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Params(params): Params<ImportParams>,
    headers: HeaderMap,
    csv: Bytes,
) -> Result<Json<ImportOutcome>, Error> {
    Access::check(super::ADMINISTRATOR, &by)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.trim_start().starts_with("text/csv")) {
        return Err(RefusalError::UnreadableImport.into());
    }
    let imported = crate::import_users::import_users(&identity, &by, &csv, params.dry_run).await?;
    Ok(Json(imported.into()))
}

impl From<Imported> for ImportOutcome {
    fn from(it: Imported) -> Self {
        let fault = |LineFault { line, field, code, detail }| ImportFault {
            line,
            field: String::from(field),
            code: String::from(code),
            detail,
        };
        let user = |(user_name, password): (String, Password)| ImportedUser {
            user_name,
            temporary_password: password.reveal().to_owned(),
        };
        Self {
            created: it.created,
            faults: it.faults.into_iter().map(fault).collect(),
            users: it.users.into_iter().map(user).collect(),
        }
    }
}

/// An id in a body. Whatever is no id names nothing.
fn reference<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, FieldError> {
    text.parse().map_err(|_| FieldError::Unknown { field })
}
