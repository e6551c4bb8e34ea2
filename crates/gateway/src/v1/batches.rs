//! `/v1/batches`: many calls that are made in the background, in OpenAI's shape.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, Query, Request, State, rejection::PathRejection},
};
use kaname_kernel::BatchId;
use serde::{Deserialize, Serialize};

use super::{
    arrived::ModelCaller,
    files::{Part, file_id, label_stated, may_call, named_file},
    refusal::{ErrorBody, Refusal},
};
use crate::{
    batches::{self, BatchError, BatchState, CallPath, LineFault},
    error::Error,
    gateway::Gateway,
};

/// What stands before the id of a batch.
const PREFIX: &str = "batch_";
/// Largest body that makes a batch.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A batch as OpenAI describes it. Moments are in seconds since the epoch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Batch {
    /// Its id.
    id: String,
    /// `batch`.
    object: &'static str,
    /// Where its calls go.
    endpoint: &'static str,
    /// What is wrong with its file, by line.
    errors: Option<LineFaults>,
    /// The file of its calls.
    input_file_id: String,
    /// `24h`.
    completion_window: &'static str,
    /// Where it stands.
    status: BatchState,
    /// What came of the calls that went well.
    output_file_id: Option<String>,
    /// What came of the others.
    error_file_id: Option<String>,
    /// Since when it is here.
    created_at: i64,
    /// When its file had been read.
    in_progress_at: Option<i64>,
    /// Until when its calls are made.
    expires_at: i64,
    /// When its last call ended.
    finalizing_at: Option<i64>,
    /// When it was completed.
    completed_at: Option<i64>,
    /// When it failed.
    failed_at: Option<i64>,
    /// When its time was over.
    expired_at: Option<i64>,
    /// When somebody asked to stop it.
    cancelling_at: Option<i64>,
    /// When it was stopped.
    cancelled_at: Option<i64>,
    /// How many calls.
    request_counts: Counts,
    /// What its maker noted on it.
    metadata: BTreeMap<String, String>,
    /// Its label: of what is Kaname's own.
    label: String,
}

/// What is wrong with a file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LineFaults {
    /// `list`.
    object: &'static str,
    /// The faults.
    data: Vec<LineFault>,
}

/// How many calls a batch has.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Counts {
    /// In all, once its file was read.
    total: u64,
    /// That went well.
    completed: u64,
    /// That did not.
    failed: u64,
}

/// A page of batches.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BatchList {
    /// `list`.
    object: &'static str,
    /// The batches, newest first.
    data: Vec<Batch>,
    /// The first of them.
    first_id: Option<String>,
    /// The last of them.
    last_id: Option<String>,
    /// Whether there are more after the last.
    has_more: bool,
}

/// A batch as it is asked for.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBatch {
    /// The file of its calls.
    input_file_id: String,
    /// `/v1/chat/completions`, `/v1/responses`, `/v1/embeddings` or `/v1/rerank`.
    endpoint: String,
    /// `24h`.
    completion_window: String,
    /// Up to 16 notes of its maker.
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

impl From<batches::Batch> for Batch {
    fn from(batch: batches::Batch) -> Self {
        let seconds = |ms: i64| ms / 1_000;
        let moments = batch.moments;
        let faults = batch.faults;
        Self {
            id: format!("{PREFIX}{}", batch.id),
            object: "batch",
            endpoint: batch.path.as_str(),
            errors: (!faults.is_empty()).then_some(LineFaults { object: "list", data: faults }),
            input_file_id: file_id(batch.file),
            completion_window: "24h",
            status: batch.state,
            output_file_id: batch.output_file.map(file_id),
            error_file_id: batch.error_file.map(file_id),
            created_at: seconds(batch.created_at.as_millis()),
            in_progress_at: moments.in_progress.map(seconds),
            expires_at: seconds(batch.due_at.as_millis()),
            finalizing_at: moments.finalizing.map(seconds),
            completed_at: moments.completed.map(seconds),
            failed_at: moments.failed.map(seconds),
            expired_at: moments.expired.map(seconds),
            cancelling_at: moments.cancelling.map(seconds),
            cancelled_at: moments.cancelled.map(seconds),
            request_counts: Counts {
                total: batch.total,
                completed: batch.completed,
                failed: batch.failed,
            },
            metadata: batch.metadata,
            label: batch.label.to_string(),
        }
    }
}

