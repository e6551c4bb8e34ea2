//! The embedded generation engine: a GGUF model run by llama.cpp in a child process of the same binary.
//!
//! Model files are untrusted input to a large C++ parser, so no model is ever opened in the process that holds
//! keys. The parent side ([`Engine`]) checks the file's hash, starts the child at the first request, queues,
//! streams, cancels and restarts; the child side ([`run_child`]) locks itself in, loads the model and decodes all
//! running requests together. What the two say to each other is in `protocol.rs`.
//!
//! This crate knows nothing of HTTP, labels, budgets or the act log: whoever calls it has passed the door already.

mod checksum;
mod child;
mod config;
mod engine;
mod error;
mod health;
mod process;
mod protocol;
mod request;
mod supervisor;

pub use checksum::{ModelDigest, ParseDigestError};
pub use child::{ChildError, run_child};
pub use config::{EngineConfig, Spawner};
pub use engine::Engine;
pub use error::EngineError;
pub use health::{EngineState, Health};
pub use protocol::{FinishReason, Message, ModelFacts, Role, Sandbox};
pub use request::{Event, GenerateRequest, Generation, Input};
