//! What can go wrong with the embedded engine, each with a stable code and, where there is one, the fix.

use std::{io, path::PathBuf, sync::Arc};

use crate::checksum::ModelDigest;

/// A failure of the engine or of one request to it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// As many requests as may run and wait are there already.
    #[error("the engine is busy: {limit} requests are running or waiting; try again shortly")]
    Busy {
        /// How many may run and wait.
        limit: usize,
    },
    /// There is no model file at the configured path, or it cannot be opened.
    #[error("cannot open the model file {}; fetch it with `kaname model fetch` or correct its path", path.display())]
    ModelMissing {
        /// The configured path.
        path: PathBuf,
        /// Why it could not be opened.
        source: Arc<io::Error>,
    },
    /// The file's content is not what the configuration pins.
    #[error(
        "the model file {} has SHA-256 {actual}, not {expected}; fetch it again with `kaname model fetch`, \
         or pin the new hash if the change is intended",
        path.display()
    )]
    ModelMismatch {
        /// The configured path.
        path: PathBuf,
        /// The pinned hash.
        expected: ModelDigest,
        /// The hash of the file as it is.
        actual: ModelDigest,
    },
    /// The file has the pinned hash, and yet no model can be loaded from it.
    #[error("the model file {} cannot be loaded: {detail}; choose another GGUF file", path.display())]
    ModelUnreadable {
        /// The configured path.
        path: PathBuf,
        /// What the engine said.
        detail: String,
    },
    /// The child process could not be started or did not become ready.
    #[error("the engine process did not start: {detail}")]
    StartFailed {
        /// What happened.
        detail: String,
    },
    /// The prompt leaves no room for an answer in the model's context.
    #[error(
        "the prompt has {prompt_tokens} tokens; the model's context holds {context_tokens} with the answer"
    )]
    PromptTooLong {
        /// The length of the prompt; for one too large to be counted, a lower bound.
        prompt_tokens: u32,
        /// The length of the context.
        context_tokens: u32,
    },
    /// The model file brings no usable chat template, so that a conversation cannot be put to it.
    #[error(
        "the model has no usable chat template ({detail}); use an instruction-tuned model, or a plain prompt"
    )]
    NoChatTemplate {
        /// What is wrong with it.
        detail: String,
    },
    /// The request asks for something that cannot be.
    #[error("invalid request: {detail}")]
    InvalidRequest {
        /// What is wrong with it.
        detail: String,
    },
    /// The request's deadline passed; its sequence was cancelled.
    #[error("the answer was not complete within its deadline")]
    DeadlineExceeded,
    /// The child process ended while the request was under way; the next request starts it again.
    #[error("the engine process ended unexpectedly; a new one starts with the next request")]
    Crashed,
    /// The engine failed on this request and lives on.
    #[error("generation failed: {detail}")]
    Generation {
        /// What the engine said.
        detail: String,
    },
    /// The engine is shut down.
    #[error("the engine is shut down")]
    ShutDown,
}

impl EngineError {
    /// The stable code of this error, for problem documents and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "engine-busy",
            Self::ModelMissing { .. } => "engine-model-missing",
            Self::ModelMismatch { .. } => "engine-model-mismatch",
            Self::ModelUnreadable { .. } => "engine-model-unreadable",
            Self::StartFailed { .. } => "engine-start-failed",
            Self::PromptTooLong { .. } => "engine-prompt-too-long",
            Self::NoChatTemplate { .. } => "engine-no-chat-template",
            Self::InvalidRequest { .. } => "engine-invalid-request",
            Self::DeadlineExceeded => "engine-deadline-exceeded",
            Self::Crashed => "engine-crashed",
            Self::Generation { .. } => "engine-generation-failed",
            Self::ShutDown => "engine-shut-down",
        }
    }
}
