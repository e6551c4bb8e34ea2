//! `/v1/files`: files of calls for batches and of what came of them, in OpenAI's shape.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::{
        FromRequest as _, Multipart, Path, Query, Request, State,
        multipart::{Field, MultipartError},
        rejection::PathRejection,
    },
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use kaname_identity::require_scope;
use kaname_kernel::{FileId, Principal, Scope};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    arrived::{ModelCaller, label_of, mark},
    refusal::{ErrorBody, Refusal},
};
use crate::{
    batches::{BatchError, BatchFile, Content, FilePurpose, NewFile, UPLOADS_MAX},
    error::Error,
    gateway::Gateway,
};

/// What stands before the id of a file.
const PREFIX: &str = "file-";
/// Longest field beside the file.
const FIELD_BYTES_MAX: usize = 1_024;
/// How long a file waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a file may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_mins(10);

/// A file as OpenAI describes it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct File {
    /// Its id.
    id: String,
    /// `file`.
    object: &'static str,
    /// How large it is.
    bytes: u64,
    /// Since when it is here, in seconds since the epoch.
    created_at: i64,
    /// When it goes, in seconds since the epoch.
    expires_at: i64,
    /// Its name.
    filename: String,
    /// `batch` or `batch_output`.
    purpose: FilePurpose,
    /// `processed`: it is ready.
    status: &'static str,
    /// Its label: of what is Kaname's own.
    label: String,
}

/// A page of files.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct FileList {
    /// `list`.
    object: &'static str,
    /// The files, newest first.
    data: Vec<File>,
    /// The first of them.
    first_id: Option<String>,
    /// The last of them.
    last_id: Option<String>,
    /// Whether there are more after the last.
    has_more: bool,
}

/// That a file is gone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct FileDeleted {
    /// Its id.
    id: String,
    /// `file`.
    object: &'static str,
    /// `true`.
    deleted: bool,
}

/// What a file is sent as.
#[derive(Debug, utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes the parts of a form, which are read one by one")]
pub(super) struct NewFileForm {
    /// `batch`.
    purpose: String,
    /// One call as a JSON object in every line.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

impl From<BatchFile> for File {
    fn from(file: BatchFile) -> Self {
        Self {
            id: file_id(file.id),
            object: "file",
            bytes: file.size_bytes,
            created_at: file.created_at.as_millis() / 1_000,
            expires_at: file.expires_at.as_millis() / 1_000,
            filename: file.file_name,
            purpose: file.purpose,
            status: "processed",
            label: file.label.to_string(),
        }
    }
}

/// The id of a file as callers see it.
pub(super) fn file_id(id: FileId) -> String {
    format!("{PREFIX}{id}")
}

/// The file that `text` names; what is no id names none.
pub(super) fn named_file(text: &str) -> Result<FileId, Error> {
    let id = text.strip_prefix(PREFIX).unwrap_or(text).parse();
    Ok(id.map_err(|_| BatchError::FileNotFound)?)
}

/// Which part of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    after: Option<String>,
    limit: Option<String>,
    purpose: Option<String>,
}

impl Part {
    /// How many, from 1 to 100.
    pub(super) fn limit(&self) -> Result<i64, Error> {
        let limit = self.limit.as_deref().map_or(Ok(20), str::parse::<i64>);
        let limit = limit.ok().filter(|limit| (1..=10_000).contains(limit));
        let limit = limit.ok_or_else(|| Error::bad_call("limit", "`limit` must be 1 to 10000"))?;
        Ok(limit.min(100))
    }

    /// After which.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref().filter(|after| !after.is_empty())
    }
}

/// Keeps a file of calls for a batch: the parts `purpose` (`batch`) and `file`, JSON Lines.
#[utoipa::path(post, path = "/v1/files", tag = "batches", operation_id = "create_file",
    request_body(content = NewFileForm, content_type = "multipart/form-data"),
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the file; only raises")),
    responses((status = 200, body = File), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 413, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn create_file(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    request: Request,
) -> Result<Json<File>, Refusal> {
    may_call(&by)?;
    let label = label_stated(&gateway, &by, request.headers()).await?;
    let parts = Multipart::from_request(request, &()).await;
    let parts = parts.map_err(|error| Error::bad_call("file", error.body_text()))?;
    let _turn = turn(&gateway.uploads, PATIENCE).await?;
    let arrived = read(parts, gateway.config.batch_file_bytes_max);
    // Whoever sends slowly does not keep the others out for ever.
    let arrived = tokio::time::timeout(ARRIVAL_MAX, arrived).await;
    let (file_name, bytes) = arrived.map_err(|_| {
        let minutes = ARRIVAL_MAX.as_secs() / 60;
        Error::bad_call("file", format!("the file did not arrive within {minutes} minutes"))
    })??;
    let file = gateway.create_file(&by, NewFile { file_name, bytes, label }).await?;
    Ok(Json(file.into()))
}

/// A place among those whose file is in memory; refused when none is free within `patience`.
async fn turn(places: &Semaphore, patience: Duration) -> Result<SemaphorePermit<'_>, Error> {
    if let Ok(Ok(place)) = tokio::time::timeout(patience, places.acquire()).await {
        return Ok(place);
    }
    let most = i64::try_from(UPLOADS_MAX).unwrap_or(i64::MAX);
    Err(BatchError::TooMany { what: "uploads under way", most }.into())
}

/// Only who may call models has files and batches of calls.
pub(super) fn may_call(by: &Principal) -> Result<(), Error> {
    Ok(require_scope(by, Scope::Models)?)
}

/// The label that the headers of a call give to what it sends.
pub(super) async fn label_stated(
    gateway: &Gateway,
    by: &Principal,
    headers: &HeaderMap,
) -> Result<kaname_kernel::Label, Error> {
    label_of(gateway.guard.pack(by.institution).await?, headers)
}

