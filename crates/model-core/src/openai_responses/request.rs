//! Requests in OpenAI Responses.

use super::items::{read_input, write_input};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    openai_chat::{
        OWN_TOOL, read_function, read_metadata, read_sampling, read_schema, tool_choice_word,
        write_function, write_metadata, write_schema,
    },
    request::{Format, Message, Part, Reasoning, Request, Role, Tool, ToolChoice, is_felt},
};

const HINT: &str = "a hint to the vendor, left out";
const KEPT: &str = "would be kept by the vendor";

/// Reads a request.
pub(crate) fn read_request(json: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    refuse_what_cannot_be(&mut fields, notes)?;
    let mut messages = Vec::new();
    if let Some(text) = fields.text("instructions")? {
        messages.push(Message { role: Role::System, parts: vec![Part::Text(text)] });
    }
    messages.extend(read_input(&mut fields)?);
    let request = Request {
        model: fields.need_text("model")?,
        messages,
        tools: read_tools(&mut fields)?,
        tool_choice: read_tool_choice(&mut fields)?,
        parallel_tool_calls: fields.flag("parallel_tool_calls")?,
        format: read_format(&mut fields, notes)?,
        sampling: read_sampling(&mut fields)?,
        max_output_tokens: fields.count("max_output_tokens")?,
        stop: Vec::new(),
        reasoning: fields.object("reasoning")?.map(read_reasoning).transpose()?,
        stream: fields.flag("stream")?.unwrap_or_default(),
        include_usage: false,
        metadata: read_metadata(&mut fields)?,
        user: fields.text("user")?,
    };
    fields.done()?;
    Ok(request)
}

fn refuse_what_cannot_be(fields: &mut Fields, notes: &mut Notes) -> Result<(), TranslateError> {
    for key in ["previous_response_id", "conversation", "prompt"] {
        fields.refuse(key, KEPT)?;
    }
    if fields.flag("background")? == Some(true) {
        return Err(TranslateError::unsupported("background", KEPT));
    }
    if fields.flag("store")? == Some(true) {
        notes.add("store", "nothing is kept by the vendor");
    }
    if fields.text("truncation")?.is_some_and(|word| word != "disabled") {
        return Err(TranslateError::unsupported("truncation", "text is never cut silently"));
    }
    if fields.count("top_logprobs")?.is_some_and(|count| count > 0) {
        return Err(TranslateError::unsupported("top_logprobs", "other dialects do not tell them"));
    }
    for include in fields.texts("include")? {
        if include != "reasoning.encrypted_content" {
            let why = "only reasoning.encrypted_content can be included";
            return Err(TranslateError::unsupported("include", why));
        }
    }
    for key in [
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        "safety_identifier",
        "stream_options",
        "max_tool_calls",
    ] {
        fields.hint(key, HINT, notes);
    }
    Ok(())
}

fn read_tools(fields: &mut Fields) -> Result<Vec<Tool>, TranslateError> {
    let each = |mut tool: Fields| {
        if tool.need_text("type")? != "function" {
            return Err(TranslateError::unsupported(tool.at("type"), OWN_TOOL));
        }
        read_function(tool)
    };
    fields.objects("tools")?.into_iter().map(each).collect()
}

fn read_tool_choice(fields: &mut Fields) -> Result<Option<ToolChoice>, TranslateError> {
    let path = fields.at("tool_choice");
    let Some(choice) = fields.take("tool_choice") else { return Ok(None) };
    if let Some(word) = choice.as_str() {
        return tool_choice_word(word, &path).map(Some);
    }
    let mut choice = Fields::of(choice, path)?;
    if choice.need_text("type")? != "function" {
        return Err(TranslateError::unsupported(choice.at("type"), "only functions are known"));
    }
    let name = choice.need_text("name")?;
    choice.done()?;
    Ok(Some(ToolChoice::Named(name)))
}

fn read_format(fields: &mut Fields, notes: &mut Notes) -> Result<Format, TranslateError> {
    let Some(mut text) = fields.object("text")? else { return Ok(Format::Text) };
    text.hint("verbosity", HINT, notes);
    let format = text.object("format")?;
    text.done()?;
    let Some(mut format) = format else { return Ok(Format::Text) };
    let kind = format.need_text("type")?;
    match kind.as_str() {
        "text" => format.done().map(|()| Format::Text),
        "json_object" => format.done().map(|()| Format::JsonObject),
        "json_schema" => read_schema(format),
        _ => Err(TranslateError::unsupported(format.at("type"), "an unknown format")),
    }
}

