//! The messages of a request in OpenAI Chat Completions.

use crate::{
    fields::Fields,
    json::Json,
    media,
    notes::{Notes, TranslateError},
    request::{Message, Part, Role, Source, Thought, ToolCall, ToolResult},
};

const UNTOLD: &str = "this dialect does not carry thoughts back, left out";

pub(super) fn read_messages(
    fields: &mut Fields,
    notes: &mut Notes,
) -> Result<Vec<Message>, TranslateError> {
    let mut messages: Vec<Message> = Vec::new();
    for mut fields in fields.objects("messages")? {
        let message = read_message(&mut fields, notes)?;
        fields.done()?;
        // Each result comes in a message of its own; together they answer one turn of the model.
        match messages.last_mut() {
            Some(last) if last.role == Role::Tool && message.role == Role::Tool => {
                last.parts.extend(message.parts);
            }
            _ => messages.push(message),
        }
    }
    Ok(messages)
}

fn read_message(fields: &mut Fields, notes: &mut Notes) -> Result<Message, TranslateError> {
    let role = fields.need_text("role")?;
    fields.hint("name", "names of speakers are not carried over", notes);
    let (role, parts) = match role.as_str() {
        "system" => (Role::System, read_content(fields)?),
        "developer" => (Role::Developer, read_content(fields)?),
        "user" => (Role::User, read_content(fields)?),
        "assistant" => (Role::Assistant, read_assistant(fields)?),
        "tool" => {
            let id = fields.need_text("tool_call_id")?;
            let parts = read_content(fields)?;
            (Role::Tool, vec![Part::ToolResult(ToolResult { id, parts, is_error: false })])
        }
        _ => return Err(TranslateError::unsupported(fields.at("role"), "an unknown role")),
    };
    Ok(Message { role, parts })
}

fn read_content(fields: &mut Fields) -> Result<Vec<Part>, TranslateError> {
    match fields.take("content") {
        None => Err(fields.missing("content")),
        Some(Json::Text(text)) => Ok(vec![Part::Text(text)]),
        Some(list) => {
            let at = fields.path().to_owned();
            let mut holder = Fields::of(Json::empty().with("content", list), at)?;
            holder.objects("content")?.into_iter().map(read_part).collect()
        }
    }
}

fn read_part(mut fields: Fields) -> Result<Part, TranslateError> {
    let kind = fields.need_text("type")?;
    let part = match kind.as_str() {
        "text" => Part::Text(fields.need_text("text")?),
        "refusal" => Part::Refusal(fields.need_text("refusal")?),
        "image_url" => {
            let mut image = fields.need_object("image_url")?;
            let url = image.need_text("url")?;
            let source = media::from_url(url, &image.at("url"))?;
            let detail = image.text("detail")?;
            image.done()?;
            Part::Image { source, detail }
        }
        "file" => {
            let mut file = fields.need_object("file")?;
            file.refuse("file_id", "files kept by a vendor cannot be passed on")?;
            let data = file.need_text("file_data")?;
            let source = media::from_url(data, &file.at("file_data"))?;
            let name = file.text("filename")?;
            file.done()?;
            Part::File { source, name }
        }
        _ => {
            return Err(TranslateError::unsupported(fields.at("type"), "an unknown kind of part"));
        }
    };
    fields.done()?;
    Ok(part)
}

fn read_assistant(fields: &mut Fields) -> Result<Vec<Part>, TranslateError> {
    let mut parts = Vec::new();
    if let Some(text) = read_reasoning(fields)? {
        parts.push(Part::Thought(Thought { text, ..Thought::default() }));
    }
    fields.refuse("audio", "sound is not translated")?;
    fields.refuse("function_call", "use tool_calls")?;
    let refusal = fields.text("refusal")?;
    let calls = fields.objects("tool_calls")?;
    let has_content = calls.is_empty() && refusal.is_none() && parts.is_empty();
    match fields.take("content") {
        None if has_content => return Err(fields.missing("content")),
        None => {}
        Some(Json::Text(text)) if text.is_empty() => {}
        Some(content) => {
            let at = fields.path().to_owned();
            parts.extend(read_content(&mut Fields::of(
                Json::empty().with("content", content),
                at,
            )?)?);
        }
    }
    parts.extend(refusal.map(Part::Refusal));
    for call in calls {
        parts.push(Part::ToolCall(read_call(call)?));
    }
    Ok(parts)
}

/// The words of thought, under either of the two names that servers give them.
pub(super) fn read_reasoning(fields: &mut Fields) -> Result<Option<String>, TranslateError> {
    let (one, other) = (fields.text("reasoning_content")?, fields.text("reasoning")?);
    Ok(one.or(other).filter(|text| !text.is_empty()))
}

