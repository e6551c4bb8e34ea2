//! Whole answers in OpenAI Chat Completions.

use super::messages::{read_call, read_reasoning, write_call};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Part, Thought},
    response::{Finish, Response, Stamp, Usage},
};

/// Reads an answer. Fields that say nothing of the answer itself are passed over.
pub(crate) fn read_response(json: Json) -> Result<Response, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    let mut choices = fields.objects("choices")?.into_iter();
    let (Some(mut choice), None) = (choices.next(), choices.next()) else {
        return Err(TranslateError::wrong("choices", "must have exactly one entry"));
    };
    let parts = read_parts(choice.need_object("message")?)?;
    let called = parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    let finish = read_finish(&choice.need_text("finish_reason")?, called);
    Ok(Response {
        id: fields.text("id")?.unwrap_or_default(),
        model: fields.text("model")?.unwrap_or_default(),
        created_s: fields.take("created").and_then(|created| created.as_u64()),
        parts,
        finish,
        usage: fields.object("usage")?.map(read_usage).transpose()?,
    })
}

fn read_parts(mut message: Fields) -> Result<Vec<Part>, TranslateError> {
    let mut parts = Vec::new();
    if let Some(text) = read_reasoning(&mut message)? {
        parts.push(Part::Thought(Thought { text, ..Thought::default() }));
    }
    message.refuse("audio", "sound is not translated")?;
    message.refuse("function_call", "an outdated form of tool_calls")?;
    parts.extend(message.text("content")?.filter(|text| !text.is_empty()).map(Part::Text));
    parts.extend(message.text("refusal")?.filter(|text| !text.is_empty()).map(Part::Refusal));
    for call in message.objects("tool_calls")? {
        parts.push(Part::ToolCall(read_call(call)?));
    }
    Ok(parts)
}

/// Some servers say `stop` where functions were asked for.
pub(super) fn read_finish(word: &str, called_tools: bool) -> Finish {
    match word {
        "stop" if called_tools => Finish::ToolCalls,
        "stop" => Finish::Stop,
        "length" => Finish::Length,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        "content_filter" => Finish::Filtered,
        other => Finish::Other(other.to_owned()),
    }
}

pub(super) const fn write_finish(finish: &Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopSequence(_) | Finish::Other(_) => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::Filtered => "content_filter",
    }
}

pub(super) fn read_usage(mut usage: Fields) -> Result<Usage, TranslateError> {
    let detail = |usage: &mut Fields, object: &str, key: &str| {
        let found = usage.object(object)?;
        found.map_or(Ok(None), |mut details| details.count(key))
    };
    Ok(Usage {
        input_tokens: usage.count("prompt_tokens")?.unwrap_or_default(),
        output_tokens: usage.count("completion_tokens")?.unwrap_or_default(),
        cached_tokens: detail(&mut usage, "prompt_tokens_details", "cached_tokens")?
            .unwrap_or_default(),
        cache_write_tokens: 0,
        reasoning_tokens: detail(&mut usage, "completion_tokens_details", "reasoning_tokens")?
            .unwrap_or_default(),
    })
}

pub(super) fn write_usage(usage: &Usage) -> Json {
    let prompt = Json::empty().with("cached_tokens", usage.cached_tokens).with("audio_tokens", 0);
    let completion = Json::empty()
        .with("reasoning_tokens", usage.reasoning_tokens)
        .with("audio_tokens", 0)
        .with("accepted_prediction_tokens", 0)
        .with("rejected_prediction_tokens", 0);
    Json::empty()
        .with("prompt_tokens", usage.input_tokens)
        .with("completion_tokens", usage.output_tokens)
        .with("total_tokens", usage.total_tokens())
        .with("prompt_tokens_details", prompt)
        .with("completion_tokens_details", completion)
}

/// Writes an answer.
pub(crate) fn write_response(
    response: &Response,
    stamp: &Stamp,
    notes: &mut Notes,
) -> Result<Json, TranslateError> {
    let choice = Json::empty()
        .with("index", 0)
        .with("message", write_message(&response.parts, notes)?)
        .with("logprobs", Json::Null)
        .with("finish_reason", write_finish(&response.finish));
    if let Finish::Other(_) = response.finish {
        notes.add("finish", "an unknown reason was written as stop");
    }
    Ok(Json::empty()
        .with("id", stamp.id.as_str())
        .with("object", "chat.completion")
        .with("created", stamp.created_s)
        .with("model", stamp.model.as_str())
        .with("choices", vec![choice])
        .with_some("usage", response.usage.as_ref().map(write_usage)))
}

fn write_message(parts: &[Part], notes: &mut Notes) -> Result<Json, TranslateError> {
    let (mut text, mut refusal, mut thought) = (None::<String>, None::<String>, None::<String>);
    let mut calls = Vec::new();
    for part in parts {
        match part {
            Part::Text(words) => text.get_or_insert_default().push_str(words),
            Part::Refusal(words) => refusal.get_or_insert_default().push_str(words),
            Part::Thought(part) => {
                thought.get_or_insert_default().push_str(&part.text);
                if part.signature.is_some() {
                    notes.add("parts", "the token of a thought cannot be told, left out");
                }
            }
            Part::Redacted(_) => notes.add("parts", "a hidden thought cannot be told, left out"),
            Part::ToolCall(call) => calls.push(write_call(call)),
            _ => return Err(TranslateError::unsupported("parts", "an answer cannot hold this")),
        }
    }
    Ok(Json::empty()
        .with("role", "assistant")
        .with_or_null("content", text)
        .with_or_null("refusal", refusal)
        .with("annotations", Json::List(Vec::new()))
        .with_some("reasoning_content", thought.filter(|words| !words.is_empty()))
        .with_some("tool_calls", (!calls.is_empty()).then_some(calls)))
}
