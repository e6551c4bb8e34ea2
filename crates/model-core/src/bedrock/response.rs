//! Whole answers in Bedrock Converse.

use super::blocks::read_blocks;
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    response::{Finish, Response, Usage},
};

/// Reads an answer, which names neither itself nor its model.
pub(crate) fn read_response(json: Json) -> Result<Response, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    let mut output = fields.need_object("output")?;
    let mut message = output.need_object("message")?;
    Ok(Response {
        id: String::new(),
        model: String::new(),
        created_s: None,
        parts: read_blocks(&mut message, "content", &mut Notes::new())?,
        finish: read_finish(&fields.need_text("stopReason")?),
        usage: fields.object("usage")?.map(read_usage).transpose()?,
    })
}

pub(super) fn read_finish(word: &str) -> Finish {
    match word {
        "end_turn" => Finish::Stop,
        "stop_sequence" => Finish::StopSequence(None),
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "tool_use" => Finish::ToolCalls,
        "guardrail_intervened" | "content_filtered" => Finish::Filtered,
        other => Finish::Other(other.to_owned()),
    }
}

/// What a cache held or took is not in the count of the input here.
pub(super) fn read_usage(mut usage: Fields) -> Result<Usage, TranslateError> {
    let mut count = |key: &str| usage.count(key).map(Option::unwrap_or_default);
    let cached_tokens = count("cacheReadInputTokens")?;
    let cache_write_tokens = count("cacheWriteInputTokens")?;
    let cached = cached_tokens.saturating_add(cache_write_tokens);
    Ok(Usage {
        input_tokens: count("inputTokens")?.saturating_add(cached),
        output_tokens: count("outputTokens")?,
        cached_tokens,
        cache_write_tokens,
        reasoning_tokens: 0,
    })
}
