//! The blocks that messages and answers of Bedrock Converse consist of.

use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Dialect, Part, Signature, Source, Thought, ToolCall, ToolResult},
};

const OURS: Dialect = Dialect::Bedrock;
/// Media types and the names that this dialect has for them.
const FORMATS: [(&str, &str); 12] = [
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("application/pdf", "pdf"),
    ("text/csv", "csv"),
    ("application/msword", "doc"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("text/html", "html"),
    ("text/markdown", "md"),
];

/// Blocks of a list; hints for the vendor's cache are left out, with a note.
pub(super) fn read_blocks(
    fields: &mut Fields,
    key: &str,
    notes: &mut Notes,
) -> Result<Vec<Part>, TranslateError> {
    let mut parts = Vec::new();
    for mut block in fields.objects(key)? {
        if block.take("cachePoint").is_some() {
            notes.add(block.at("cachePoint"), "a hint for the vendor's cache, left out");
        } else {
            parts.push(read_block(block, notes)?);
        }
    }
    Ok(parts)
}

fn read_block(mut block: Fields, notes: &mut Notes) -> Result<Part, TranslateError> {
    let part = if let Some(text) = block.text("text")? {
        Part::Text(text)
    } else if let Some(mut image) = block.object("image")? {
        let media_type = media_type(&image.need_text("format")?, &image.at("format"))?;
        let source = read_source(image.need_object("source")?, media_type)?;
        image.done()?;
        Part::Image { source, detail: None }
    } else if let Some(document) = block.object("document")? {
        read_document(document)?
    } else if let Some(mut call) = block.object("toolUse")? {
        let input = call.take("input").ok_or_else(|| call.missing("input"))?;
        let id = call.need_text("toolUseId")?;
        let name = call.need_text("name")?;
        call.done()?;
        Part::ToolCall(ToolCall { id, name, arguments: input.to_text() })
    } else if let Some(result) = block.object("toolResult")? {
        read_result(result, notes)?
    } else if let Some(mut thought) = block.object("reasoningContent")? {
        let part = match thought.text("redactedContent")? {
            Some(value) => Part::Redacted(Signature { dialect: OURS, value }),
            None => read_thought(thought.need_object("reasoningText")?)?,
        };
        thought.done()?;
        part
    } else {
        return Err(TranslateError::unsupported(block.path(), "an unknown kind of block"));
    };
    block.done()?;
    Ok(part)
}

fn read_thought(mut thought: Fields) -> Result<Part, TranslateError> {
    let text = thought.need_text("text")?;
    let token = thought.text("signature")?;
    thought.done()?;
    let signature = token.map(|value| Signature { dialect: OURS, value });
    Ok(Part::Thought(Thought { text, signature, ..Thought::default() }))
}

fn read_result(mut result: Fields, notes: &mut Notes) -> Result<Part, TranslateError> {
    let id = result.need_text("toolUseId")?;
    let is_error = result.text("status")?.is_some_and(|status| status == "error");
    let parts = read_blocks(&mut result, "content", notes)?;
    result.done()?;
    Ok(Part::ToolResult(ToolResult { id, parts, is_error }))
}

fn read_document(mut document: Fields) -> Result<Part, TranslateError> {
    let format = document.text("format")?;
    let name = document.text("name")?;
    let mut source = document.need_object("source")?;
    let read = if let Some(text) = source.text("text")? {
        Source::Text(text)
    } else {
        let format = format.ok_or_else(|| document.missing("format"))?;
        read_source(source, media_type(&format, &document.at("format"))?)?
    };
    document.done()?;
    Ok(Part::File { source: read, name })
}

fn read_source(mut source: Fields, media_type: String) -> Result<Source, TranslateError> {
    source.refuse("s3Location", "files kept by a vendor cannot be passed on")?;
    let base64 = source.need_text("bytes")?;
    source.done()?;
    Ok(Source::Data { media_type, base64 })
}

fn media_type(format: &str, field: &str) -> Result<String, TranslateError> {
    let found = FORMATS.iter().find(|(_, name)| *name == format);
    let why = "a format without a known media type";
    found
        .map(|(media_type, _)| (*media_type).to_owned())
        .ok_or_else(|| TranslateError::unsupported(field, why))
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
    let one = |key: &str, value: Json| Some(Json::empty().with(key, value));
    Ok(match part {
        // The vendor refuses texts without letters.
        Part::Text(text) if text.is_empty() => None,
        Part::Text(text) => one("text", text.into()),
        Part::Refusal(text) => {
            notes.add(at, "words that decline were written as text");
            one("text", text.into())
        }
        Part::Image { source, detail } => {
            if detail.is_some() {
                notes.add(at, "how closely to look cannot be said, left out");
            }
            one("image", write_data(source, None, at)?)
        }
        Part::File { source, name } => {
            one("document", write_data(source, Some(name.as_deref().unwrap_or("document")), at)?)
        }
        Part::ToolCall(call) => one("toolUse", write_call(call, at)?),
        Part::ToolResult(result) => {
            let result = Json::empty()
                .with("toolUseId", result.id.as_str())
                .with("content", write_blocks(&result.parts, at, notes)?)
                .with_some("status", result.is_error.then_some("error"));
            one("toolResult", result)
        }
        Part::Thought(thought) => write_own_thought(thought, at, notes),
        Part::Redacted(token) if token.dialect == OURS => {
            let hidden = Json::empty().with("redactedContent", token.value.as_str());
            one("reasoningContent", hidden)
        }
        Part::Redacted(_) => {
            notes.add(at, "another vendor's hidden thought, left out");
            None
        }
    })
}

fn write_own_thought(thought: &Thought, at: &str, notes: &mut Notes) -> Option<Json> {
    let own = thought.signature.as_ref().filter(|token| token.dialect == OURS);
    let Some(token) = own else {
        notes.add(at, "a thought without this vendor's signature, left out");
        return None;
    };
    let words =
        Json::empty().with("text", thought.text.as_str()).with("signature", token.value.as_str());
    let reasoning = Json::empty().with("reasoningText", words);
    Some(Json::empty().with("reasoningContent", reasoning))
}

fn write_data(source: &Source, name: Option<&str>, at: &str) -> Result<Json, TranslateError> {
    let start = Json::empty().with_some("name", name);
    match source {
        Source::Data { media_type, base64 } => {
            let is_image = name.is_none();
            let found = FORMATS.iter().find(|(known, _)| known == media_type);
            let fits = found.filter(|(known, _)| known.starts_with("image/") == is_image);
            let why = "this dialect has no name for the media type";
            let (_, format) = fits.ok_or_else(|| TranslateError::unsupported(at, why))?;
            let bytes = Json::empty().with("bytes", base64.as_str());
            Ok(start.with("format", *format).with("source", bytes))
        }
        Source::Text(text) if name.is_some() => {
            Ok(start.with("format", "txt").with("source", Json::empty().with("text", text)))
        }
        Source::Text(_) | Source::Url(_) => {
            let why = "pictures and documents must be inside the request";
            Err(TranslateError::unsupported(at, why))
        }
    }
}

fn write_call(call: &ToolCall, at: &str) -> Result<Json, TranslateError> {
    let Ok(input @ Json::Object(_)) = Json::parse(call.arguments.as_bytes()) else {
        let why = "the arguments of a call must be a JSON object";
        return Err(TranslateError::unsupported(at, why));
    };
    Ok(Json::empty()
        .with("toolUseId", call.id.as_str())
        .with("name", call.name.as_str())
        .with("input", input))
}
