//! What went wrong, in no dialect.

/// What went wrong, as far as a caller's program must tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The request is not well-formed, or asks for what cannot be.
    InvalidRequest,
    /// Nobody knows who asks.
    Authentication,
    /// Whoever asks may not.
    Permission,
    /// There is no such model, or no such thing.
    NotFound,
    /// The request is too large.
    TooLarge,
    /// Too much in too little time.
    RateLimited,
    /// The budget is spent.
    BudgetSpent,
    /// The vendor has too much to do.
    Overloaded,
    /// The answer did not come in time.
    Timeout,
    /// The vendor's answer is cut, stalled, malformed or unreachable.
    Upstream,
    /// Our own fault.
    Internal,
}

/// What went wrong, in words for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What to tell apart.
    pub kind: FailureKind,
    /// A stable code, such as `model_not_found`.
    pub code: Option<String>,
    /// In words. Holds nothing that the caller may not see.
    pub message: String,
    /// The field at fault.
    pub param: Option<String>,
}

impl Failure {
    /// A failure with words alone.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), param: None }
    }

    /// The kind that an HTTP status of a vendor stands for.
    pub const fn kind_of_status(status: u16) -> FailureKind {
        match status {
            401 => FailureKind::Authentication,
            402 => FailureKind::BudgetSpent,
            403 => FailureKind::Permission,
            404 => FailureKind::NotFound,
            408 | 504 => FailureKind::Timeout,
            413 => FailureKind::TooLarge,
            429 => FailureKind::RateLimited,
            503 | 529 => FailureKind::Overloaded,
            400..=499 => FailureKind::InvalidRequest,
            _ => FailureKind::Upstream,
        }
    }

    /// The kind and the words of a vendor's error, for a status and a message that may be empty.
    pub(crate) fn of_vendor(kind: FailureKind, message: Option<String>) -> Self {
        let message = message.filter(|message| !message.is_empty());
        Self::new(kind, message.unwrap_or_else(|| "the model's service gave no reason".to_owned()))
    }
}
