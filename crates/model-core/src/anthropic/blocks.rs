//! The blocks that messages and answers of Anthropic consist of.

use super::call_id::{escaped, unescaped};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Dialect, Part, Signature, Source, Thought, ToolCall, ToolResult},
};

const OURS: Dialect = Dialect::Anthropic;
pub(super) const CACHE_HINT: &str = "a hint for the vendor's cache, left out";

/// A text, or a list of blocks.
pub(super) fn read_content(
    fields: &mut Fields,
    key: &str,
    notes: &mut Notes,
) -> Result<Vec<Part>, TranslateError> {
    match fields.take(key) {
        None => Err(fields.missing(key)),
        Some(Json::Text(text)) => Ok(vec![Part::Text(text)]),
        Some(list) => {
            let at = fields.path().to_owned();
            let mut holder = Fields::of(Json::empty().with(key, list), at)?;
            holder.objects(key)?.into_iter().map(|block| read_block(block, notes)).collect()
        }
    }
}

pub(super) fn read_block(mut block: Fields, notes: &mut Notes) -> Result<Part, TranslateError> {
    let kind = block.need_text("type")?;
    block.hint("cache_control", CACHE_HINT, notes);
    let part = match kind.as_str() {
        "text" => {
            block.hint("citations", "marks on text are not carried over", notes);
            Part::Text(block.need_text("text")?)
        }
        "image" => Part::Image { source: read_source(block.need_object("source")?)?, detail: None },
        "document" => read_document(&mut block)?,
        "tool_use" => {
            block.take("caller");
            let input = block.take("input").ok_or_else(|| block.missing("input"))?;
            Part::ToolCall(ToolCall {
                id: unescaped(&block.need_text("id")?),
                name: block.need_text("name")?,
                arguments: input.to_text(),
            })
        }
        "tool_result" => {
            let has_content = block.take("content");
            let parts = match has_content {
                None => Vec::new(),
                Some(content) => {
                    let at = block.path().to_owned();
                    let mut holder = Fields::of(Json::empty().with("content", content), at)?;
                    read_content(&mut holder, "content", notes)?
                }
            };
            let id = unescaped(&block.need_text("tool_use_id")?);
            let is_error = block.flag("is_error")?.unwrap_or_default();
            Part::ToolResult(ToolResult { id, parts, is_error })
        }
        "thinking" => {
            let token = block.text("signature")?.filter(|token| !token.is_empty());
            Part::Thought(Thought {
                text: block.need_text("thinking")?,
                signature: token.map(|token| Signature::from_caller(OURS, token)),
                ..Thought::default()
            })
        }
        "redacted_thinking" => {
            Part::Redacted(Signature::from_caller(OURS, block.need_text("data")?))
        }
        _ => return Err(TranslateError::unsupported(block.at("type"), "an unknown kind of block")),
    };
    block.done()?;
    Ok(part)
}

fn read_document(block: &mut Fields) -> Result<Part, TranslateError> {
    block.refuse("context", "remarks on a document cannot be translated")?;
    if let Some(mut citations) = block.object("citations")?
        && citations.flag("enabled")? == Some(true)
    {
        let why = "other dialects cannot be asked to cite";
        return Err(TranslateError::unsupported(citations.path(), why));
    }
    let source = read_source(block.need_object("source")?)?;
    Ok(Part::File { source, name: block.text("title")? })
}

fn read_source(mut source: Fields) -> Result<Source, TranslateError> {
    let read = match source.need_text("type")?.as_str() {
        "base64" => Source::Data {
            media_type: source.need_text("media_type")?,
            base64: source.need_text("data")?,
        },
        "url" => Source::Url(source.need_text("url")?),
        "text" => {
            source.take("media_type");
            Source::Text(source.need_text("data")?)
        }
        "file" => {
            let why = "files kept by a vendor cannot be passed on";
            return Err(TranslateError::unsupported(source.path(), why));
        }
        _ => return Err(TranslateError::unsupported(source.at("type"), "an unknown source")),
    };
    source.done()?;
    Ok(read)
}

pub(super) fn write_blocks(
    parts: &[Part],
    at: &str,
    notes: &mut Notes,
) -> Result<Vec<Json>, TranslateError> {
    let mut out = Vec::new();
    for part in parts {
        out.extend(write_block(part, at, notes)?);
    }
    Ok(out)
}

fn write_block(part: &Part, at: &str, notes: &mut Notes) -> Result<Option<Json>, TranslateError> {
    let typed = |kind: &str| Json::empty().with("type", kind);
    Ok(Some(match part {
        // The vendor refuses texts without letters.
        Part::Text(text) if text.is_empty() => return Ok(None),
        Part::Text(text) => typed("text").with("text", text),
        Part::Refusal(text) => {
            notes.add(at, "words that decline were written as text");
            typed("text").with("text", text)
        }
        Part::Image { source, detail } => {
            if detail.as_deref().is_some_and(|detail| detail != "auto") {
                notes.add(at, "how closely to look cannot be said, left out");
            }
            typed("image").with("source", write_source(source))
        }
        Part::File { source, name } => typed("document")
            .with("source", write_source(source))
            .with_some("title", name.as_deref()),
        Part::ToolCall(call) => write_call(call, at)?,
        Part::ToolResult(result) => {
            let content = match result.parts.as_slice() {
                [] => None,
                [Part::Text(text)] => Some(text.into()),
                parts => Some(write_blocks(parts, at, notes)?.into()),
            };
            typed("tool_result")
                .with("tool_use_id", escaped(&result.id))
                .with_some("content", content.map(|content: Json| content))
                .with_some("is_error", result.is_error.then_some(true))
        }
        Part::Thought(thought) => return Ok(write_own_thought(thought, at, notes)),
        Part::Redacted(token) if token.dialect == OURS => {
            typed("redacted_thinking").with("data", token.value.as_str())
        }
        Part::Redacted(_) => {
            notes.add(at, "another vendor's hidden thought, left out");
            return Ok(None);
        }
    }))
}

/// The vendor accepts only thoughts that it signed itself.
fn write_own_thought(thought: &Thought, at: &str, notes: &mut Notes) -> Option<Json> {
    let own = thought.signature.as_ref().filter(|token| token.dialect == OURS);
    if own.is_none() {
        notes.add(at, "a thought without this vendor's signature, left out");
    }
    own.map(|_| write_thought(thought))
}

pub(super) fn write_thought(thought: &Thought) -> Json {
    let token = thought.signature.as_ref().map(|token| token.for_caller(OURS));
    Json::empty()
        .with("type", "thinking")
        .with("thinking", thought.text.as_str())
        .with("signature", token.unwrap_or_default())
}

fn write_source(source: &Source) -> Json {
    let typed = |kind: &str| Json::empty().with("type", kind);
    match source {
        Source::Data { media_type, base64 } => {
            typed("base64").with("media_type", media_type.as_str()).with("data", base64.as_str())
        }
        Source::Url(url) => typed("url").with("url", url),
        Source::Text(text) => typed("text").with("media_type", "text/plain").with("data", text),
    }
}

/// The arguments must be an object here, where OpenAI's dialects carry any text.
pub(super) fn write_call(call: &ToolCall, at: &str) -> Result<Json, TranslateError> {
    let input = Json::parse(call.arguments.as_bytes()).ok();
    let Some(input @ Json::Object(_)) = input else {
        let why = "the arguments of a call must be a JSON object";
        return Err(TranslateError::unsupported(at, why));
    };
    Ok(Json::empty()
        .with("type", "tool_use")
        .with("id", escaped(&call.id))
        .with("name", call.name.as_str())
        .with("input", input))
}