fn read_reasoning(mut fields: Fields) -> Result<Reasoning, TranslateError> {
    let reasoning = Reasoning {
        effort: fields.text("effort")?,
        budget_tokens: None,
        summary: fields.text("summary")?.or(fields.text("generate_summary")?),
    };
    fields.done()?;
    Ok(reasoning)
}

/// Writes a request that the vendor does not keep.
pub(crate) fn write_request(request: &Request, notes: &mut Notes) -> Result<Json, TranslateError> {
    let sampling = &request.sampling;
    refuse_what_cannot_be_said(request)?;
    let (instructions, rest) = split_instructions(&request.messages);
    let tools: Vec<_> = request.tools.iter().map(write_tool).collect();
    let include = vec![Json::from("reasoning.encrypted_content")];
    Ok(Json::empty()
        .with("model", request.model.as_str())
        .with_some("instructions", instructions)
        .with("input", write_input(rest, notes)?)
        .with_some("tools", (!tools.is_empty()).then_some(tools))
        .with_some("tool_choice", request.tool_choice.as_ref().map(write_tool_choice))
        .with_some("parallel_tool_calls", request.parallel_tool_calls)
        .with_some("text", write_format(&request.format))
        .with_some("temperature", sampling.temperature.as_ref())
        .with_some("top_p", sampling.top_p.as_ref())
        .with_some("max_output_tokens", request.max_output_tokens)
        .with_some("reasoning", request.reasoning.as_ref().map(|r| write_reasoning(r, notes)))
        .with_some("include", request.reasoning.is_some().then_some(include))
        .with_some("stream", request.stream.then_some(true))
        .with("store", false)
        .with_some("metadata", write_metadata(&request.metadata))
        .with_some("user", request.user.as_deref()))
}

/// The first message, where it is one text of whoever runs the application.
fn split_instructions(messages: &[Message]) -> (Option<&str>, &[Message]) {
    if let [Message { role: Role::System, parts }, rest @ ..] = messages
        && let [Part::Text(text)] = parts.as_slice()
    {
        return (Some(text), rest);
    }
    (None, messages)
}

fn refuse_what_cannot_be_said(request: &Request) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    let said = [
        ("top_k", sampling.top_k.is_some()),
        ("frequency_penalty", is_felt(sampling.frequency_penalty.as_ref())),
        ("presence_penalty", is_felt(sampling.presence_penalty.as_ref())),
        ("seed", sampling.seed.is_some()),
        ("stop", !request.stop.is_empty()),
    ];
    match said.into_iter().find(|(_, is_said)| *is_said) {
        Some((field, _)) => {
            Err(TranslateError::unsupported(field, "this dialect has no such field"))
        }
        None => Ok(()),
    }
}

pub(super) fn write_tool(tool: &Tool) -> Json {
    let written = write_function(tool, Json::empty().with("type", "function"));
    // Unlike elsewhere, a tool is strict here unless it says otherwise.
    if tool.is_strict { written } else { written.with("strict", false) }
}

pub(super) fn write_tool_choice(choice: &ToolChoice) -> Json {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => {
            Json::empty().with("type", "function").with("name", name.as_str())
        }
    }
}

pub(super) fn write_format(format: &Format) -> Option<Json> {
    let typed = |kind: &str| Json::empty().with("type", kind);
    let written = match format {
        Format::Text => return None,
        Format::JsonObject => typed("json_object"),
        Format::JsonSchema { .. } => write_schema(format, typed("json_schema")),
    };
    Some(Json::empty().with("format", written))
}

fn write_reasoning(reasoning: &Reasoning, notes: &mut Notes) -> Json {
    if reasoning.budget_tokens.is_some() {
        notes.add("reasoning.budget_tokens", "only a level can be said, the number was left out");
    }
    Json::empty()
        .with_some("effort", reasoning.effort.as_deref())
        .with_some("summary", reasoning.summary.as_deref())
}
