//! The upload: parts are read one after another, each against its own bound.

use axum::{
    Json,
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::StatusCode,
};
use bytes::{Bytes, BytesMut};
use kaname_identity::SignedIn;
use kaname_kernel::CollectionId;
use kaname_platform::http::{Id, Problem};
use utoipa::ToSchema;

use super::{EDITOR, wire};
use crate::{Error, FileFault, ImportOptions, Knowledge, NewFile};

/// Bytes of a field that is no file.
const FIELD_BYTES_MAX: usize = 4 << 10;

/// The form of an upload, for the OpenAPI document: parts are read one by one.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is never held as a whole")]
struct UploadForm {
    /// The files.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Bytes>,
    /// The label of all of them, if higher than the collection's.
    #[schema(nullable = false)]
    label: Option<String>,
    /// The title, for a single file.
    #[schema(nullable = false)]
    title: Option<String>,
    /// `YYYY-MM-DD`.
    #[schema(nullable = false)]
    effective_date: Option<String>,
}

/// Takes files into a collection; a job reads them.
#[utoipa::path(post, path = "/collections/{id}/documents", tag = "knowledge", operation_id = "import",
    params(("id" = String, Path)),
    request_body(content_type = "multipart/form-data", content = UploadForm),
    responses(
    (status = 202, body = wire::Upload),
    (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn upload(
    State(knowledge): State<Knowledge>,
    SignedIn(by): SignedIn,
    Id(id): Id<CollectionId>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<wire::Upload>), Error> {
    EDITOR.check(&by)?;
    let parts = parts.map_err(|refused| Error::Upload(refused.body_text()))?;
    // Who may not add is told so before the files are read.
    knowledge.editable(&by, id).await?;
    let read = read(&knowledge, parts).await?;
    let sent = if read.files.is_empty() && !read.refused.is_empty() {
        crate::Imported { job: None, documents: Vec::new(), refused: Vec::new() }
    } else {
        knowledge.import(&by, id, (read.files, read.options)).await?
    };
    let refused = read.refused.into_iter().chain(sent.refused);
    let answer = wire::Upload {
        job_id: sent.job.map(|id| id.to_string()),
        documents: sent.documents.iter().map(Into::into).collect(),
        refused: refused
            .map(|(file_name, fault)| wire::RefusedFile {
                file_name,
                code: fault.code,
                detail: fault.detail,
                fix: fault.fix,
            })
            .collect(),
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

#[derive(Default)]
struct Read {
    files: Vec<NewFile>,
    refused: Vec<(String, FileFault)>,
    options: ImportOptions,
}

async fn read(knowledge: &Knowledge, mut parts: Multipart) -> Result<Read, Error> {
    let mut read = Read::default();
    while let Some(field) = parts.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let file_name = base_name(field.file_name().unwrap_or_default()).to_owned();
                match bytes_of(field, knowledge.config.file_bytes_max).await? {
                    Some(bytes) => read.files.push(NewFile { file_name, bytes }),
                    None => read.refused.push((file_name, knowledge.too_large())),
                }
            }
            "label" => {
                let text = text_of(field, "label").await?;
                let label = text.parse().map_err(|error: kaname_kernel::LabelError| {
                    Error::invalid("label", error.to_string())
                })?;
                read.options.label = Some(label);
            }
            "title" => read.options.title = Some(text_of(field, "title").await?),
            "effective_date" => {
                read.options.effective_date = Some(text_of(field, "effective_date").await?);
            }
            _ => return Err(Error::Upload(format!("there is no field {name:?}"))),
        }
    }
    Ok(read)
}

/// The bytes of a part; `None` when it is larger than `most`. What is too much is not kept.
async fn bytes_of(mut field: Field<'_>, most: usize) -> Result<Option<Bytes>, Error> {
    let mut bytes = BytesMut::new();
    let mut fits = true;
    while let Some(more) = field.chunk().await.map_err(unreadable)? {
        fits = fits && bytes.len() + more.len() <= most;
        if fits {
            bytes.extend_from_slice(&more);
        } else {
            bytes = BytesMut::new();
        }
    }
    Ok(fits.then(|| bytes.freeze()))
}

async fn text_of(field: Field<'_>, name: &'static str) -> Result<String, Error> {
    let bytes = bytes_of(field, FIELD_BYTES_MAX).await?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    text.ok_or_else(|| Error::invalid(name, "this is too long or not UTF-8"))
}

/// The name without a path, as some browsers send one.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::UploadTooLarge;
    }
    Error::Upload(error.body_text())
}
