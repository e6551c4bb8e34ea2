//! Streams of answers, written: neutral events in, bytes of the caller's dialect out.
//!
//! What may be lost on the way, as in whole answers: Anthropic tells words that decline as text, OpenAI
//! Chat tells no tokens of thoughts, and a reason for the end that a dialect lacks becomes its usual one.

use crate::{
    anthropic,
    notes::TranslateError,
    openai_chat, openai_responses,
    request::{Dialect, Request},
    response::{Stamp, StreamEvent},
};

/// Writes a stream in one of the dialects that callers speak.
#[derive(Debug)]
pub struct Encoder(Writer);

#[derive(Debug)]
enum Writer {
    Chat(openai_chat::StreamWriter),
    Responses(Box<openai_responses::StreamWriter>),
    Anthropic(anthropic::StreamWriter),
}

impl Encoder {
    /// A stream that answers `asked` and is called as `stamp` says.
    ///
    /// # Errors
    /// [`TranslateError::Unsupported`] for Gemini and Bedrock, which no caller speaks.
    pub fn new(dialect: Dialect, asked: &Request, stamp: Stamp) -> Result<Self, TranslateError> {
        Ok(Self(match dialect {
            Dialect::OpenAiChat => {
                Writer::Chat(openai_chat::StreamWriter::new(stamp, asked.include_usage))
            }
            Dialect::OpenAiResponses => {
                let echo = openai_responses::Echo::of(asked, stamp);
                Writer::Responses(Box::new(openai_responses::StreamWriter::new(echo)))
            }
            Dialect::Anthropic => Writer::Anthropic(anthropic::StreamWriter::new(stamp)),
            Dialect::Gemini | Dialect::Bedrock => {
                return Err(TranslateError::unsupported("dialect", "no caller speaks it"));
            }
        }))
    }

    /// Adds the bytes of `event` to `out`; some events have none, or wait for the next.
    ///
    /// [`StreamEvent::End`] writes the terminator, [`StreamEvent::Failed`] the dialect's own error.
    pub fn write(&mut self, event: &StreamEvent, out: &mut Vec<u8>) {
        match &mut self.0 {
            Writer::Chat(writer) => writer.write(event, out),
            Writer::Responses(writer) => writer.write(event, out),
            Writer::Anthropic(writer) => writer.write(event, out),
        }
    }
}
