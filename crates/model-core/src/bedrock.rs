//! AWS Bedrock Converse and ConverseStream.
//!
//! # Source
//! AWS Bedrock Runtime API reference, `Converse`, `ConverseStream`.

mod blocks;
mod request;
mod response;
mod stream_reader;

pub(crate) use request::{read_request, write_request};
pub(crate) use response::read_response;
pub(crate) use stream_reader::StreamReader;
