//! Whole answers in Gemini; a chunk of a stream has the same form.

use super::contents::read_part;
use crate::{
    fields::Fields,
    json::Json,
    notes::TranslateError,
    request::Part,
    response::{Finish, Response, Usage},
};

/// What an answer, or a chunk of one, says.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) parts: Vec<Part>,
    /// Why the answer ends, where it does.
    pub(super) finish: Option<String>,
    pub(super) usage: Option<Usage>,
}

/// Reads an answer or a chunk; `calls` were asked for before it.
pub(super) fn read_chunk(json: Json, calls: usize) -> Result<Chunk, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    let id = fields.text("responseId")?.unwrap_or_default();
    let model = fields.text("modelVersion")?.unwrap_or_default();
    let usage = fields.object("usageMetadata")?.map(read_usage).transpose()?;
    let mut candidates = fields.objects("candidates")?.into_iter();
    let candidate = candidates.next();
    if candidates.next().is_some() {
        return Err(TranslateError::wrong("candidates", "must have exactly one entry"));
    }
    let mut chunk = Chunk { id, model, parts: Vec::new(), finish: None, usage };
    if let Some(mut candidate) = candidate {
        chunk.finish = candidate.text("finishReason")?;
        if let Some(mut content) = candidate.object("content")? {
            chunk.parts = read_parts(&mut content, &chunk.id, calls)?;
        }
    } else if let Some(mut blocked) = fields.object("promptFeedback")? {
        // A question that is blocked has no answer, only a reason.
        chunk.finish = blocked.text("blockReason")?;
    }
    Ok(chunk)
}

fn read_parts(
    content: &mut Fields,
    id: &str,
    mut calls: usize,
) -> Result<Vec<Part>, TranslateError> {
    let each = |part| {
        let part = read_part(part, || format!("call_{id}_{calls}"))?;
        calls += usize::from(matches!(part, Part::ToolCall(_)));
        Ok(part)
    };
    content.objects("parts")?.into_iter().map(each).collect()
}

pub(super) fn read_finish(word: &str, called_tools: bool) -> Finish {
    match word {
        "STOP" if called_tools => Finish::ToolCalls,
        "STOP" => Finish::Stop,
        "MAX_TOKENS" => Finish::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" => {
            Finish::Filtered
        }
        other => Finish::Other(other.to_owned()),
    }
}

/// Thoughts are not in the count of the answer here.
fn read_usage(mut usage: Fields) -> Result<Usage, TranslateError> {
    let mut count = |key: &str| usage.count(key).map(Option::unwrap_or_default);
    let reasoning_tokens = count("thoughtsTokenCount")?;
    Ok(Usage {
        input_tokens: count("promptTokenCount")?.saturating_add(count("toolUsePromptTokenCount")?),
        output_tokens: count("candidatesTokenCount")?.saturating_add(reasoning_tokens),
        cached_tokens: count("cachedContentTokenCount")?,
        cache_write_tokens: 0,
        reasoning_tokens,
    })
}

/// Reads an answer. Fields that say nothing of the answer itself are passed over.
pub(crate) fn read_response(json: Json) -> Result<Response, TranslateError> {
    let chunk = read_chunk(json, 0)?;
    let called = chunk.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    let word = chunk.finish.ok_or_else(|| {
        TranslateError::wrong("candidates[0].finishReason", "the answer is not at its end")
    })?;
    Ok(Response {
        id: chunk.id,
        model: chunk.model,
        created_s: None,
        parts: chunk.parts,
        finish: read_finish(&word, called),
        usage: chunk.usage,
    })
}
