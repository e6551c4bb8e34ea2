//! The dialects in which programs speak to language models, as pure functions from bytes to bytes.
//!
//! Knows no connection, no clock and no randomness: times and ids are passed in. What one dialect
//! says and another cannot is an error or a note, never dropped silently; text is never altered.

mod anthropic;
mod bedrock;
mod collect;
mod dialect;
mod encoder;
pub mod eventstream;
mod failure;
mod fields;
mod gemini;
pub mod json;
mod media;
mod notes;
mod openai_chat;
mod openai_responses;
mod request;
mod response;
pub mod sigv4;
pub mod sse;
mod stream;

pub use collect::Collector;
pub use encoder::Encoder;
pub use failure::{Failure, FailureKind};
pub use notes::{Note, Notes, TranslateError};
pub use request::{
    Dialect, Format, Message, Part, Reasoning, Request, Role, Sampling, Signature, Source, Thought,
    Tool, ToolCall, ToolChoice, ToolResult,
};
pub use response::{Finish, Opened, Response, Stamp, StreamEvent, Usage};
pub use stream::{Decoder, StreamError};
