//! Streams in OpenAI Responses, read: typed events up to `response.completed` and its kin.

use super::response::{read_finish, read_usage};
use crate::{
    failure::{Failure, FailureKind},
    fields::Fields,
    json::Json,
    notes::TranslateError,
    openai_chat::read_failure,
    request::{Dialect, Signature},
    response::Opened,
    stream::{StreamError, Track, malformed},
};

/// The item that is being told.
#[derive(Debug, Default)]
pub(crate) struct StreamReader {
    thought_id: Option<String>,
    thought_told: bool,
    done: bool,
}

fn bad(_: TranslateError) -> StreamError {
    malformed("an event has a field that is missing or of the wrong type")
}

impl StreamReader {
    pub(crate) fn read(&mut self, data: &str, track: &mut Track) -> Result<(), StreamError> {
        // Some servers close with a mark of Chat Completions.
        if data.trim() == "[DONE]" {
            let repeated = std::mem::replace(&mut self.done, true);
            return match (track.is_over(), repeated) {
                (true, false) => Ok(()),
                (true, true) => Err(StreamError::DuplicateTerminator),
                _ => Err(malformed("the terminator comes before the answer ends")),
            };
        }
        let json = Json::parse(data.as_bytes()).map_err(|_| malformed("an event is not JSON"))?;
        let mut event = Fields::of(json, "").map_err(bad)?;
        let kind = event.need_text("type").map_err(bad)?;
        self.event(&kind, event, track)
    }

    fn event(
        &mut self,
        kind: &str,
        mut event: Fields,
        track: &mut Track,
    ) -> Result<(), StreamError> {
        match kind {
            "response.created" => Self::created(event, track),
            "response.completed" | "response.incomplete" => Self::completed(event, track),
            // The same failure may be told twice: as an error, and as the end of the answer.
            "response.failed" if track.has_failed() => Ok(()),
            "response.failed" => failed(event, track),
            "error" => {
                let message = event.text("message").map_err(bad)?;
                let code = event.text("code").map_err(bad)?;
                let error = event.take("error").unwrap_or_else(|| {
                    Json::empty().with_some("message", message).with_some("code", code)
                });
                track.fail(read_failure(&error, None))
            }
            "response.output_item.added" => self.item_added(event, track),
            "response.output_item.done" => self.item_done(event, track),
            "response.content_part.added" | "response.reasoning_summary_part.added" => {
                self.part_added(event, track)
            }
            "response.content_part.done" => {
                // A thought stays open, for its token comes with the end of the item.
                if !matches!(track.opened(), Some(Opened::Thought { .. })) {
                    track.close();
                }
                track.not_over()
            }
            "response.output_text.delta"
            | "response.refusal.delta"
            | "response.reasoning_text.delta"
            | "response.reasoning.delta"
            | "response.reasoning_summary_text.delta"
            | "response.function_call_arguments.delta" => {
                track.delta(event.need_text("delta").map_err(bad)?)
            }
            _ => track.not_over(),
        }
    }

    fn created(mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        track.not_over()?;
        let mut response = event.need_object("response").map_err(bad)?;
        let id = response.text("id").map_err(bad)?.unwrap_or_default();
        let model = response.text("model").map_err(bad)?.unwrap_or_default();
        let created_s = response.take("created_at").and_then(|created| created.as_u64());
        track.start(id, model, created_s);
        Ok(())
    }

    fn completed(mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        if track.is_over() {
            return Err(StreamError::DuplicateTerminator);
        }
        let mut response = event.need_object("response").map_err(bad)?;
        let usage = response.object("usage").map_err(bad)?;
        let finish = read_finish(&mut response, track.called_tools()).map_err(bad)?;
        track.finish(finish)?;
        if let Some(usage) = usage {
            track.usage(read_usage(usage).map_err(bad)?);
        }
        track.end()
    }

    fn item_added(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        let mut item = event.need_object("item").map_err(bad)?;
        track.close();
        match item.need_text("type").map_err(bad)?.as_str() {
            "message" => track.not_over(),
            "reasoning" => {
                self.thought_id = item.text("id").map_err(bad)?;
                self.thought_told = false;
                track.not_over()
            }
            "function_call" => {
                let id = item.need_text("call_id").map_err(bad)?;
                let name = item.need_text("name").map_err(bad)?;
                track.open(Opened::ToolCall { id, name })
            }
            _ => Err(malformed("an item is of a kind that was not asked for")),
        }
    }

    fn part_added(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        let mut part = event.need_object("part").map_err(bad)?;
        let thought = |is_summary| Opened::Thought { id: self.thought_id.clone(), is_summary };
        match part.need_text("type").map_err(bad)?.as_str() {
            "output_text" => track.open(Opened::Text),
            "refusal" => track.open(Opened::Refusal),
            "summary_text" => {
                self.thought_told = true;
                track.open(thought(true))
            }
            "reasoning_text" => {
                self.thought_told = true;
                track.open(thought(false))
            }
            _ => Err(malformed("a part is of a kind that was not asked for")),
        }
    }

    fn item_done(&mut self, mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
        let mut item = event.need_object("item").map_err(bad)?;
        let kind = item.need_text("type").map_err(bad)?;
        if kind == "reasoning" {
            let token = item.text("encrypted_content").map_err(bad)?;
            self.thought_done(token, track)?;
        }
        track.close();
        track.not_over()
    }

    fn thought_done(
        &mut self,
        token: Option<String>,
        track: &mut Track,
    ) -> Result<(), StreamError> {
        let id = self.thought_id.take();
        let token = token.map(|token| Signature::from_caller(Dialect::OpenAiResponses, token));
        if let Some(hidden) = token.as_ref().and_then(Signature::as_hidden) {
            return track.open(Opened::Redacted(hidden));
        }
        if !self.thought_told {
            track.open(Opened::Thought { id, is_summary: true })?;
        }
        match token {
            Some(token) => track.sign(token.dialect, token.value),
            None => Ok(()),
        }
    }
}

fn failed(mut event: Fields, track: &mut Track) -> Result<(), StreamError> {
    let mut response = event.need_object("response").map_err(bad)?;
    let failure = match response.take("error") {
        Some(error) => read_failure(&error, None),
        None => Failure::of_vendor(FailureKind::Upstream, None),
    };
    track.fail(failure)
}
