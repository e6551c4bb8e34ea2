//! Streams in Bedrock ConverseStream, read: `messageStart` to `metadata`.

use super::response::{read_finish, read_usage};
use crate::{
    eventstream::Message,
    failure::{Failure, FailureKind},
    fields::Fields,
    json::Json,
    notes::TranslateError,
    request::{Dialect, Signature},
    response::Opened,
    stream::{StreamError, Track, malformed},
};

/// Which block is being told.
#[derive(Debug, Default)]
pub(crate) struct StreamReader {
    block: Option<u64>,
}

fn bad(_: TranslateError) -> StreamError {
    malformed("an event has a field that is missing or of the wrong type")
}

impl StreamReader {
    pub(crate) fn read(&mut self, message: &Message, track: &mut Track) -> Result<(), StreamError> {
        let json = if message.payload.is_empty() {
            Json::empty()
        } else {
            Json::parse(&message.payload).map_err(|_| malformed("an event is not JSON"))?
        };
        let mut event = Fields::of(json, "").map_err(bad)?;
        match message.header(":message-type") {
            Some("event") => {}
            Some("exception") => {
                let text = event.text("message").map_err(bad)?;
                let kind = kind_of(message.header(":exception-type").unwrap_or_default());
                return track.fail(Failure::of_vendor(kind, text));
            }
            Some("error") => {
                let text = message.header(":error-message").map(str::to_owned);
                return track.fail(Failure::of_vendor(FailureKind::Upstream, text));
            }
            _ => return Err(malformed("a message does not say what it is")),
        }
        self.event(message.header(":event-type").unwrap_or_default(), event, track)
    }

    fn event(
        &mut self,
        kind: &str,
        mut event: Fields,
        track: &mut Track,
    ) -> Result<(), StreamError> {
        match kind {
            "messageStart" => {
                track.not_over()?;
                track.start(String::new(), String::new(), None);
                Ok(())
            }
            "contentBlockStart" => {
                self.block = event.count("contentBlockIndex").map_err(bad)?;
                let mut start = event.need_object("start").map_err(bad)?;
                let Some(mut call) = start.object("toolUse").map_err(bad)? else {
                    return Err(malformed("a block is of a kind that was not asked for"));
                };
                let id = call.need_text("toolUseId").map_err(bad)?;
                track.open(Opened::ToolCall { id, name: call.need_text("name").map_err(bad)? })
            }
            "contentBlockDelta" => self.delta(event, track),
            "contentBlockStop" => {
                track.close();
                self.block = None;
                track.not_over()
            }
            "messageStop" => {
                track.finish(read_finish(&event.need_text("stopReason").map_err(bad)?))
            }
            "metadata" => {
                if let Some(usage) =
                    event.object("usage").map_err(bad)?.filter(|_| !track.is_over())
                {
                    track.usage(read_usage(usage).map_err(bad)?);
                }
                track.end()
            }
            _ => track.not_over(),
        }
    }

    fn delta(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        let index = event.count("contentBlockIndex").map_err(bad)?;
        // Blocks of text and of thought begin without a word.
        if self.block != index && track.opened().is_some() {
            return Err(malformed("a piece belongs to no open block"));
        }
        self.block = index;
        let mut delta = event.need_object("delta").map_err(bad)?;
        if let Some(text) = delta.text("text").map_err(bad)? {
            ensure(track, Opened::Text)?;
            return track.delta(text);
        }
        if let Some(mut call) = delta.object("toolUse").map_err(bad)? {
            if !matches!(track.opened(), Some(Opened::ToolCall { .. })) {
                return Err(malformed("a piece does not fit its block"));
            }
            return track.delta(call.need_text("input").map_err(bad)?);
        }
        match delta.object("reasoningContent").map_err(bad)? {
            Some(thought) => thought_delta(thought, track),
            None => track.not_over(),
        }
    }
}

fn ensure(track: &mut Track, part: Opened) -> Result<(), StreamError> {
    if track.opened().is_some_and(|open| *open != part) {
        return Err(malformed("a piece does not fit its block"));
    }
    track.ensure(part)
}

fn thought_delta(mut thought: Fields, track: &mut Track) -> Result<(), StreamError> {
    if let Some(value) = thought.text("redactedContent").map_err(bad)? {
        return track.open(Opened::Redacted(Signature { dialect: Dialect::Bedrock, value }));
    }
    ensure(track, Opened::Thought { id: None, is_summary: false })?;
    if let Some(text) = thought.text("text").map_err(bad)? {
        track.delta(text)?;
    }
    match thought.text("signature").map_err(bad)? {
        Some(value) => track.sign(Dialect::Bedrock, value),
        None => Ok(()),
    }
}

fn kind_of(exception: &str) -> FailureKind {
    match exception {
        "throttlingException" => FailureKind::RateLimited,
        "serviceUnavailableException" => FailureKind::Overloaded,
        "validationException" => FailureKind::InvalidRequest,
        _ => FailureKind::Upstream,
    }
}
