//! Documents over HTTP.
#![expect(unused_qualifications, reason = "utoipa names the types of parameters by their path")]

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use kaname_identity::SignedIn;
use kaname_kernel::{CollectionId, DocumentId, Label};
use kaname_platform::http::{Body, Id, Page, Params, Problem};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{EDITOR, READER, wire};
use crate::{DocumentChange, Error, Knowledge};

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DocumentChange)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    title: Option<String>,
    /// Only upwards.
    #[schema(value_type = Option<String>)]
    label: Option<Label>,
    /// `YYYY-MM-DD`; empty takes the date away.
    effective_date: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Place {
    /// The byte of the canonical text to show.
    #[serde(default)]
    around: usize,
    /// The version; that of today's citations when absent.
    version: Option<i64>,
}

/// The documents of a collection, by id.
#[utoipa::path(get, path = "/collections/{id}/documents", tag = "knowledge", operation_id = "list_documents",
    params(("id" = String, Path), Page), responses(
    (status = 200, body = wire::DocumentPage),
    (status = 404, body = Problem),
))]
pub(super) async fn list(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<CollectionId>,
    Params(page): Params<Page>,
) -> Result<Json<wire::DocumentPage>, Error> {
    READER.check(&by)?;
    let asked = (page.cursor.as_deref(), page.limit());
    let (found, next_cursor) = knowledge.list_documents(&by, id, asked).await?;
    Ok(Json(wire::DocumentPage { items: found.iter().map(Into::into).collect(), next_cursor }))
}

/// A document.
#[utoipa::path(get, path = "/documents/{id}", tag = "knowledge", operation_id = "find_document",
    params(("id" = String, Path)), responses(
    (status = 200, body = wire::Document),
    (status = 404, body = Problem),
))]
pub(super) async fn find(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<Json<wire::Document>, Error> {
    READER.check(&by)?;
    Ok(Json((&knowledge.find_document(&by, id).await?.0).into()))
}

/// Changes what is said about a document.
#[utoipa::path(patch, path = "/documents/{id}", tag = "knowledge", operation_id = "change_document",
    params(("id" = String, Path)), request_body = ChangeBody, responses(
    (status = 200, body = wire::Document),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn change(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<DocumentId>,
    Body(body): Body<ChangeBody>,
) -> Result<Json<wire::Document>, Error> {
    EDITOR.check(&by)?;
    let change = DocumentChange {
        title: body.title,
        label: body.label,
        effective_date: body.effective_date,
    };
    Ok(Json((&knowledge.change_document(&by, id, change).await?).into()))
}

/// Removes a document.
#[utoipa::path(delete, path = "/documents/{id}", tag = "knowledge", operation_id = "remove_document",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, Error> {
    EDITOR.check(&by)?;
    knowledge.remove_document(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The text of a document, or the part around a place.
#[utoipa::path(get, path = "/documents/{id}/text", tag = "knowledge", operation_id = "read_text",
    params(("id" = String, Path), Place), responses(
    (status = 200, body = wire::DocumentText),
    (status = 404, body = Problem),
))]
pub(super) async fn text(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<DocumentId>,
    Params(place): Params<Place>,
) -> Result<Json<wire::DocumentText>, Error> {
    READER.check(&by)?;
    let text = knowledge.read_text(&by, id, (place.version, place.around)).await?;
    Ok(Json(wire::DocumentText {
        document: (&text.document).into(),
        collection_name: text.collection_name,
        version: text.version,
        text_start: text.text_start,
        text: text.text,
        blocks: text.blocks,
    }))
}

/// The file of a document as it was sent. Never shown in the browser, always saved.
#[utoipa::path(get, path = "/documents/{id}/original", tag = "knowledge", operation_id = "read_original",
    params(("id" = String, Path)), responses(
    (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 404, body = Problem),
))]
pub(super) async fn original(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<DocumentId>,
) -> Result<Response, Error> {
    READER.check(&by)?;
    let (document, bytes) = knowledge.read_original(&by, id).await?;
    let disposition = format!("attachment; filename*=UTF-8''{}", encoded(&document.file_name));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A file name as RFC 8187 wants it.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'.' | b'-' | b'_' => char::from(byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
