//! The dialects at `/v1`: OpenAI's Chat Completions, Responses, embeddings and models, Anthropic's
//! Messages; their shapes and their errors.
//!
//! A stock SDK works unchanged. Knows HTTP and shapes; what happens to a call is in the verbs.

mod arrived;
mod chat;
mod embeddings;
mod messages;
mod models;
mod refusal;
mod responses;
mod speak;

use kaname_identity::{Access, Route};
use kaname_kernel::Scope;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::GatewayState;

const MODELS: Access = Access::Program(Scope::Models, &[]);

/// Every route at the root. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("POST", "/v1/chat/completions", MODELS),
    ("POST", "/v1/responses", MODELS),
    ("POST", "/v1/messages", MODELS),
    ("POST", "/v1/messages/count_tokens", MODELS),
    ("POST", "/v1/embeddings", MODELS),
    ("GET", "/v1/models", MODELS),
    ("GET", "/v1/models/{id}", MODELS),
];

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
        .routes(routes!(models::list_models))
        .routes(routes!(models::find_model))
        // A public name may hold one slash, which not every client encodes.
        .route("/v1/models/{owner}/{name}", axum::routing::get(models::find_model_with_slash))
        .route("/v1/{*rest}", axum::routing::any(arrived::nothing_here))
        .with_state(state)
}