async fn read(mut parts: Multipart, most: usize) -> Result<(String, Bytes), Error> {
    let (mut file, mut purpose) = (None, None);
    while let Some(field) = parts.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let file_name = field.file_name().unwrap_or_default();
                let file_name = file_name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                file = Some((file_name, bytes_of(field, ("file", most)).await?));
            }
            "purpose" => purpose = Some(bytes_of(field, ("purpose", FIELD_BYTES_MAX)).await?),
            other => {
                let detail = format!("`{other}` is not supported; send `purpose` and `file`");
                return Err(Error::bad_call(name, detail));
            }
        }
    }
    if purpose.as_deref() != Some(FilePurpose::Batch.as_str().as_bytes()) {
        return Err(Error::bad_call("purpose", "`purpose` must be batch"));
    }
    file.ok_or_else(|| Error::bad_call("file", "the part `file` is missing"))
}

/// The bytes of a part, at most so many.
async fn bytes_of(
    mut field: Field<'_>,
    (name, most): (&'static str, usize),
) -> Result<Bytes, Error> {
    let mut bytes = BytesMut::new();
    while let Some(more) = field.chunk().await.map_err(unreadable)? {
        if bytes.len().saturating_add(more.len()) > most {
            let detail = format!("`{name}` is larger than {most} bytes");
            return Err(Error::bad_call(name, detail));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes.freeze())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: MultipartError) -> Error {
    Error::bad_call("file", error.body_text())
}

/// The caller's own files, newest first.
#[utoipa::path(get, path = "/v1/files", tag = "batches", operation_id = "list_files",
    params(("after" = Option<String>, Query), ("limit" = Option<i64>, Query), ("purpose" = Option<String>, Query)),
    responses((status = 200, body = FileList), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(super) async fn list_files(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    Query(part): Query<Part>,
) -> Result<Json<FileList>, Refusal> {
    may_call(&by)?;
    let limit = part.limit()?;
    let after = part.after().map(named_file).transpose()?;
    let mut found = gateway.files(&by, (after, limit + 1)).await?;
    let count = usize::try_from(limit).unwrap_or(1);
    let has_more = found.len() > count;
    found.truncate(count);
    found.retain(|file| part.purpose.as_deref().is_none_or(|one| one == file.purpose.as_str()));
    let data: Vec<File> = found.into_iter().map(File::from).collect();
    let id = |file: Option<&File>| file.map(|file| file.id.clone());
    let (first_id, last_id) = (id(data.first()), id(data.last()));
    Ok(Json(FileList { object: "list", data, first_id, last_id, has_more }))
}

/// One of the caller's own files.
#[utoipa::path(get, path = "/v1/files/{id}", tag = "batches", operation_id = "find_file",
    params(("id" = String, Path)), responses((status = 200, body = File), (status = 404, body = ErrorBody)))]
pub(super) async fn find_file(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<File>, Refusal> {
    may_call(&by)?;
    let id = named_file(&id.map(|Path(id)| id).unwrap_or_default())?;
    Ok(Json(gateway.file(&by, id).await?.into()))
}

/// Removes one of the caller's own files. A batch that has read it goes on.
#[utoipa::path(delete, path = "/v1/files/{id}", tag = "batches", operation_id = "delete_file",
    params(("id" = String, Path)), responses((status = 200, body = FileDeleted), (status = 404, body = ErrorBody)))]
pub(super) async fn delete_file(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<FileDeleted>, Refusal> {
    may_call(&by)?;
    let id = named_file(&id.map(|Path(id)| id).unwrap_or_default())?;
    let file = gateway.remove_file(&by, id).await?;
    Ok(Json(FileDeleted { id: file_id(file.id), object: "file", deleted: true }))
}

/// What is in one of the caller's own files: JSON Lines.
#[utoipa::path(get, path = "/v1/files/{id}/content", tag = "batches", operation_id = "read_file",
    params(("id" = String, Path)),
    responses((status = 200, description = "JSON Lines", body = String, content_type = "application/jsonl"),
    (status = 404, body = ErrorBody)))]
pub(super) async fn read_file(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    may_call(&by)?;
    let id = named_file(&id.map(|Path(id)| id).unwrap_or_default())?;
    let (file, content) = gateway.file_content(&by, id).await?;
    let body = match content {
        Content::Whole(bytes) => Body::from(bytes),
        Content::Results(batch, good) => results(gateway, (batch, good)),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    // Never a page, whatever a model wrote.
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    mark(headers, None, Some(&file.label));
    Ok(response)
}

/// The results of a batch, page by page; a failure cuts the answer off.
fn results(gateway: Gateway, of: (kaname_kernel::BatchId, bool)) -> Body {
    let pages = stream::unfold((gateway, Some(0)), move |(gateway, after)| async move {
        let after = after?;
        match gateway.results(of, after).await {
            Ok(lines) => {
                let (last, _) = lines.last()?;
                let next = Some(*last);
                let text: String = lines.iter().flat_map(|(_, line)| [line, "\n"]).collect();
                Some((Ok(Bytes::from(text)), (gateway, next)))
            }
            Err(error) => Some((Err(error), (gateway, None))),
        }
    });
    Body::from_stream(pages.boxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_waits_for_its_turn_and_is_refused_when_none_comes() {
        let places = Semaphore::new(1);
        let first = turn(&places, Duration::ZERO).await.unwrap();
        let refused = turn(&places, Duration::ZERO).await.unwrap_err();
        assert!(matches!(refused, Error::Batch(BatchError::TooMany { .. })), "{refused}");
        let (next, ()) =
            tokio::join!(turn(&places, Duration::from_mins(1)), async move { drop(first) });
        drop(next.unwrap());
    }
}
