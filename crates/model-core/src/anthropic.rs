//! Anthropic Messages.
//!
//! # Source
//! Anthropic API reference, `/v1/messages`, version 2023-06-01.

mod blocks;
mod call_id;
mod failure;
mod request;
mod response;
mod stream_reader;
mod stream_writer;

pub(crate) use failure::{failure_body, read_failure, status};
pub(crate) use request::{read_request, write_request};
pub(crate) use response::{read_response, write_response};
pub(crate) use stream_reader::StreamReader;
pub(crate) use stream_writer::StreamWriter;
