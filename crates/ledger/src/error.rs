//! What can go wrong in the ledger slice.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kaname_platform::{
    DbError, SequencerError,
    http::{Fault, respond},
};

/// Why a question to the ledger has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such act, or none that this reader may see.
    #[error("there is no such act that you may see")]
    NotFound,
    /// The reader's roles do not open this.
    #[error("only auditors and administrators may do this")]
    NotAllowed,
    /// The act is durable but not yet in the tree.
    #[error("the act is recorded and will be in the ledger in a moment: try again")]
    Pending,
    /// The sizes asked for are not sizes of this tree in order.
    #[error("from and to must be sizes of this ledger, from not above to")]
    BadRange,
    /// The database failed.
    #[error("the ledger cannot be read")]
    Db(#[from] DbError),
    /// The stored tree or its key is damaged.
    #[error("the ledger is damaged")]
    Broken(#[from] SequencerError),
    /// A proof or receipt could not be built from what is stored.
    #[error("no proof can be built: {0}")]
    NoProof(String),
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "ledger.not_found",
            Self::NotAllowed => "ledger.not_allowed",
            Self::Pending => "ledger.pending",
            Self::BadRange => "ledger.bad_range",
            Self::Db(error) => error.code(),
            Self::Broken(error) => error.code(),
            Self::NoProof(_) => "ledger.no_proof",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::Pending => StatusCode::CONFLICT,
            Self::BadRange => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Db(error) => error.status(),
            Self::Broken(_) | Self::NoProof(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::BadRange).then(|| "from".to_owned())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
