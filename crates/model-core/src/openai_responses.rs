//! OpenAI Responses, without what only OpenAI keeps: no stored answers, files or hosted tools.
//!
//! # Source
//! OpenAI API reference, `/v1/responses`; the Open Responses specification.

mod echo;
mod items;
mod request;
mod response;
mod stream_reader;
mod stream_writer;

pub(crate) use echo::Echo;
pub(crate) use request::{read_request, write_request};
pub(crate) use response::{read_response, write_response};
pub(crate) use stream_reader::StreamReader;
pub(crate) use stream_writer::StreamWriter;
