//! `POST /v1/responses`, plain and streaming. Nothing is stored under its id: the record is the act.

use axum::{
    extract::{Request, State},
    response::Response,
};
use kaname_model_core::Dialect;

use super::{arrived::ModelCaller, refusal::ErrorBody, speak::speak};
use crate::gateway::Gateway;

/// Has a model answer. The body is OpenAI's; what the vendor would keep (`previous_response_id`,
/// `conversation`, `store`) or run by itself (hosted tools) is refused.
#[utoipa::path(post, path = "/v1/responses", tag = "models", operation_id = "create_response",
    request_body = Object,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the text; only raises")),
    responses(
    (status = 200, description = "OpenAI's response, or its events as server-sent events"),
    (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 429, body = ErrorBody),
    (status = 502, body = ErrorBody), (status = 503, body = ErrorBody), (status = 504, body = ErrorBody),
))]
pub(super) async fn create_response(
    State(gateway): State<Gateway>,
    ModelCaller(caller): ModelCaller,
    request: Request,
) -> Response {
    speak(&gateway, Dialect::OpenAiResponses, caller, request).await
}
