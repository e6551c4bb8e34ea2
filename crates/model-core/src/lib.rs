//! The dialects in which programs speak to language models, as pure functions from bytes to bytes.
//!
//! Knows no connection, no clock and no randomness: times and ids are passed in. What one dialect
//! says and another cannot is an error or a note, never dropped silently; text is never altered.

pub mod json;
