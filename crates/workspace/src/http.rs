//! The workspace over HTTP: the router, the list of who may call what, and thin handlers.

mod stream;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use kaname_identity::{Access, Route, SignedIn};
use kaname_kernel::{CollectionId, ConversationId, Scope};
use kaname_platform::http::{Body, Id, Page, Params, Problem, one_of};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Schema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Change, Conversation, Error, Message, NewQuestion, Workspace};

/// Everybody, for what is their own; a key needs the scope to ask documents.
const OWN: Access = Access::Program(Scope::Knowledge, &[]);

/// Every route of the workspace. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("GET", "/conversations", OWN),
    ("POST", "/conversations", OWN),
    ("GET", "/conversations/{id}", OWN),
    ("PATCH", "/conversations/{id}", OWN),
    ("DELETE", "/conversations/{id}", OWN),
    ("POST", "/conversations/{id}/messages", OWN),
    ("POST", "/conversations/{id}/messages/{message_id}/stop", OWN),
];

/// The routes, to be nested under the API's base.
pub fn router<S>(workspace: Workspace) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, delete))
        .routes(routes!(ask))
        .routes(routes!(stop))
        .with_state(workspace)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConversation {
    /// Where answers are looked for; empty or absent means everywhere the person may read.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    collection_ids: Vec<CollectionId>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConversationChange {
    title: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    collection_ids: Option<Vec<CollectionId>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    /// The question, up to 8,000 characters.
    text: String,
    /// Where to look, from now on in this conversation.
    #[schema(value_type = Option<Vec<String>>)]
    collection_ids: Option<Vec<CollectionId>>,
}

fn event_names() -> Schema {
    one_of(["started", "status", "delta", "citations", "done", "failed"])
}

/// One event of an answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the stream in the OpenAPI document")]
struct AnswerEvent {
    /// What it tells.
    #[schema(schema_with = event_names)]
    event: &'static str,
    /// JSON, as the operation describes for each event.
    data: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct ConversationPage {
    items: Vec<Conversation>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ConversationWithMessages {
    conversation: Conversation,
    messages: Vec<Message>,
}

/// One's own conversations, the latest first.
#[utoipa::path(get, path = "/conversations", tag = "workspace", operation_id = "list_conversations",
    params(Page), responses(
    (status = 200, body = ConversationPage),
    (status = 422, body = Problem),
))]
async fn list(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<ConversationPage>, Error> {
    OWN.check(&by)?;
    let listed = workspace.list_conversations(&by, &page).await?;
    Ok(Json(ConversationPage { items: listed.items, next_cursor: listed.next_cursor }))
}

/// Begins a conversation.
#[utoipa::path(post, path = "/conversations", tag = "workspace",
    operation_id = "create_conversation", request_body = NewConversation, responses(
    (status = 201, body = Conversation),
    (status = 422, body = Problem),
))]
async fn create(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Body(body): Body<NewConversation>,
) -> Result<(StatusCode, Json<Conversation>), Error> {
    OWN.check(&by)?;
    let conversation = workspace.create_conversation(&by, body.collection_ids).await?;
    Ok((StatusCode::CREATED, Json(conversation)))
}

/// One conversation with its messages. An answer on its way is left out.
#[utoipa::path(get, path = "/conversations/{id}", tag = "workspace",
    operation_id = "read_conversation", params(("id" = String, Path)), responses(
    (status = 200, body = ConversationWithMessages),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
async fn read(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Id(id): Id<ConversationId>,
) -> Result<Json<ConversationWithMessages>, Error> {
    OWN.check(&by)?;
    let (conversation, messages) = workspace.read_conversation(&by, id).await?;
    Ok(Json(ConversationWithMessages { conversation, messages }))
}

/// Renames a conversation, or changes where its answers are looked for.
#[utoipa::path(patch, path = "/conversations/{id}", tag = "workspace",
    operation_id = "change_conversation", params(("id" = String, Path)),
    request_body = ConversationChange, responses(
    (status = 200, body = Conversation),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
async fn change(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Id(id): Id<ConversationId>,
    Body(body): Body<ConversationChange>,
) -> Result<Json<Conversation>, Error> {
    OWN.check(&by)?;
    let change = Change { title: body.title, collections: body.collection_ids };
    Ok(Json(workspace.change_conversation(&by, id, change).await?))
}

/// Deletes a conversation and all that was said in it. The acts stay, without their content.
#[utoipa::path(delete, path = "/conversations/{id}", tag = "workspace",
    operation_id = "delete_conversation", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
async fn delete(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Id(id): Id<ConversationId>,
) -> Result<StatusCode, Error> {
    OWN.check(&by)?;
    workspace.delete_conversation(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a question; the answer comes as server-sent events.
///
/// `started` {user_message, message_id, act_id}, then any of `status` {stage}, `delta` {text} and
/// `citations` {citations}, and at last `done` {message, conversation} or `failed` {code, detail,
/// message}. Whoever ends the request stops the answer; what came so far is kept as "stopped".
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "workspace",
    operation_id = "ask_question", params(("id" = String, Path)), request_body = NewMessage,
    responses(
    (status = 200, body = AnswerEvent, content_type = "text/event-stream"),
    (status = 403, body = Problem),
    (status = 404, body = Problem),
    (status = 409, body = Problem),
    (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
async fn ask(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    Id(id): Id<ConversationId>,
    Body(body): Body<NewMessage>,
) -> Result<Response, Error> {
    OWN.check(&by)?;
    let question = NewQuestion { text: body.text, collections: body.collection_ids };
    Ok(stream::respond(workspace.ask(&by, id, question).await?))
}

/// Stops an answer that is on its way.
#[utoipa::path(post, path = "/conversations/{id}/messages/{message_id}/stop", tag = "workspace",
    operation_id = "stop_answer",
    params(("id" = String, Path), ("message_id" = String, Path)), responses(
    (status = 202),
    (status = 404, body = Problem),
))]
async fn stop(
    State(workspace): State<Workspace>,
    SignedIn(by): SignedIn,
    ids: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Error> {
    OWN.check(&by)?;
    // Whatever is no id is not there.
    let Path((id, message)) = ids.map_err(|_| Error::NotFound)?;
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let message = message.parse().map_err(|_| Error::NotFound)?;
    workspace.stop_answer(&by, id, message).await?;
    Ok(StatusCode::ACCEPTED)
}
