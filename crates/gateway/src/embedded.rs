//! The models inside this program, as the wiring hands them in.
//!
//! Both take the permit and spend it: a model in this process is reached like any other.

use std::fmt;

use futures_util::{future::BoxFuture, stream::BoxStream};
use kaname_platform::outbound::Permit;
use serde_json::Value;

use crate::model::Language;

/// Turns text into vectors, inside this process.
pub trait EmbeddedEmbedder: Send + Sync + fmt::Debug {
    /// The model's name; vectors of different models never meet.
    fn model(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// One vector per text, in order. Spends `permit` on `Target::Embedded(model)`.
    fn embed(
        &self,
        permit: Permit,
        texts: Vec<String>,
    ) -> BoxFuture<'static, Result<Vec<Vec<f32>>, EmbeddedError>>;
}

/// The answer of a generator, piece by piece; ends after [`GeneratorEvent::Done`] or an error.
pub type Generated = BoxStream<'static, Result<GeneratorEvent, EmbeddedError>>;

/// Generates text, in a child of this process.
pub trait EmbeddedGenerator: Send + Sync + fmt::Debug {
    /// The model's name.
    fn model(&self) -> &str;

    /// The languages that it can be trusted with. Never more than is true.
    fn languages(&self) -> &[Language];

    /// Starts to generate. Spends `permit` on `Target::Embedded(model)`; dropping the stream cancels.
    fn generate(
        &self,
        permit: Permit,
        request: GeneratorRequest,
    ) -> BoxFuture<'static, Result<Generated, EmbeddedError>>;
}

/// What the embedded generator is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratorRequest {
    /// Role (`system`, `user`, `assistant`) and text of each message.
    pub messages: Vec<(String, String)>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Randomness, 0 to 2.
    pub temperature: Option<f32>,
    /// Share of probability to choose from, 0 to 1.
    pub top_p: Option<f32>,
    /// Seed of the randomness.
    pub seed: Option<u32>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// A JSON schema that the answer must follow.
    pub json_schema: Option<Value>,
}

/// A piece of the generator's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneratorEvent {
    /// More text.
    Delta(String),
    /// The end.
    Done {
        /// `stop` or `length`.
        finish_reason: &'static str,
        /// Tokens in.
        prompt_tokens: u64,
        /// Tokens out.
        completion_tokens: u64,
    },
}

/// How the caller should take a fault of an embedded model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddedFault {
    /// Too much at once: later it may go.
    Busy,
    /// The request cannot be served by this model.
    BadRequest,
    /// The model's file is not there, or is not what it should be.
    NoModel,
    /// The model has failed.
    Failed,
}

impl EmbeddedFault {
    pub(crate) fn fix(self) -> Option<&'static str> {
        match self {
            Self::Busy => Some("Try again shortly."),
            Self::BadRequest => None,
            Self::NoModel => Some(
                "Fetch the model with `kaname model fetch`, or correct engine.model and engine.sha256 in the configuration, and restart.",
            ),
            Self::Failed => Some(
                "Look at the server's log; `kaname model check` tells whether the files are whole.",
            ),
        }
    }
}

/// Why an embedded model did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct EmbeddedError {
    /// How to take it.
    pub fault: EmbeddedFault,
    /// What happened and what to do.
    pub detail: String,
}