/// The batch that `text` names; what is no id names none.
fn named_batch(text: &str) -> Result<BatchId, Error> {
    let id = text.strip_prefix(PREFIX).unwrap_or(text).parse();
    Ok(id.map_err(|_| BatchError::NotFound)?)
}

/// Makes the calls of a file in the background, each as a call of its own.
#[utoipa::path(post, path = "/v1/batches", tag = "batches", operation_id = "create_batch",
    request_body = NewBatch,
    params(("x-kaname-label" = Option<String>, Header, description = "Label of the calls; the file's raises it")),
    responses((status = 200, body = Batch), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn create_batch(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    request: Request,
) -> Result<Json<Batch>, Refusal> {
    may_call(&by)?;
    let label = label_stated(&gateway, &by, request.headers()).await?;
    let body = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    let body = body.map_err(|_| BadBody::TooLarge).map_err(Error::from)?;
    let asked: NewBatch =
        serde_json::from_slice(&body).map_err(|error| Error::from(BadBody::Unread(error)))?;
    let path = CallPath::of(&asked.endpoint).ok_or_else(|| {
        let known = CallPath::ALL.map(CallPath::as_str).join(", ");
        Error::bad_call("endpoint", format!("`endpoint` must be one of {known}"))
    })?;
    if asked.completion_window != "24h" {
        let detail = "`completion_window` must be 24h";
        return Err(Error::bad_call("completion_window", detail).into());
    }
    let file = named_file(&asked.input_file_id)?;
    let metadata = asked.metadata.unwrap_or_default();
    let new = batches::NewBatch { file, path, label, metadata };
    Ok(Json(gateway.create_batch(&by, new).await?.into()))
}

/// Why a body makes no batch.
enum BadBody {
    TooLarge,
    Unread(serde_json::Error),
}

impl From<BadBody> for Error {
    fn from(bad: BadBody) -> Self {
        let detail = match bad {
            BadBody::TooLarge => format!("the body is larger than {BODY_BYTES_MAX} bytes"),
            BadBody::Unread(error) => format!("the body is not acceptable: {error}"),
        };
        Self::BadCall { param: None, detail }
    }
}

/// The caller's own batches, newest first.
#[utoipa::path(get, path = "/v1/batches", tag = "batches", operation_id = "list_batches",
    params(("after" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = BatchList), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(super) async fn list_batches(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    Query(part): Query<Part>,
) -> Result<Json<BatchList>, Refusal> {
    may_call(&by)?;
    let limit = part.limit()?;
    let after = part.after().map(named_batch).transpose()?;
    let mut found = gateway.batches(&by, (after, limit + 1)).await?;
    let count = usize::try_from(limit).unwrap_or(1);
    let has_more = found.len() > count;
    found.truncate(count);
    let data: Vec<Batch> = found.into_iter().map(Batch::from).collect();
    let id = |batch: Option<&Batch>| batch.map(|batch| batch.id.clone());
    let (first_id, last_id) = (id(data.first()), id(data.last()));
    Ok(Json(BatchList { object: "list", data, first_id, last_id, has_more }))
}

/// One of the caller's own batches.
#[utoipa::path(get, path = "/v1/batches/{id}", tag = "batches", operation_id = "find_batch",
    params(("id" = String, Path)), responses((status = 200, body = Batch), (status = 404, body = ErrorBody)))]
pub(super) async fn find_batch(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Batch>, Refusal> {
    may_call(&by)?;
    let id = named_batch(&id.map(|Path(id)| id).unwrap_or_default())?;
    Ok(Json(gateway.batch(&by, id).await?.into()))
}

/// Stops one of the caller's own batches: calls under way end, no further one begins.
#[utoipa::path(post, path = "/v1/batches/{id}/cancel", tag = "batches", operation_id = "cancel_batch",
    params(("id" = String, Path)), responses((status = 200, body = Batch), (status = 404, body = ErrorBody),
    (status = 409, body = ErrorBody)))]
pub(super) async fn cancel_batch(
    State(gateway): State<Gateway>,
    ModelCaller(by): ModelCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Batch>, Refusal> {
    may_call(&by)?;
    let id = named_batch(&id.map(|Path(id)| id).unwrap_or_default())?;
    Ok(Json(gateway.cancel_batch(&by, id).await?.into()))
}
