//! What can go wrong with files and batches, each with a stable code.

use http::StatusCode;
use kaname_platform::{blobs::BlobError, http::Fault};

/// Why a verb on files or batches did not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// No such file, or somebody else's, or above the reader's clearance: not said which.
    #[error("there is no such file")]
    FileNotFound,
    /// No such batch, or somebody else's.
    #[error("there is no such batch")]
    NotFound,
    /// A batch that has ended cannot be cancelled.
    #[error("the batch has ended already")]
    Ended,
    /// The person has as many as one may.
    #[error("there are already {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many one may have.
        most: i64,
    },
    /// The file store failed.
    #[error("the files cannot be read or written")]
    Blob(#[from] BlobError),
}

impl Fault for BatchError {
    fn code(&self) -> &'static str {
        match self {
            Self::FileNotFound => "gateway.file_not_found",
            Self::NotFound => "gateway.batch_not_found",
            Self::Ended => "gateway.batch_ended",
            Self::TooMany { .. } => "gateway.too_many_batches",
            Self::Blob(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::FileNotFound | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Ended => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Blob(error) => error.status(),
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::TooMany { .. } => {
                let fix =
                    "Wait for uploads or batches to end, or delete files that are not needed.";
                Some(fix.to_owned())
            }
            _ => None,
        }
    }
}
