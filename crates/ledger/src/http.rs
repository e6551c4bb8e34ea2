//! The ledger's routes. Reading only; what each role sees is decided in the verbs.

mod wire;

use axum::{
    Json,
    extract::{FromRef, Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kaname_identity::{Access, Identity, Route, SignedIn, require_scope};
use kaname_kernel::{ActId, Role, Scope, Timestamp, UserId};
use kaname_ledger_core::{consistency_proof, tiles_for_consistency};
use kaname_platform::{
    Platform, head,
    http::{Id, Params, Problem},
    load_tiles,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::wire::{ActBody, ActChain, ActPage, ConsistencyBody, HeadBody, VerificationBody};
use crate::{Error, find_act, list_acts, model::Filter, receipt, store, verify};

const OVERSEERS: &[Role] = &[Role::Auditor, Role::Administrator, Role::AiOfficer];

/// Who may call what.
pub const ROUTES: &[Route] = &[
    ("GET", "/acts", Access::Program(Scope::Ledger, &[])),
    ("GET", "/acts/{id}", Access::Program(Scope::Ledger, &[])),
    ("GET", "/acts/{id}/receipt", Access::Program(Scope::Ledger, &[])),
    ("GET", "/ledger/head", Access::Program(Scope::Ledger, &[])),
    ("GET", "/ledger/consistency", Access::Program(Scope::Ledger, &[])),
    ("POST", "/ledger/verify", Access::Program(Scope::Ledger, OVERSEERS)),
];

/// Who may call what at the root: anybody.
pub const PUBLIC_ROUTES: &[Route] = &[
    ("GET", "/ledger/{institution_key}/checkpoint", Access::Public),
    ("GET", "/ledger/{institution_key}/vkey", Access::Public),
];

/// What the routes work with.
#[derive(Debug, Clone)]
struct LedgerState {
    identity: Identity,
}

impl FromRef<LedgerState> for Identity {
    fn from_ref(state: &LedgerState) -> Self {
        state.identity.clone()
    }
}

impl LedgerState {
    fn platform(&self) -> &Platform {
        &self.identity.platform
    }
}

/// The routes, to be nested under the API's base.
pub fn router<S>(identity: Identity) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(get_acts))
        .routes(routes!(get_act))
        .routes(routes!(get_receipt))
        .routes(routes!(get_head))
        .routes(routes!(get_consistency))
        .routes(routes!(post_verify))
        .with_state(LedgerState { identity })
}

/// What anybody may read, at the root: heads and keys reveal nothing of what was done.
pub fn public_router<S>(identity: Identity) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(get_checkpoint))
        .routes(routes!(get_vkey))
        .with_state(LedgerState { identity })
}

/// Which acts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ActQuery {
    /// Beginning of the kind: `gateway.` or `gateway.attempted`.
    kind: Option<String>,
    /// Not before this moment.
    since_ms: Option<i64>,
    /// Before this moment.
    until_ms: Option<i64>,
    /// Only acts of this person.
    #[param(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// Where the page before ended: its `next_cursor`.
    #[param(value_type = Option<String>)]
    cursor: Option<ActId>,
    /// Items on the page, 1 to 200; 50 when absent.
    limit: Option<i64>,
}

/// Lists acts, newest first.
#[utoipa::path(get, path = "/acts", tag = "ledger", params(ActQuery),
    responses((status = 200, body = ActPage), (status = 401, body = Problem)))]
async fn get_acts(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
    Params(query): Params<ActQuery>,
) -> Result<Json<ActPage>, Response> {
    require_scope(&principal, Scope::Ledger).map_err(IntoResponse::into_response)?;
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let filter = Filter {
        user: query.user_id,
        kind_prefix: query.kind,
        since: query.since_ms.map(Timestamp::from_millis),
        until: query.until_ms.map(Timestamp::from_millis),
        before: query.cursor,
        limit,
    };
    let acts =
        list_acts(state.platform(), &principal, filter).await.map_err(Error::into_response)?;
    Ok(Json(ActPage::new(&acts, limit)))
}

/// One act with its chain.
#[utoipa::path(get, path = "/acts/{id}", tag = "ledger",
    params(("id" = String, Path, description = "Act")),
    responses((status = 200, body = ActChain), (status = 404, body = Problem)))]
async fn get_act(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
    Id(id): Id<ActId>,
) -> Result<Json<ActChain>, Response> {
    require_scope(&principal, Scope::Ledger).map_err(IntoResponse::into_response)?;
    let found = find_act(state.platform(), &principal, id).await.map_err(Error::into_response)?;
    Ok(Json(ActChain {
        act: ActBody::with_contents(&found.act, &found.contents),
        chain: found.chain.iter().map(ActBody::from).collect(),
    }))
}

/// The receipt of an act: a file that proves it offline.
#[utoipa::path(get, path = "/acts/{id}/receipt", tag = "ledger",
    params(("id" = String, Path, description = "Act")),
    responses((status = 200, description = "A receipt, kaname.receipt/1", body = wire::ReceiptBody),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn get_receipt(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
    Id(id): Id<ActId>,
) -> Result<Response, Response> {
    require_scope(&principal, Scope::Ledger).map_err(IntoResponse::into_response)?;
    let receipt = receipt(state.platform(), &principal, id).await.map_err(Error::into_response)?;
    let text =
        receipt.encode().map_err(|error| Error::NoProof(error.to_string()).into_response())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The signed head of the institution's ledger.
#[utoipa::path(get, path = "/ledger/head", tag = "ledger",
    responses((status = 200, body = HeadBody), (status = 401, body = Problem)))]
