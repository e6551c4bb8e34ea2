//! Streams in Anthropic Messages, read: `message_start` to `message_stop`.

use super::{
    failure::read_failure,
    response::{Counts, read_finish},
};
use crate::{
    fields::Fields,
    json::Json,
    notes::TranslateError,
    request::{Dialect, Signature},
    response::Opened,
    stream::{StreamError, Track, malformed},
};

/// Which block is being told, and the counts so far.
#[derive(Debug, Default)]
pub(crate) struct StreamReader {
    blocks: u64,
    counts: Counts,
}

fn bad(_: TranslateError) -> StreamError {
    malformed("an event has a field that is missing or of the wrong type")
}

impl StreamReader {
    pub(crate) fn read(&mut self, data: &str, track: &mut Track) -> Result<(), StreamError> {
        let json = Json::parse(data.as_bytes()).map_err(|_| malformed("an event is not JSON"))?;
        let mut event = Fields::of(json, "").map_err(bad)?;
        match event.need_text("type").map_err(bad)?.as_str() {
            "message_start" => self.start(event, track),
            "content_block_start" => self.open(event, track),
            "content_block_delta" => self.delta(event, track),
            "content_block_stop" => {
                self.check_index(&mut event, track)?;
                track.close();
                Ok(())
            }
            "message_delta" => self.message_delta(event, track),
            "message_stop" => track.end(),
            "error" => {
                let error = event.take("error").unwrap_or(Json::Null);
                track.fail(read_failure(&error, None))
            }
            "ping" => {
                track.not_over()?;
                track.ping();
                Ok(())
            }
            // The vendor announces that further events may come.
            _ => track.not_over(),
        }
    }

    fn start(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        track.not_over()?;
        let mut message = event.need_object("message").map_err(bad)?;
        if let Some(usage) = message.object("usage").map_err(bad)? {
            self.counts = self.counts.with(usage).map_err(bad)?;
        }
        let id = message.text("id").map_err(bad)?.unwrap_or_default();
        track.start(id, message.text("model").map_err(bad)?.unwrap_or_default(), None);
        Ok(())
    }

    fn open(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        if track.opened().is_some() {
            return Err(malformed("a block begins inside another"));
        }
        if event.count("index").map_err(bad)? != Some(self.blocks) {
            return Err(malformed("a block has an index that is not the next"));
        }
        self.blocks += 1;
        let mut block = event.need_object("content_block").map_err(bad)?;
        match block.need_text("type").map_err(bad)?.as_str() {
            "text" => {
                track.open(Opened::Text)?;
                track.delta(block.text("text").map_err(bad)?.unwrap_or_default())
            }
            "thinking" => {
                track.open(Opened::Thought { id: None, is_summary: false })?;
                track.delta(block.text("thinking").map_err(bad)?.unwrap_or_default())
            }
            "redacted_thinking" => {
                let token = block.need_text("data").map_err(bad)?;
                let token = Signature::from_caller(Dialect::Anthropic, token);
                track.open(Opened::Redacted(token))
            }
            "tool_use" => {
                let id = block.need_text("id").map_err(bad)?;
                track.open(Opened::ToolCall { id, name: block.need_text("name").map_err(bad)? })?;
                let whole = block.take("input").filter(|input| *input != Json::empty());
                track.delta(whole.map(|input| input.to_text()).unwrap_or_default())
            }
            _ => Err(malformed("a block is of a kind that was not asked for")),
        }
    }

    fn delta(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        self.check_index(&mut event, track)?;
        let mut delta = event.need_object("delta").map_err(bad)?;
        let kind = delta.need_text("type").map_err(bad)?;
        let fits = matches!(
            (kind.as_str(), track.opened()),
            ("text_delta", Some(Opened::Text))
                | ("thinking_delta" | "signature_delta", Some(Opened::Thought { .. }))
                | ("input_json_delta", Some(Opened::ToolCall { .. }))
                | ("citations_delta", _)
        );
        if !fits {
            return Err(malformed("a piece does not fit its block"));
        }
        match kind.as_str() {
            "text_delta" => track.delta(delta.need_text("text").map_err(bad)?),
            "thinking_delta" => track.delta(delta.need_text("thinking").map_err(bad)?),
            "input_json_delta" => track.delta(delta.need_text("partial_json").map_err(bad)?),
            "signature_delta" => {
                let token = delta.need_text("signature").map_err(bad)?;
                let token = Signature::from_caller(Dialect::Anthropic, token);
                if token.value.is_empty() { Ok(()) } else { track.sign(token.dialect, token.value) }
            }
            _ => Ok(()),
        }
    }

    fn message_delta(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        track.not_over()?;
        let usage = event.object("usage").map_err(bad)?;
        // What the start tells is no count of what was written.
        let is_told = usage.is_some();
        if let Some(usage) = usage {
            self.counts = self.counts.with(usage).map_err(bad)?;
        }
        let mut delta = event.need_object("delta").map_err(bad)?;
        let sequence = delta.text("stop_sequence").map_err(bad)?;
        if let Some(word) = delta.text("stop_reason").map_err(bad)? {
            if track.opened().is_some() {
                return Err(malformed("the answer ends inside a block"));
            }
            track.finish(read_finish(&word, sequence))?;
            if is_told {
                track.usage(self.counts.usage());
            }
        }
        Ok(())
    }

    fn check_index(&self, event: &mut Fields, track: &Track) -> Result<(), StreamError> {
        track.not_over()?;
        let index = event.count("index").map_err(bad)?;
        if track.opened().is_none() || index != self.blocks.checked_sub(1) {
            return Err(malformed("a piece belongs to no open block"));
        }
        Ok(())
    }
}
