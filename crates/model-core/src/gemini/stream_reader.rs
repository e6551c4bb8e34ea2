//! Streams in Gemini, read: chunks, the last of which says why the answer ends.
//!
//! There is no other terminator: the answer is whole when a reason came and then the bytes end.

use super::response::{Chunk, read_chunk, read_finish};
use crate::{
    failure::{Failure, FailureKind},
    json::Json,
    request::{Part, Signature},
    response::Opened,
    stream::{StreamError, Track, malformed},
};

/// How many functions were asked for.
#[derive(Debug, Default)]
pub(crate) struct StreamReader {
    calls: usize,
}

impl StreamReader {
    pub(crate) fn read(&mut self, data: &str, track: &mut Track) -> Result<(), StreamError> {
        track.not_over()?;
        let json = Json::parse(data.as_bytes()).map_err(|_| malformed("a chunk is not JSON"))?;
        if let Some(error) = json.get("error") {
            let status = error.get("code").and_then(Json::as_u64).unwrap_or_default();
            let kind = u16::try_from(status).map_or(FailureKind::Upstream, Failure::kind_of_status);
            let message = error.get("message").and_then(Json::as_str).map(str::to_owned);
            return track.fail(Failure::of_vendor(kind, message));
        }
        let chunk = read_chunk(json, self.calls)
            .map_err(|_| malformed("a chunk has a field that is unknown or of the wrong type"))?;
        self.chunk(chunk, track)
    }

    fn chunk(&mut self, chunk: Chunk, track: &mut Track) -> Result<(), StreamError> {
        track.start(chunk.id, chunk.model, None);
        for part in chunk.parts {
            self.part(part, track)?;
        }
        if let Some(word) = chunk.finish {
            track.finish(read_finish(&word, track.called_tools()))?;
        }
        if let Some(usage) = chunk.usage {
            track.usage(usage);
        }
        Ok(())
    }

    fn part(&mut self, part: Part, track: &mut Track) -> Result<(), StreamError> {
        match part {
            Part::Text(text) if text.is_empty() => Ok(()),
            Part::Text(text) => {
                track.ensure(Opened::Text)?;
                track.delta(text)
            }
            Part::Thought(thought) => {
                track.ensure(Opened::Thought { id: None, is_summary: true })?;
                track.delta(thought.text)?;
                sign(thought.signature, track)
            }
            Part::ToolCall(call) => {
                self.calls += 1;
                track.open(Opened::ToolCall { id: call.id, name: call.name })?;
                track.delta(call.arguments)?;
                track.close();
                Ok(())
            }
            _ => Err(malformed("a part is of a kind that was not asked for")),
        }
    }

    /// The bytes end: after a reason, that is the end of the answer.
    pub(crate) fn end(track: &mut Track) -> Result<(), StreamError> {
        if track.has_finished() { track.end() } else { Ok(()) }
    }
}

fn sign(token: Option<Signature>, track: &mut Track) -> Result<(), StreamError> {
    token.map_or(Ok(()), |token| track.sign(token.dialect, token.value))
}
