//! OpenAI's dialect at `/v1`: chat completions, embeddings, models; its shapes and its errors.
//!
//! A stock SDK works unchanged. Knows HTTP and shapes; what happens to a call is in the verbs.

mod chat;
mod embeddings;
mod error;
mod models;
mod reading;

use kaname_identity::{Access, Route};
use kaname_kernel::Scope;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::GatewayState;

const MODELS: Access = Access::Program(Scope::Models, &[]);

/// Every route at the root. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("POST", "/v1/chat/completions", MODELS),
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
        .routes(routes!(embeddings::embeddings))
        .routes(routes!(models::list_models))
        .routes(routes!(models::find_model))
        // A public name may hold one slash, which not every client encodes.
        .route("/v1/models/{owner}/{name}", axum::routing::get(models::find_model_with_slash))
        .with_state(state)
}
