//! Collections over HTTP.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use kaname_identity::{SignedIn, has_department};
use kaname_kernel::{CollectionId, DepartmentId, Label, Principal};
use kaname_platform::http::{Body, Id, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ADMINISTRATOR, READER, wire};
use crate::{CollectionChange, Error, Knowledge, NewCollection};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewCollection)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBody {
    /// The short name for programs; without it, one is made.
    key: Option<String>,
    name: String,
    #[serde(default)]
    description: String,
    #[schema(value_type = String)]
    label: Label,
    readers: wire::Readers,
    #[serde(default)]
    editors: wire::Editors,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CollectionChange)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    name: Option<String>,
    description: Option<String>,
    /// Only upwards.
    #[schema(value_type = Option<String>)]
    label: Option<Label>,
    readers: Option<wire::Readers>,
    editors: Option<wire::Editors>,
}

/// The collections that the caller may see, by key.
#[utoipa::path(get, path = "/collections", tag = "knowledge", operation_id = "list_collections",
    responses((status = 200, body = wire::CollectionPage)))]
pub(super) async fn list(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
) -> Result<Json<wire::CollectionPage>, Error> {
    READER.check(&by)?;
    let found = knowledge.list_collections(&by).await?;
    let items = found.iter().map(|one| wire::Collection::of(one, &by)).collect();
    Ok(Json(wire::CollectionPage { items, next_cursor: None }))
}

/// Makes a collection.
#[utoipa::path(post, path = "/collections", tag = "knowledge", operation_id = "create_collection",
    request_body = NewBody, responses(
    (status = 201, body = wire::Collection),
    (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn create(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewBody>,
) -> Result<(StatusCode, Json<wire::Collection>), Error> {
    ADMINISTRATOR.check(&by)?;
    let new = NewCollection {
        key: body.key.unwrap_or_else(|| fresh_key(&knowledge)),
        name: body.name,
        description: body.description,
        label: body.label,
        readers_everyone: body.readers.everyone,
        reader_departments: readers_of(&knowledge, &by, &body.readers).await?,
        editor_departments: editors_of(&knowledge, &by, &body.editors).await?,
    };
    let made = knowledge.create_collection(&by, new).await?;
    Ok((StatusCode::CREATED, Json(wire::Collection::of(&made, &by))))
}

/// A collection.
#[utoipa::path(get, path = "/collections/{id}", tag = "knowledge", operation_id = "find_collection",
    params(("id" = String, Path)), responses(
    (status = 200, body = wire::Collection),
    (status = 404, body = Problem),
))]
pub(super) async fn find(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<CollectionId>,
) -> Result<Json<wire::Collection>, Error> {
    READER.check(&by)?;
    Ok(Json(wire::Collection::of(&knowledge.find_collection(&by, id).await?, &by)))
}

/// Changes a collection.
#[utoipa::path(patch, path = "/collections/{id}", tag = "knowledge", operation_id = "change_collection",
    params(("id" = String, Path)), request_body = ChangeBody, responses(
    (status = 200, body = wire::Collection),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn change(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<CollectionId>,
    Body(body): Body<ChangeBody>,
) -> Result<Json<wire::Collection>, Error> {
    ADMINISTRATOR.check(&by)?;
    let reader_departments = match &body.readers {
        Some(readers) => Some(readers_of(&knowledge, &by, readers).await?),
        None => None,
    };
    let editor_departments = match &body.editors {
        Some(editors) => Some(editors_of(&knowledge, &by, editors).await?),
        None => None,
    };
    let change = CollectionChange {
        name: body.name,
        description: body.description,
        label: body.label,
        readers_everyone: body.readers.as_ref().map(|readers| readers.everyone),
        reader_departments,
        editor_departments,
    };
    let changed = knowledge.change_collection(&by, id, change).await?;
    Ok(Json(wire::Collection::of(&changed, &by)))
}

/// Removes an empty collection.
#[utoipa::path(delete, path = "/collections/{id}", tag = "knowledge", operation_id = "remove_collection",
    params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
pub(super) async fn remove(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<CollectionId>,
) -> Result<StatusCode, Error> {
    ADMINISTRATOR.check(&by)?;
    knowledge.remove_collection(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn readers_of(
    knowledge: &Knowledge,
    by: &Principal,
    readers: &wire::Readers,
) -> Result<BTreeSet<DepartmentId>, Error> {
    departments(knowledge, by, ("readers.department_ids", &readers.department_ids)).await
}

async fn editors_of(
    knowledge: &Knowledge,
    by: &Principal,
    editors: &wire::Editors,
) -> Result<BTreeSet<DepartmentId>, Error> {
    departments(knowledge, by, ("editors.department_ids", &editors.department_ids)).await
}

/// The departments named in a field; each must be one of the caller's institution.
async fn departments(
    knowledge: &Knowledge,
    by: &Principal,
    (field, ids): (&'static str, &[String]),
) -> Result<BTreeSet<DepartmentId>, Error> {
    let unknown = || Error::invalid(field, "this is not the id of a department");
    let mut found = BTreeSet::new();
    for id in ids {
        let id = id.parse().map_err(|_| unknown())?;
        if !has_department(&knowledge.platform, by.institution, id).await? {
            return Err(unknown());
        }
        found.insert(id);
    }
    Ok(found)
}

/// A short name for a collection that people know by its name alone.
fn fresh_key(knowledge: &Knowledge) -> String {
    let id: CollectionId = knowledge.platform.ids.next();
    id.to_string()
}
