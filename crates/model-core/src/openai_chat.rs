//! OpenAI Chat Completions, as also most servers of open-weight models speak it.
//!
//! # Source
//! OpenAI API reference, `/v1/chat/completions`; `reasoning_content` as vLLM and others write it.

mod failure;
mod messages;
mod request;
mod response;
mod stream_reader;
mod stream_writer;

pub(crate) use failure::{error_object, failure_body, read_failure, status};
pub(crate) use request::{
    OWN_TOOL, read_function, read_metadata, read_request, read_sampling, read_schema,
    tool_choice_word, write_function, write_metadata, write_request, write_schema,
};
pub(crate) use response::{read_response, write_response};
pub(crate) use stream_reader::StreamReader;
pub(crate) use stream_writer::StreamWriter;
