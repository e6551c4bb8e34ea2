//! Jobs over HTTP.

use axum::{Json, extract::State, http::StatusCode};
use kaname_identity::SignedIn;
use kaname_kernel::JobId;
use kaname_platform::http::{Id, Page, Params, Problem};

use super::{EDITOR, wire};
use crate::{Error, Knowledge};

/// The newest jobs of the caller; of everyone for an administrator.
#[utoipa::path(get, path = "/jobs", tag = "jobs", operation_id = "list_jobs",
    params(Page), responses((status = 200, body = wire::JobPage)))]
pub(super) async fn list(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<wire::JobPage>, Error> {
    EDITOR.check(&by)?;
    let found = knowledge.list_jobs(&by, page.limit()).await?;
    let items = found.iter().map(Into::into).collect();
    Ok(Json(wire::JobPage { items, next_cursor: None }))
}

/// A job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", operation_id = "find_job",
    params(("id" = String, Path)), responses(
    (status = 200, body = wire::Job),
    (status = 404, body = Problem),
))]
pub(super) async fn find(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<JobId>,
) -> Result<Json<wire::Job>, Error> {
    EDITOR.check(&by)?;
    Ok(Json((&knowledge.find_job(&by, id).await?).into()))
}

/// Asks a job to stop.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", operation_id = "cancel_job",
    params(("id" = String, Path)), responses((status = 202), (status = 404, body = Problem)))]
pub(super) async fn cancel(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<JobId>,
) -> Result<StatusCode, Error> {
    EDITOR.check(&by)?;
    knowledge.cancel_job(&by, id).await?;
    Ok(StatusCode::ACCEPTED)
}
