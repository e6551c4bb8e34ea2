//! What can go wrong in knowledge, each with a stable code that has a page in `docs/errors/`.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kaname_platform::{
    DbError,
    blobs::BlobError,
    http::{Fault, respond},
};

/// Why a verb of knowledge did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not there, of another institution, or not for this reader: not said which.
    #[error("there is nothing here")]
    NotFound,
    /// The caller may read but not change.
    #[error("this person or key may not change this")]
    NotAllowed,
    /// A field is not acceptable.
    #[error("{detail}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// Another collection has this key.
    #[error("another collection has this key")]
    KeyTaken,
    /// A label may only rise.
    #[error("a label may only rise; lowering one is a decision of two people")]
    LabelLowered,
    /// A collection with documents cannot be removed.
    #[error("the collection still has documents")]
    NotEmpty,
    /// The upload cannot be read as multipart.
    #[error("the upload cannot be read: {0}")]
    Upload(String),
    /// The whole upload is larger than the server takes.
    #[error("the upload is larger than this server takes")]
    UploadTooLarge,
    /// The database failed.
    #[error("the records of knowledge cannot be read or written")]
    Db(#[from] DbError),
    /// The file store failed.
    #[error("the files cannot be read or written")]
    Blob(#[from] BlobError),
    /// The index failed; it can be made again.
    #[error("the search index cannot be used")]
    Index(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The dictionary of Japanese is not there or damaged.
    #[error(transparent)]
    Lexicon(#[from] kaname_lexicon_core::LexiconError),
    /// The door to the models refused or failed.
    #[error(transparent)]
    Gateway(#[from] kaname_gateway::Failure),
    /// Who asks may not.
    #[error(transparent)]
    Identity(#[from] kaname_identity::Error),
    /// The label pack of the institution is not known.
    #[error(transparent)]
    Guard(#[from] kaname_guard::Error),
}

impl Error {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }

    pub(crate) fn index(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Index(Box::new(error))
    }
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::index(error)
    }
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "knowledge.not_found",
            Self::NotAllowed => "knowledge.not_allowed",
            Self::Invalid { .. } => "knowledge.invalid",
            Self::KeyTaken => "knowledge.key_taken",
            Self::LabelLowered => "knowledge.label_lowered",
            Self::NotEmpty => "knowledge.not_empty",
            Self::Upload(_) => "knowledge.upload_unreadable",
            Self::UploadTooLarge => "http.too_large",
            Self::Db(error) => error.code(),
            Self::Blob(error) => error.code(),
            Self::Index(_) => "knowledge.index_broken",
            Self::Lexicon(_) => "knowledge.no_dictionary",
            Self::Gateway(error) => error.code(),
            Self::Guard(error) => error.code(),
            Self::Identity(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::Invalid { .. } | Self::LabelLowered => StatusCode::UNPROCESSABLE_ENTITY,
            Self::KeyTaken | Self::NotEmpty => StatusCode::CONFLICT,
            Self::Upload(_) => StatusCode::BAD_REQUEST,
            Self::UploadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Db(error) => error.status(),
            Self::Blob(error) => error.status(),
            Self::Index(_) | Self::Lexicon(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Gateway(error) => error.status(),
            Self::Guard(error) => error.status(),
            Self::Identity(error) => error.status(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid { field, .. } => Some((*field).to_owned()),
            Self::LabelLowered => Some("label".to_owned()),
            Self::Gateway(error) => error.field(),
            _ => None,
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::Index(_) => Some("Restart the server: it makes the index again.".to_owned()),
            Self::NotEmpty => Some("Remove its documents first.".to_owned()),
            Self::Gateway(error) => error.fix(),
            Self::Guard(error) => error.fix(),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
