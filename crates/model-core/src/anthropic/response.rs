//! Whole answers in Anthropic Messages.

use super::blocks::{read_block, write_call, write_thought};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Dialect, Part},
    response::{Finish, Response, Stamp, Usage},
};

/// Reads an answer. Fields that say nothing of the answer itself are passed over.
pub(crate) fn read_response(json: Json, notes: &mut Notes) -> Result<Response, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    let blocks = fields.objects("content")?;
    let parts: Result<Vec<_>, _> =
        blocks.into_iter().map(|block| read_block(block, notes)).collect();
    let sequence = fields.text("stop_sequence")?;
    let usage = fields.object("usage")?;
    let usage = usage.map(|usage| Counts::default().with(usage)).transpose()?;
    Ok(Response {
        id: fields.text("id")?.unwrap_or_default(),
        model: fields.text("model")?.unwrap_or_default(),
        created_s: None,
        parts: parts?,
        finish: read_finish(&fields.need_text("stop_reason")?, sequence),
        usage: usage.map(Counts::usage),
    })
}

pub(super) fn read_finish(word: &str, sequence: Option<String>) -> Finish {
    match word {
        "end_turn" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(sequence),
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "refusal" => Finish::Filtered,
        other => Finish::Other(other.to_owned()),
    }
}

pub(super) const fn write_finish(finish: &Finish) -> (&'static str, Option<&String>) {
    match finish {
        Finish::Stop | Finish::Other(_) => ("end_turn", None),
        Finish::StopSequence(sequence) => ("stop_sequence", sequence.as_ref()),
        Finish::Length => ("max_tokens", None),
        Finish::ToolCalls => ("tool_use", None),
        Finish::Filtered => ("refusal", None),
    }
}

/// Tokens as Anthropic counts: what a cache held or took is not in the input. Later counts rule.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write: u64,
    thinking: u64,
}

impl Counts {
    pub(super) fn with(mut self, mut usage: Fields) -> Result<Self, TranslateError> {
        let places = [
            ("input_tokens", &mut self.input),
            ("output_tokens", &mut self.output),
            ("cache_read_input_tokens", &mut self.cache_read),
            ("cache_creation_input_tokens", &mut self.cache_write),
        ];
        for (key, place) in places {
            *place = usage.count(key)?.unwrap_or(*place);
        }
        if let Some(mut details) = usage.object("output_tokens_details")? {
            self.thinking = details.count("thinking_tokens")?.unwrap_or(self.thinking);
        }
        Ok(self)
    }

    pub(super) const fn usage(self) -> Usage {
        let cached = self.cache_read.saturating_add(self.cache_write);
        Usage {
            input_tokens: self.input.saturating_add(cached),
            output_tokens: self.output,
            cached_tokens: self.cache_read,
            cache_write_tokens: self.cache_write,
            reasoning_tokens: self.thinking,
        }
    }
}

pub(super) fn write_usage(usage: &Usage) -> Json {
    let cached = usage.cached_tokens.saturating_add(usage.cache_write_tokens);
    let details = Json::empty().with("thinking_tokens", usage.reasoning_tokens);
    Json::empty()
        .with("input_tokens", usage.input_tokens.saturating_sub(cached))
        .with("cache_creation_input_tokens", usage.cache_write_tokens)
        .with("cache_read_input_tokens", usage.cached_tokens)
        .with("output_tokens", usage.output_tokens)
        .with("output_tokens_details", details)
        .with("server_tool_use", Json::Null)
}

/// The usage with every field that a whole message must have.
pub(super) fn write_whole_usage(usage: &Usage) -> Json {
    write_usage(usage)
        .with("cache_creation", Json::Null)
        .with("inference_geo", Json::Null)
        .with("service_tier", "standard")
}

/// A message around `content`.
pub(super) fn write_message(
    stamp: &Stamp,
    content: Vec<Json>,
    finish: Option<&Finish>,
    usage: &Usage,
) -> Json {
    let (reason, sequence) =
        finish.map(write_finish).map_or((None, None), |(reason, text)| (Some(reason), text));
    Json::empty()
        .with("id", stamp.id.as_str())
        .with("type", "message")
        .with("role", "assistant")
        .with("model", stamp.model.as_str())
        .with("content", content)
        .with_or_null("stop_reason", reason)
        .with_or_null("stop_sequence", sequence)
        .with("stop_details", Json::Null)
        .with("container", Json::Null)
        .with("usage", write_whole_usage(usage))
}

/// Writes an answer.
pub(crate) fn write_response(
    response: &Response,
    stamp: &Stamp,
    notes: &mut Notes,
) -> Result<Json, TranslateError> {
    let mut content = Vec::new();
    for part in &response.parts {
        content.push(match part {
            Part::Text(text) => write_text(text),
            Part::Refusal(text) => {
                notes.add("parts", "words that decline were written as text");
                write_text(text)
            }
            Part::Thought(thought) => write_thought(thought),
            Part::Redacted(token) => Json::empty()
                .with("type", "redacted_thinking")
                .with("data", token.for_caller(Dialect::Anthropic)),
            Part::ToolCall(call) => write_call(call, "parts")?.with("caller", direct()),
            _ => return Err(TranslateError::unsupported("parts", "an answer cannot hold this")),
        });
    }
    if let Finish::Other(_) = response.finish {
        notes.add("finish", "an unknown reason was written as end_turn");
    }
    let usage = response.usage.unwrap_or_default();
    Ok(write_message(stamp, content, Some(&response.finish), &usage))
}

/// Who calls a function: the model itself.
pub(super) fn direct() -> Json {
    Json::empty().with("type", "direct")
}

pub(super) fn write_text(text: &str) -> Json {
    Json::empty().with("type", "text").with("text", text).with("citations", Json::Null)
}
