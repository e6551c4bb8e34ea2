//! `POST /v1/chat/completions`, plain and streaming.

use axum::{
    extract::{Request, State},
    response::Response,
};
use kaname_model_core::Dialect;

use super::{arrived::ModelCaller, refusal::ErrorBody, speak::speak};
use crate::gateway::Gateway;

/// Has a model continue a conversation. The body is OpenAI's; unknown fields pass to an endpoint
/// that speaks the same dialect.
#[utoipa::path(post, path = "/v1/chat/completions", tag = "models", operation_id = "chat_completions",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "OpenAI's chat completion, or its chunks as server-sent events"),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 502, body = ErrorBody), (status = 503, body = ErrorBody), (status = 504, body = ErrorBody),
))]
pub(super) async fn chat_completions(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    speak(&gateway, Dialect::OpenAiChat, caller, request).await
}
