//! Search and ask over HTTP.

use axum::{Json, extract::State};
use kaname_identity::SignedIn;
use kaname_kernel::CollectionId;
use kaname_platform::http::{Body, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{READER, wire};
use crate::{Ask, Error, Knowledge};

/// Places given when the caller does not say.
const DEFAULT_HITS: usize = 10;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    query: String,
    /// Where to look; everywhere the caller may read when absent or empty.
    #[schema(value_type = Option<Vec<String>>)]
    collection_ids: Option<Vec<CollectionId>>,
    /// 1 to 50; 10 when absent.
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WantedMode {
    /// Written where a capable endpoint is cleared for it, else by quotation.
    #[default]
    Auto,
    /// By quotation only.
    Quotation,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskBody {
    question: String,
    /// Where to look; everywhere the caller may read when absent or empty.
    #[schema(value_type = Option<Vec<String>>)]
    collection_ids: Option<Vec<CollectionId>>,
    #[serde(default)]
    mode: WantedMode,
}

/// The best places for a query.
#[utoipa::path(post, path = "/search", tag = "knowledge", operation_id = "search",
    request_body = SearchBody, responses(
    (status = 200, body = wire::SearchAnswer),
    (status = 422, body = Problem),
))]
pub(super) async fn search(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Body(body): Body<SearchBody>,
) -> Result<Json<wire::SearchAnswer>, Error> {
    READER.check(&by)?;
    let collections = named(body.collection_ids);
    let how = (collections.as_deref(), body.limit.unwrap_or(DEFAULT_HITS));
    let (hits, act) = knowledge.search(&by, &body.query, how).await?;
    let items = hits.iter().map(Into::into).collect();
    Ok(Json(wire::SearchAnswer { items, act_id: act.to_string() }))
}

/// Answers a question from the documents.
#[utoipa::path(post, path = "/ask", tag = "knowledge", operation_id = "ask",
    request_body = AskBody, responses(
    (status = 200, body = wire::Answer),
    (status = 422, body = Problem),
))]
pub(super) async fn ask(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Body(body): Body<AskBody>,
) -> Result<Json<wire::Answer>, Error> {
    READER.check(&by)?;
    let ask = Ask {
        collections: named(body.collection_ids),
        quotation_only: body.mode == WantedMode::Quotation,
        ..Ask::new(body.question)
    };
    Ok(Json((&knowledge.ask(&by, ask).await?).into()))
}

fn named(collections: Option<Vec<CollectionId>>) -> Option<Vec<CollectionId>> {
    collections.filter(|collections| !collections.is_empty())
}
