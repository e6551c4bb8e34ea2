//! The dialects at `/v1`: OpenAI's Chat Completions, Responses, embeddings and models, Anthropic's
//! Messages; their shapes and their errors.
//!
//! A stock SDK works unchanged. Knows HTTP and shapes; what happens to a call is in the verbs.

mod arrived;
mod batches;
mod chat;
mod embeddings;
mod files;
mod messages;
mod models;
mod refusal;
mod rerank;
mod responses;
mod speak;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use kaname_identity::{Access, Route};
use kaname_kernel::{ActId, Label, Principal, Scope};
use kaname_model_core::Dialect;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{arrived::Arrived, refusal::Refusal};
use crate::{
    batches::CallPath, cache::Wish, failure::Failure, gateway::Gateway, http::GatewayState,
    order::Settled,
};

const MODELS: Access = Access::Program(Scope::Models, &[]);

/// Every route at the root. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("POST", "/v1/chat/completions", MODELS),
    ("POST", "/v1/responses", MODELS),
    ("POST", "/v1/messages", MODELS),
    ("POST", "/v1/messages/count_tokens", MODELS),
    ("POST", "/v1/embeddings", MODELS),
    ("POST", "/v1/rerank", MODELS),
    ("POST", "/v1/files", MODELS),
    ("GET", "/v1/files", MODELS),
    ("GET", "/v1/files/{id}", MODELS),
    ("DELETE", "/v1/files/{id}", MODELS),
    ("GET", "/v1/files/{id}/content", MODELS),
    ("POST", "/v1/batches", MODELS),
    ("GET", "/v1/batches", MODELS),
    ("GET", "/v1/batches/{id}", MODELS),
    ("POST", "/v1/batches/{id}/cancel", MODELS),
    ("GET", "/v1/models", MODELS),
    ("GET", "/v1/models/{id}", MODELS),
];

/// One call that does not come over HTTP: a line of a batch, a check question of a drill.
pub(crate) struct Single<'a> {
    /// Who calls.
    pub(crate) caller: Principal,
    /// The label of its text; the institution's default label where it has none of its own.
    pub(crate) label: Option<&'a Label>,
    /// Its body.
    pub(crate) body: Bytes,
    /// The act that led to it.
    pub(crate) parent: ActId,
}

/// What the route `path` answers to `call`, in the shape of its dialect also where it refuses.
pub(crate) async fn answer_one(gateway: &Gateway, path: CallPath, call: Single<'_>) -> Response {
    let dialect = match path {
        CallPath::Responses => Dialect::OpenAiResponses,
        _ => Dialect::OpenAiChat,
    };
    let arrived = Arrived::of(call);
    let answer = match path {
        CallPath::Chat | CallPath::Responses => speak::answer(gateway, dialect, &arrived).await,
        CallPath::Embeddings => embeddings::answer(gateway, arrived).await,
        CallPath::Rerank => rerank::answer(gateway, arrived).await,
    };
    answer.unwrap_or_else(|failure| Refusal::new(failure, dialect).into_response())
}

/// What is answered to the chat `call`, whole and asked anew: nothing kept is given, nor is it kept.
pub(crate) async fn chat_once(
    gateway: &Gateway,
    call: Single<'_>,
) -> Result<Settled<Bytes>, Failure> {
    let mut chat = speak::ordered(gateway, Dialect::OpenAiChat, &Arrived::of(call)).await?;
    chat.order.wish = Wish::Never;
    gateway.complete_chat(&chat).await
}

/// The routes, to be merged at the root.
pub fn router<S>(state: GatewayState) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(chat::chat_completions))
        .routes(routes!(responses::create_response))
        .routes(routes!(messages::create_message))
        .routes(routes!(messages::count_tokens))
        .routes(routes!(embeddings::embeddings))
        .routes(routes!(rerank::rerank))
        .routes(routes!(files::create_file, files::list_files))
        .routes(routes!(files::find_file, files::delete_file))
        .routes(routes!(files::read_file))
        .routes(routes!(batches::create_batch, batches::list_batches))
        .routes(routes!(batches::find_batch))
        .routes(routes!(batches::cancel_batch))
        .routes(routes!(models::list_models))
        .routes(routes!(models::find_model))
        // A public name may hold one slash, which not every client encodes.
        .route("/v1/models/{owner}/{name}", axum::routing::get(models::find_model_with_slash))
        .route("/v1/{*rest}", axum::routing::any(arrived::nothing_here))
        .with_state(state)
}
