//! API keys.

use axum::{Json, extract::State, http::StatusCode};
use kaname_kernel::KeyId;
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire;
use crate::{Error, Identity, SignedIn, create_key::NewKey, field};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKeyBody {
    name: String,
    #[schema(schema_with = wire::scopes)]
    scopes: Vec<String>,
    /// From 1 to 366.
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: i64,
}

// Without Debug: it carries the secret.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedKey {
    key: wire::Key,
    /// `kn_…`, shown this once.
    secret: String,
}

/// One's own keys, newest first; everybody's for an administrator.
#[utoipa::path(get, path = "/keys", tag = "identity", operation_id = "list_keys", params(Page),
    responses((status = 200, body = wire::KeyPage)))]
pub(super) async fn list(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<wire::KeyPage>, Error> {
    let asked = (page.cursor.as_deref(), page.limit());
    Ok(Json(crate::list_keys(&identity.platform, &by, asked).await?.into()))
}

/// Makes a key that acts on one's own behalf.
#[utoipa::path(post, path = "/keys", tag = "identity", operation_id = "create_key",
    request_body = NewKeyBody, responses(
    (status = 201, body = CreatedKey),
    (status = 422, body = Problem),
))]
pub(super) async fn create(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewKeyBody>,
) -> Result<(StatusCode, Json<CreatedKey>), Error> {
    let new = NewKey {
        name: body.name,
        scopes: field::scopes(body.scopes.iter().map(String::as_str))?,
        expires_in_days: body.expires_in_days,
    };
    let (key, secret) = crate::create_key::create_key(&identity, &by, new).await?;
    let secret = secret.reveal().to_owned();
    Ok((StatusCode::CREATED, Json(CreatedKey { key: key.into(), secret })))
}

/// Revokes a key.
#[utoipa::path(delete, path = "/keys/{id}", tag = "identity", operation_id = "revoke_key",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn revoke(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
    Id(id): Id<KeyId>,
) -> Result<StatusCode, Error> {
    crate::revoke_key(&identity, &by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
