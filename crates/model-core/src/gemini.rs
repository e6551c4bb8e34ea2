//! Google Gemini `generateContent` and `streamGenerateContent?alt=sse`.
//!
//! # Source
//! Gemini API reference, `models.generateContent`, version v1beta.

mod contents;
mod request;
mod response;
mod stream_reader;

pub(crate) use contents::bare_id;
pub(crate) use request::{read_request, write_request};
pub(crate) use response::read_response;
pub(crate) use stream_reader::StreamReader;
