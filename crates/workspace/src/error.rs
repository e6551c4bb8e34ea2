//! What can go wrong in the workspace, each with a stable code that has a page in `docs/errors/`.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kaname_platform::{
    DbError,
    http::{Fault, respond},
};

use crate::text::{COLLECTIONS_MAX, QUESTION_LENGTH_MAX, TITLE_LENGTH_MAX};

/// Why the workspace refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not there, or somebody else's.
    #[error("there is no such conversation or message")]
    NotFound,
    /// The label of the conversation is over the person's clearance.
    #[error("the conversation is labelled higher than this person may read")]
    NotCleared,
    /// Another answer is on its way in this conversation.
    #[error("an answer is on its way in this conversation")]
    AnswerRunning,
    /// The conversation has as many messages as one may have.
    #[error("the conversation is full")]
    Full,
    /// Too many answers are on their way.
    #[error("too many answers are on their way at this moment")]
    Busy,
    /// A value that was given does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The person or key may not.
    #[error(transparent)]
    Identity(#[from] kaname_identity::Error),
    /// The label of the text could not be found out.
    #[error(transparent)]
    Guard(#[from] kaname_guard::Error),
    /// The database failed.
    #[error("conversations cannot be read or written")]
    Db(#[from] DbError),
}

/// Why a value was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Empty, too long, or with control characters.
    #[error("text must be 1 to {QUESTION_LENGTH_MAX} characters without control characters")]
    Question,
    /// Empty, too long, or not one line.
    #[error("title must be 1 to {TITLE_LENGTH_MAX} characters on one line")]
    Title,
    /// Too many collections.
    #[error("collection_ids may name at most {COLLECTIONS_MAX} collections")]
    Collections,
    /// The cursor is not one that this list gave.
    #[error("cursor must be the next_cursor of the page before")]
    Cursor,
}

impl FieldError {
    fn code(self) -> &'static str {
        match self {
            Self::Question => "workspace.invalid_text",
            Self::Title => "workspace.invalid_title",
            Self::Collections => "workspace.too_many_collections",
            Self::Cursor => "workspace.invalid_cursor",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Question => "text",
            Self::Title => "title",
            Self::Collections => "collection_ids",
            Self::Cursor => "cursor",
        }
    }
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "workspace.not_found",
            Self::NotCleared => "workspace.not_cleared",
            Self::AnswerRunning => "workspace.answer_running",
            Self::Full => "workspace.conversation_full",
            Self::Busy => "workspace.busy",
            Self::Invalid(error) => error.code(),
            Self::Stopping => "workspace.stopping",
            Self::Identity(error) => error.code(),
            Self::Guard(error) => error.code(),
            Self::Db(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotCleared => StatusCode::FORBIDDEN,
            Self::AnswerRunning | Self::Full => StatusCode::CONFLICT,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::Identity(error) => error.status(),
            Self::Guard(error) => error.status(),
            Self::Db(error) => error.status(),
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Invalid(error) => Some(error.field().to_owned()),
            _ => None,
        }
    }

    fn fix(&self) -> Option<String> {
        match self {
            Self::AnswerRunning => Some("wait for the answer, or stop it first".to_owned()),
            Self::Full => Some("begin a new conversation".to_owned()),
            Self::Busy => Some("try again in a moment".to_owned()),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
