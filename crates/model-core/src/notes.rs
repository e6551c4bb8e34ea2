//! What a translation could not carry over: an error where it matters, a note where it may be lost.

use crate::json::JsonError;

/// Why a request or an answer cannot be read, or not be written in another dialect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranslateError {
    /// The text is not JSON as [`json`](crate::json) reads it.
    #[error("the body is not read")]
    Json(#[from] JsonError),
    /// A field is missing or of the wrong type.
    #[error("{field}: {why}")]
    Wrong {
        /// The path of the field, such as `messages[2].content`.
        field: String,
        /// What is wrong, as a half sentence.
        why: &'static str,
    },
    /// The dialect asked for cannot say this, or the reader does not know it.
    #[error("{field} is not supported: {why}")]
    Unsupported {
        /// The path of the field, in the dialect it was read in or by its neutral name.
        field: String,
        /// Why not, as a half sentence.
        why: &'static str,
    },
}

impl TranslateError {
    pub(crate) fn wrong(field: impl Into<String>, why: &'static str) -> Self {
        Self::Wrong { field: field.into(), why }
    }

    pub(crate) fn unsupported(field: impl Into<String>, why: &'static str) -> Self {
        Self::Unsupported { field: field.into(), why }
    }

    /// The path of the field, where there is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Json(_) => None,
            Self::Wrong { field, .. } | Self::Unsupported { field, .. } => Some(field),
        }
    }
}

/// One thing that was left out or changed, because it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The path of the field.
    pub field: String,
    /// What became of it, as a half sentence.
    pub what: &'static str,
}

/// Everything that a translation left out or changed, in order; at most [`Notes::MAX`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(Vec<Note>);

impl Notes {
    /// Further notes are not kept.
    pub const MAX: usize = 64;

    /// No notes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, field: impl Into<String>, what: &'static str) {
        let note = Note { field: field.into(), what };
        if self.0.len() < Self::MAX && !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// The notes, in order.
    pub fn list(&self) -> &[Note] {
        &self.0
    }
}