pub(super) fn read_call(mut call: Fields) -> Result<ToolCall, TranslateError> {
    if call.text("type")?.is_some_and(|kind| kind != "function") {
        return Err(TranslateError::unsupported(call.at("type"), "only functions are known"));
    }
    let id = call.need_text("id")?;
    let mut function = call.need_object("function")?;
    let name = function.need_text("name")?;
    let arguments = function.text("arguments")?.filter(|text| !text.is_empty());
    Ok(ToolCall { id, name, arguments: arguments.unwrap_or_else(|| "{}".to_owned()) })
}

pub(super) fn write_messages(
    messages: &[Message],
    notes: &mut Notes,
) -> Result<Vec<Json>, TranslateError> {
    let mut out = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages[{index}]");
        let spoken = |role: &str| Json::empty().with("role", role);
        match message.role {
            Role::System => out.push(spoken("system").with("content", content(message, &at)?)),
            Role::Developer => {
                out.push(spoken("developer").with("content", content(message, &at)?));
            }
            Role::User => out.push(spoken("user").with("content", content(message, &at)?)),
            Role::Assistant => out.extend(write_assistant(message, &at, notes)?),
            Role::Tool => {
                for part in &message.parts {
                    let Part::ToolResult(result) = part else {
                        return Err(TranslateError::wrong(at, "a tool only gives results"));
                    };
                    out.push(write_result(result, &at, notes)?);
                }
            }
        }
    }
    Ok(out)
}

fn content(message: &Message, at: &str) -> Result<Json, TranslateError> {
    write_content(&message.parts, at)
}

/// One text as a text, anything else as a list.
fn write_content(parts: &[Part], at: &str) -> Result<Json, TranslateError> {
    if let [Part::Text(text)] = parts {
        return Ok(text.into());
    }
    let list: Result<Vec<_>, _> = parts.iter().map(|part| write_part(part, at)).collect();
    Ok(list?.into())
}

fn write_part(part: &Part, at: &str) -> Result<Json, TranslateError> {
    let typed = |kind: &str| Json::empty().with("type", kind);
    match part {
        Part::Text(text) => Ok(typed("text").with("text", text)),
        Part::Refusal(text) => Ok(typed("refusal").with("refusal", text)),
        Part::Image { source, detail } => {
            let image = Json::empty()
                .with("url", media::to_url(source, at)?)
                .with_some("detail", detail.as_deref());
            Ok(typed("image_url").with("image_url", image))
        }
        Part::File { source: source @ Source::Data { .. }, name } => {
            let file = Json::empty()
                .with_some("filename", name.as_deref())
                .with("file_data", media::to_url(source, at)?);
            Ok(typed("file").with("file", file))
        }
        Part::File { .. } => {
            Err(TranslateError::unsupported(at, "a document must be inside the request"))
        }
        _ => Err(TranslateError::unsupported(at, "this kind of part cannot stand here")),
    }
}

fn write_result(result: &ToolResult, at: &str, notes: &mut Notes) -> Result<Json, TranslateError> {
    if result.parts.iter().any(|part| !matches!(part, Part::Text(_))) {
        return Err(TranslateError::unsupported(at, "a tool's result can only be text"));
    }
    if result.is_error {
        notes.add(at, "that a tool failed cannot be said, only its words were carried over");
    }
    let content =
        if result.parts.is_empty() { "".into() } else { write_content(&result.parts, at)? };
    Ok(Json::empty()
        .with("role", "tool")
        .with("tool_call_id", result.id.as_str())
        .with("content", content))
}

fn write_assistant(
    message: &Message,
    at: &str,
    notes: &mut Notes,
) -> Result<Option<Json>, TranslateError> {
    let mut texts = Vec::new();
    let mut calls = Vec::new();
    for part in &message.parts {
        match part {
            Part::Thought(_) | Part::Redacted(_) => notes.add(at, UNTOLD),
            Part::ToolCall(call) => calls.push(write_call(call)),
            Part::Text(_) | Part::Refusal(_) => {
                if !calls.is_empty() {
                    notes.add(at, "words that follow a call were put before it");
                }
                texts.push(part.clone());
            }
            _ => return Err(TranslateError::unsupported(at, "the model can only give text here")),
        }
    }
    if texts.is_empty() && calls.is_empty() {
        return Ok(None);
    }
    let content = (!texts.is_empty()).then(|| write_content(&texts, at)).transpose()?;
    Ok(Some(
        Json::empty()
            .with("role", "assistant")
            .with_or_null("content", content)
            .with_some("tool_calls", (!calls.is_empty()).then_some(calls)),
    ))
}

pub(super) fn write_call(call: &ToolCall) -> Json {
    let function =
        Json::empty().with("name", call.name.as_str()).with("arguments", call.arguments.as_str());
    Json::empty().with("id", call.id.as_str()).with("type", "function").with("function", function)
}
