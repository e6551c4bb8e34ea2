//! The parts that requests and answers of Gemini consist of.

use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Dialect, Message, Part, Signature, Source, Thought, ToolCall, ToolResult},
};

const OURS: Dialect = Dialect::Gemini;

/// Stands between the id of a call and the vendor's token for it.
const TOKEN: &str = "~gemini/";

/// Callers of other dialects have no place for the token of a call, but give back its id.
fn with_token(id: String, token: Option<&Signature>) -> String {
    match token {
        Some(token) => [&id, TOKEN, &token.value].concat(),
        None => id,
    }
}

fn split_token(id: &str) -> (&str, Option<&str>) {
    id.split_once(TOKEN).map_or((id, None), |(id, token)| (id, Some(token)))
}

/// The id of a call without the token.
pub(crate) fn bare_id(id: &str) -> &str {
    split_token(id).0
}

/// One part. `call_id` names a call that has no id of its own.
pub(super) fn read_part(
    mut part: Fields,
    call_id: impl FnOnce() -> String,
) -> Result<Part, TranslateError> {
    let signature = part.text("thoughtSignature")?.map(|value| Signature { dialect: OURS, value });
    let is_thought = part.flag("thought")?.unwrap_or_default();
    let read = if let Some(mut call) = part.object("functionCall")? {
        let id = with_token(call.text("id")?.unwrap_or_else(call_id), signature.as_ref());
        let name = call.need_text("name")?;
        let arguments = call.take("args").unwrap_or_else(Json::empty).to_text();
        call.done()?;
        Part::ToolCall(ToolCall { id, name, arguments })
    } else if let Some(result) = part.object("functionResponse")? {
        Part::ToolResult(read_result(result)?)
    } else if let Some(mut data) = part.object("inlineData")? {
        let name = data.text("displayName")?;
        let media_type = data.need_text("mimeType")?;
        let is_image = media_type.starts_with("image/");
        let source = Source::Data { media_type, base64: data.need_text("data")? };
        data.done()?;
        if is_image { Part::Image { source, detail: None } } else { Part::File { source, name } }
    } else if let Some(text) = part.text("text")? {
        if is_thought || (signature.is_some() && text.is_empty()) {
            Part::Thought(Thought { text, is_summary: true, signature, id: None })
        } else {
            Part::Text(text)
        }
    } else {
        return Err(TranslateError::unsupported(part.path(), "an unknown kind of part"));
    };
    part.done()?;
    Ok(read)
}

fn read_result(mut result: Fields) -> Result<ToolResult, TranslateError> {
    let name = result.need_text("name")?;
    let id = result.text("id")?.unwrap_or(name);
    let mut response = result.need_object("response")?;
    let (output, error) = (response.text("output")?, response.text("error")?);
    response.done()?;
    result.done()?;
    let is_error = error.is_some();
    let parts = output.or(error).map(Part::Text).into_iter().collect();
    Ok(ToolResult { id, parts, is_error })
}

/// Writes the parts of a message. Results name the function, which `calls` knows by the id.
pub(super) fn write_parts(
    message: &Message,
    at: &str,
    calls: &[&ToolCall],
    notes: &mut Notes,
) -> Result<Vec<Json>, TranslateError> {
    let mut out = Vec::new();
    for part in &message.parts {
        out.extend(write_part(part, at, calls, notes)?);
    }
    Ok(out)
}

fn write_part(
    part: &Part,
    at: &str,
    calls: &[&ToolCall],
    notes: &mut Notes,
) -> Result<Option<Json>, TranslateError> {
    let one = |key: &str, value: Json| Some(Json::empty().with(key, value));
    Ok(match part {
        Part::Text(text) => one("text", text.into()),
        Part::Refusal(text) => {
            notes.add(at, "words that decline were written as text");
            one("text", text.into())
        }
        Part::Image { source, detail } => {
            if detail.is_some() {
                notes.add(at, "how closely to look cannot be said, left out");
            }
            one("inlineData", write_data(source, None, at)?)
        }
        Part::File { source, name } => one("inlineData", write_data(source, name.as_deref(), at)?),
        Part::ToolCall(call) => Some(write_call(call, at)?),
        Part::ToolResult(result) => Some(write_result(result, at, calls)?),
        Part::Thought(thought) => write_own_thought(thought, at, notes),
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
    Some(
        Json::empty()
            .with("text", thought.text.as_str())
            .with_some("thought", (!thought.text.is_empty()).then_some(true))
            .with("thoughtSignature", token.value.as_str()),
    )
}

fn write_data(source: &Source, name: Option<&str>, at: &str) -> Result<Json, TranslateError> {
    let Source::Data { media_type, base64 } = source else {
        let why = "pictures and documents must be inside the request";
        return Err(TranslateError::unsupported(at, why));
    };
    Ok(Json::empty()
        .with_some("displayName", name)
        .with("mimeType", media_type.as_str())
        .with("data", base64.as_str()))
}

fn write_call(call: &ToolCall, at: &str) -> Result<Json, TranslateError> {
    let Ok(arguments @ Json::Object(_)) = Json::parse(call.arguments.as_bytes()) else {
        let why = "the arguments of a call must be a JSON object";
        return Err(TranslateError::unsupported(at, why));
    };
    let (id, token) = split_token(&call.id);
    let function =
        Json::empty().with("id", id).with("name", call.name.as_str()).with("args", arguments);
    Ok(Json::empty().with("functionCall", function).with_some("thoughtSignature", token))
}

fn write_result(
    result: &ToolResult,
    at: &str,
    calls: &[&ToolCall],
) -> Result<Json, TranslateError> {
    let call = calls.iter().rev().find(|call| bare_id(&call.id) == bare_id(&result.id));
    let call = call.ok_or_else(|| TranslateError::wrong(at, "a result answers no call"))?;
    let mut text = String::new();
    for part in &result.parts {
        let Part::Text(words) = part else {
            return Err(TranslateError::unsupported(at, "a tool's result can only be text"));
        };
        text.push_str(words);
    }
    let key = if result.is_error { "error" } else { "output" };
    let function = Json::empty()
        .with("id", bare_id(&result.id))
        .with("name", call.name.as_str())
        .with("response", Json::empty().with(key, text));
    Ok(Json::empty().with("functionResponse", function))
}
