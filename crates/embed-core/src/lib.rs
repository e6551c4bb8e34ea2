//! Text to vectors: the Universal Sentence Encoder, multilingual, version 3.
//!
//! Pure computation on one thread: bytes of the model in, vectors of unit length out. Equal to the reference
//! implementation within rounding (tested). Knows nothing of documents, storage or other models. No text panics.
//! A text is read up to [`MAX_TOKENS`] tokens, some 700 Japanese characters; cut longer texts before.

mod archive;
mod encoder;
mod matrix;
mod network;
mod normalizer;
mod pieces;
mod vocabulary;

#[cfg(test)]
mod models;

pub use archive::ArchiveError;
pub use encoder::{DIMENSIONS, Encoder, LoadError, MAX_TOKENS, MODEL_ID};
pub use vocabulary::VocabularyError;
