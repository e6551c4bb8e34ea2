//! What can go wrong in identity, each with a stable code that has a page in `docs/errors/`.
//!
//! Nothing here tells whether an account exists to somebody who is not signed in.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kaname_kernel::Timestamp;
use kaname_platform::{
    DbError, SequencerError,
    http::{Fault, respond},
};

use crate::FieldError;

/// Why identity refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a valid session nor a valid key.
    #[error("nobody is signed in: the session or key is missing, wrong or has ended")]
    NotSignedIn,
    /// The roles of the person, or the scopes of the key, do not reach.
    #[error("this person or key is not allowed to do this")]
    NotAllowed,
    /// A temporary password must be replaced first.
    #[error("the temporary password must be changed first")]
    MustChangePassword,
    /// The request may come from another site.
    #[error(
        "the request does not carry the session's x-kaname-csrf token, or comes from another site"
    )]
    ForgedRequest,
    /// The user name or the password is wrong, or the account is disabled: not said which.
    #[error("the user name or password is wrong")]
    WrongPassword,
    /// Too many wrong passwords in a row.
    #[error("too many wrong passwords: sign-in for this name is blocked until {until} ms")]
    Locked {
        /// When trying again makes sense.
        until: Timestamp,
    },
    /// Too many sign-ins at once.
    #[error("too many sign-ins at this moment")]
    Busy,
    /// Not there, or of another institution.
    #[error("there is nothing here")]
    NotFound,
    /// A value that was given does not fit.
    #[error(transparent)]
    Invalid(#[from] FieldError),
    /// The state of things does not allow it.
    #[error(transparent)]
    Refused(#[from] RefusalError),
    /// The database failed.
    #[error("the records of identity cannot be read or written")]
    Db(#[from] DbError),
    /// The ledger of a new institution could not be made.
    #[error("the ledger of the institution cannot be made")]
    Ledger(#[from] SequencerError),
}

/// What the state of things does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusalError {
    /// The token of the set-up link is wrong, used or too old, or set-up is done.
    #[error("the set-up link is wrong, was used already, or is older than a day")]
    SetUp,
    /// Nobody could administer any more.
    #[error("this is the last administrator who can sign in")]
    LastAdministrator,
    /// The department still has people or teams.
    #[error("the department still has people or teams")]
    DepartmentInUse,
    /// The import is no CSV in UTF-8, or it is too large.
    #[error("the file must be CSV in UTF-8 with at most {} rows", crate::import_users::ROWS_MAX)]
    UnreadableImport,
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "identity.not_signed_in",
            Self::NotAllowed => "identity.not_allowed",
            Self::MustChangePassword => "identity.must_change_password",
            Self::ForgedRequest => "identity.forged_request",
            Self::WrongPassword => "identity.wrong_password",
            Self::Locked { .. } => "identity.locked",
            Self::Busy => "identity.busy",
            Self::NotFound => "identity.not_found",
            Self::Invalid(error) => error.code(),
            Self::Refused(RefusalError::SetUp) => "identity.set_up_refused",
            Self::Refused(RefusalError::LastAdministrator) => "identity.last_administrator",
            Self::Refused(RefusalError::DepartmentInUse) => "identity.department_in_use",
            Self::Refused(RefusalError::UnreadableImport) => "identity.unreadable_import",
            Self::Db(error) => error.code(),
            Self::Ledger(error) => error.code(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::NotAllowed
            | Self::MustChangePassword
            | Self::ForgedRequest
            | Self::Refused(RefusalError::SetUp) => StatusCode::FORBIDDEN,
            Self::Locked { .. } => StatusCode::LOCKED,
            Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(FieldError::Taken { .. })
            | Self::Refused(RefusalError::LastAdministrator | RefusalError::DepartmentInUse) => {
                StatusCode::CONFLICT
            }
            Self::Invalid(_) | Self::Refused(RefusalError::UnreadableImport) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Db(error) => error.status(),
            Self::Ledger(error) => error.status(),
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
            Self::Refused(RefusalError::SetUp) => Some(
                "start the server again: it prints a fresh link while nobody is set up".to_owned(),
            ),
            Self::Refused(RefusalError::LastAdministrator) => {
                Some("make another person an administrator first".to_owned())
            }
            _ => None,
        }
    }

    fn retry_at_ms(&self) -> Option<i64> {
        match self {
            Self::Locked { until } => Some(until.as_millis()),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        respond(&self)
    }
}
