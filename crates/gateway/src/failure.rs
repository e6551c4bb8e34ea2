//! An error of a call, with the act under which it is recorded.

use http::StatusCode;
use kaname_guard::Attempt;
use kaname_kernel::ActId;
use kaname_platform::http::Fault;

use crate::error::Error;

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What happened.
    #[source]
    pub error: Error,
    /// The act of the request, if it came so far that one was recorded.
    pub act: Option<ActId>,
}

impl Failure {
    pub(crate) fn of(attempt: &Attempt, error: Error) -> Self {
        Self { error, act: Some(attempt.request_act()) }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        let act = match &error {
            Error::Guard(kaname_guard::Error::Denied(denial)) => Some(denial.request),
            _ => None,
        };
        Self { error, act }
    }
}

impl Fault for Failure {
    fn code(&self) -> &'static str {
        self.error.code()
    }

    fn status(&self) -> StatusCode {
        self.error.status()
    }

    fn field(&self) -> Option<String> {
        self.error.field()
    }

    fn fix(&self) -> Option<String> {
        self.error.fix()
    }

    fn retry_at_ms(&self) -> Option<i64> {
        self.error.retry_at_ms()
    }
}