async fn get_head(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
) -> Result<Json<HeadBody>, Response> {
    require_scope(&principal, Scope::Ledger).map_err(IntoResponse::into_response)?;
    read_head(state.platform(), &principal).await.map(Json).map_err(Error::into_response)
}

async fn read_head(
    platform: &Platform,
    principal: &kaname_kernel::Principal,
) -> Result<HeadBody, Error> {
    let mut tx = platform.db.read().await?;
    let key = platform.ledger_verifying_key(&mut tx, principal.institution).await?;
    let head = head(&mut tx, principal.institution).await?.ok_or(Error::Pending)?;
    let pending = store::pending(&mut tx, principal.institution).await?;
    Ok(HeadBody::new(&head, &key, pending))
}

/// Two sizes of the tree.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ConsistencyQuery {
    /// The older size, at least 1.
    from: u64,
    /// The newer size.
    to: u64,
}

/// The proof that the ledger of one size is the beginning of the ledger of another.
#[utoipa::path(get, path = "/ledger/consistency", tag = "ledger", params(ConsistencyQuery),
    responses((status = 200, body = ConsistencyBody), (status = 422, body = Problem)))]
async fn get_consistency(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
    Params(query): Params<ConsistencyQuery>,
) -> Result<Json<ConsistencyBody>, Response> {
    require_scope(&principal, Scope::Ledger).map_err(IntoResponse::into_response)?;
    let proof = prove_consistency(state.platform(), &principal, &query).await;
    proof.map(Json).map_err(Error::into_response)
}

async fn prove_consistency(
    platform: &Platform,
    principal: &kaname_kernel::Principal,
    query: &ConsistencyQuery,
) -> Result<ConsistencyBody, Error> {
    let mut tx = platform.db.read().await?;
    let size = head(&mut tx, principal.institution).await?.map_or(0, |head| head.tree_size);
    if query.from == 0 || query.from > query.to || query.to > size {
        return Err(Error::BadRange);
    }
    let wanted = tiles_for_consistency(query.from, query.to);
    let tiles = load_tiles(&mut tx, principal.institution, wanted).await?;
    let proof = consistency_proof(query.from, query.to, &tiles)
        .map_err(|error| Error::NoProof(error.to_string()))?;
    Ok(ConsistencyBody {
        from: query.from,
        to: query.to,
        proof: proof.iter().map(kaname_ledger_core::Digest::to_base64).collect(),
    })
}

/// Replays the whole ledger and says what is wrong with it.
#[utoipa::path(post, path = "/ledger/verify", tag = "ledger",
    responses((status = 200, body = VerificationBody), (status = 403, body = Problem)))]
async fn post_verify(
    State(state): State<LedgerState>,
    SignedIn(principal): SignedIn,
) -> Result<Json<VerificationBody>, Response> {
    Access::Program(Scope::Ledger, OVERSEERS)
        .check(&principal)
        .map_err(IntoResponse::into_response)?;
    let found = verify(state.platform(), principal.institution).await;
    found.map(|found| Json(VerificationBody::from(&found))).map_err(Error::into_response)
}

/// The newest signed checkpoint, for anybody.
#[utoipa::path(get, path = "/ledger/{institution_key}/checkpoint", tag = "ledger", security(()),
    params(("institution_key" = String, Path, description = "The institution's key")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = Problem)))]
async fn get_checkpoint(
    State(state): State<LedgerState>,
    Path(key): Path<String>,
) -> Result<String, Error> {
    let mut tx = state.platform().db.read().await?;
    let institution = store::institution_by_key(&mut tx, &key).await?.ok_or(Error::NotFound)?;
    let head = head(&mut tx, institution).await?.ok_or(Error::NotFound)?;
    Ok(head.checkpoint)
}

/// The public key of the ledger, for anybody.
#[utoipa::path(get, path = "/ledger/{institution_key}/vkey", tag = "ledger", security(()),
    params(("institution_key" = String, Path, description = "The institution's key")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = Problem)))]
async fn get_vkey(
    State(state): State<LedgerState>,
    Path(key): Path<String>,
) -> Result<String, Error> {
    let mut tx = state.platform().db.read().await?;
    let institution = store::institution_by_key(&mut tx, &key).await?.ok_or(Error::NotFound)?;
    Ok(state.platform().ledger_verifying_key(&mut tx, institution).await?.to_vkey())
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::OpenApi;

    use super::*;

    fn described(api: &OpenApi) -> Vec<(&'static str, String)> {
        let methods = |item: &utoipa::openapi::PathItem| {
            [("GET", item.get.is_some()), ("POST", item.post.is_some())]
        };
        let mut found: Vec<_> = api
            .paths
            .paths
            .iter()
            .flat_map(|(path, item)| {
                methods(item).map(|(method, there)| (method, path.clone(), there))
            })
            .filter_map(|(method, path, there)| there.then_some((method, path)))
            .collect();
        found.sort();
        found
    }

    #[tokio::test]
    async fn every_route_in_the_openapi_document_has_an_access_rule_and_the_other_way_round() {
        let test = kaname_testkit::TestPlatform::new(kaname_testkit::Backend::Sqlite).await;
        let identity = Identity::new(test.platform, kaname_identity::Config::default()).unwrap();
        for (router, rules) in [
            (router::<()>(identity.clone()), ROUTES),
            (public_router::<()>(identity), PUBLIC_ROUTES),
        ] {
            let mut listed: Vec<_> =
                rules.iter().map(|(method, path, _)| (*method, (*path).to_owned())).collect();
            listed.sort();
            assert_eq!(described(router.get_openapi()), listed);
        }
    }
}
