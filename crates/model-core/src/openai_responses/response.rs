//! Whole answers in OpenAI Responses.

use super::{
    echo::{Echo, State},
    items::{read_output_item, same_item, write_call, write_thoughts, write_words},
};
use crate::{
    fields::Fields,
    json::Json,
    notes::TranslateError,
    request::{Dialect, Part, Request, Signature},
    response::{Finish, Response, Stamp, Usage},
};

/// Reads an answer. Fields that say nothing of the answer itself are passed over.
pub(crate) fn read_response(json: Json) -> Result<Response, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    let mut parts = Vec::new();
    for mut item in fields.objects("output")? {
        let kind = item.need_text("type")?;
        parts.extend(read_output_item(&kind, item)?);
    }
    let called = parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    Ok(Response {
        id: fields.text("id")?.unwrap_or_default(),
        model: fields.text("model")?.unwrap_or_default(),
        created_s: fields.take("created_at").and_then(|created| created.as_u64()),
        finish: read_finish(&mut fields, called)?,
        parts,
        usage: fields.object("usage")?.map(read_usage).transpose()?,
    })
}

pub(super) fn read_finish(fields: &mut Fields, called: bool) -> Result<Finish, TranslateError> {
    let status = fields.need_text("status")?;
    let details = fields.object("incomplete_details")?;
    let reason = details.map_or(Ok(None), |mut details| details.text("reason"))?;
    match (status.as_str(), reason.as_deref()) {
        ("completed", _) if called => Ok(Finish::ToolCalls),
        ("completed", _) => Ok(Finish::Stop),
        ("incomplete", Some("max_output_tokens") | None) => Ok(Finish::Length),
        ("incomplete", Some("content_filter")) => Ok(Finish::Filtered),
        ("incomplete", Some(other)) => Ok(Finish::Other(other.to_owned())),
        _ => Err(TranslateError::unsupported(fields.at("status"), "the answer is not at its end")),
    }
}

pub(super) fn read_usage(mut usage: Fields) -> Result<Usage, TranslateError> {
    let input = usage.object("input_tokens_details")?;
    let output = usage.object("output_tokens_details")?;
    let mut read = Usage {
        input_tokens: usage.count("input_tokens")?.unwrap_or_default(),
        output_tokens: usage.count("output_tokens")?.unwrap_or_default(),
        ..Usage::default()
    };
    if let Some(mut input) = input {
        read.cached_tokens = input.count("cached_tokens")?.unwrap_or_default();
        read.cache_write_tokens = input.count("cache_write_tokens")?.unwrap_or_default();
    }
    if let Some(mut output) = output {
        read.reasoning_tokens = output.count("reasoning_tokens")?.unwrap_or_default();
    }
    Ok(read)
}

/// Writes an answer to `asked`.
pub(crate) fn write_response(
    response: &Response,
    asked: &Request,
    stamp: &Stamp,
) -> Result<Json, TranslateError> {
    let echo = Echo::of(asked, stamp.clone());
    let output = write_output(&response.parts, echo.id())?;
    Ok(echo.resource(State::Ended(&response.finish), output, response.usage.as_ref(), None))
}

fn write_output(parts: &[Part], id: &str) -> Result<Vec<Json>, TranslateError> {
    let mut out: Vec<Json> = Vec::new();
    let mut rest = parts;
    while let [part, after @ ..] = rest {
        let index = out.len();
        let (item, taken) = match part {
            Part::Text(_) | Part::Refusal(_) => {
                let is_word = |part: &&Part| matches!(part, Part::Text(_) | Part::Refusal(_));
                let words: Vec<_> = rest.iter().take_while(is_word).map(write_words).collect();
                let taken = words.len();
                (message_item(&item_id("msg", id, index), "completed", words), taken)
            }
            Part::Thought(thought) => {
                let taken = 1 + same_item(thought, after);
                let item = rest.get(..taken).unwrap_or_default();
                (write_thoughts(item, &item_id("rs", id, index)), taken)
            }
            Part::Redacted(token) => (hidden_item(token, &item_id("rs", id, index)), 1),
            Part::ToolCall(call) => {
                let item = write_call(call).with("id", item_id("fc", id, index));
                (item.with("status", "completed"), 1)
            }
            _ => return Err(TranslateError::unsupported("parts", "an answer cannot hold this")),
        };
        out.push(item);
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(out)
}

/// An id that is the same whenever the same answer is written.
pub(super) fn item_id(prefix: &str, id: &str, index: usize) -> String {
    let own = id.strip_prefix("resp_").unwrap_or(id);
    format!("{prefix}_{own}_{index}")
}

pub(super) fn message_item(id: &str, status: &str, content: Vec<Json>) -> Json {
    Json::empty()
        .with("type", "message")
        .with("id", id)
        .with("status", status)
        .with("role", "assistant")
        .with("content", content)
}

pub(super) fn hidden_item(token: &Signature, id: &str) -> Json {
    Json::empty()
        .with("type", "reasoning")
        .with("id", id)
        .with("summary", Json::List(Vec::new()))
        .with("encrypted_content", token.hidden().for_caller(Dialect::OpenAiResponses))
}
