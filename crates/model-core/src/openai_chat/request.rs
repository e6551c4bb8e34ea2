//! Requests in OpenAI Chat Completions.

use super::messages::{read_messages, write_messages};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Format, Reasoning, Request, Sampling, Tool, ToolChoice},
};

const HINT: &str = "a hint to the vendor, left out";

/// Reads a request.
pub(crate) fn read_request(json: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    refuse_what_cannot_be(&mut fields, notes)?;
    let reasoning = fields.text("reasoning_effort")?;
    let request = Request {
        model: fields.need_text("model")?,
        messages: read_messages(&mut fields, notes)?,
        tools: read_tools(&mut fields)?,
        tool_choice: read_tool_choice(&mut fields)?,
        parallel_tool_calls: fields.flag("parallel_tool_calls")?,
        format: read_format(fields.object("response_format")?)?,
        sampling: read_sampling(&mut fields)?,
        max_output_tokens: read_max_tokens(&mut fields)?,
        stop: read_stop(&mut fields)?,
        reasoning: reasoning
            .map(|effort| Reasoning { effort: Some(effort), ..Reasoning::default() }),
        stream: fields.flag("stream")?.unwrap_or_default(),
        include_usage: read_include_usage(&mut fields, notes)?,
        metadata: read_metadata(&mut fields)?,
        user: fields.text("user")?,
    };
    fields.done()?;
    Ok(request)
}

fn refuse_what_cannot_be(fields: &mut Fields, notes: &mut Notes) -> Result<(), TranslateError> {
    if fields.count("n")?.is_some_and(|n| n != 1) {
        return Err(TranslateError::unsupported("n", "one answer is given to one request"));
    }
    if fields.flag("store")? == Some(true) {
        return Err(TranslateError::unsupported("store", "answers are not kept by the vendor"));
    }
    if fields.flag("logprobs")? == Some(true) {
        return Err(TranslateError::unsupported("logprobs", "other dialects do not tell them"));
    }
    if fields.take("logit_bias").is_some_and(|bias| bias != Json::empty()) {
        return Err(TranslateError::unsupported(
            "logit_bias",
            "other dialects know no such tokens",
        ));
    }
    let modalities = fields.texts("modalities")?;
    if modalities.iter().any(|modality| modality != "text") {
        return Err(TranslateError::unsupported("modalities", "only text is translated"));
    }
    for key in [
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        "safety_identifier",
        "verbosity",
    ] {
        fields.hint(key, HINT, notes);
    }
    Ok(())
}

pub(crate) fn read_sampling(fields: &mut Fields) -> Result<Sampling, TranslateError> {
    Ok(Sampling {
        temperature: fields.number("temperature")?,
        top_p: fields.number("top_p")?,
        top_k: fields.count("top_k")?,
        frequency_penalty: fields.number("frequency_penalty")?,
        presence_penalty: fields.number("presence_penalty")?,
        seed: fields.number("seed")?,
    })
}

fn read_max_tokens(fields: &mut Fields) -> Result<Option<u64>, TranslateError> {
    let (new, old) = (fields.count("max_completion_tokens")?, fields.count("max_tokens")?);
    if new.is_some() && old.is_some() && new != old {
        let why = "does not agree with max_completion_tokens";
        return Err(TranslateError::wrong("max_tokens", why));
    }
    Ok(new.or(old))
}

fn read_stop(fields: &mut Fields) -> Result<Vec<String>, TranslateError> {
    match fields.take("stop") {
        None => Ok(Vec::new()),
        Some(Json::Text(text)) => Ok(vec![text]),
        Some(list) => Fields::of(Json::empty().with("stop", list), "")?.texts("stop"),
    }
}

fn read_include_usage(fields: &mut Fields, notes: &mut Notes) -> Result<bool, TranslateError> {
    let Some(mut options) = fields.object("stream_options")? else { return Ok(false) };
    options.hint("include_obfuscation", HINT, notes);
    let include = options.flag("include_usage")?.unwrap_or_default();
    options.done()?;
    Ok(include)
}

/// `metadata`, an object of texts.
pub(crate) fn read_metadata(fields: &mut Fields) -> Result<Vec<(String, String)>, TranslateError> {
    let path = fields.at("metadata");
    let members = match fields.take("metadata") {
        None => return Ok(Vec::new()),
        Some(Json::Object(members)) => members,
        Some(_) => return Err(TranslateError::wrong(path, "must be an object")),
    };
    let each = |(key, value)| match value {
        Json::Text(text) => Ok((key, text)),
        _ => Err(TranslateError::wrong(format!("{path}.{key}"), "must be a text")),
    };
    members.into_iter().map(each).collect()
}

pub(crate) fn write_metadata(metadata: &[(String, String)]) -> Option<Json> {
    let members = metadata.iter().map(|(key, value)| (key.clone(), Json::from(value))).collect();
    (!metadata.is_empty()).then_some(Json::Object(members))
}

/// A tool with free text as its input is a kind of this vendor's alone.
pub(crate) const OWN_TOOL: &str = "other dialects know functions alone; describe the tool as a \
    function, or name a model whose endpoint speaks this dialect";

fn read_tools(fields: &mut Fields) -> Result<Vec<Tool>, TranslateError> {
    let each = |mut tool: Fields| {
        let kind = tool.need_text("type")?;
        if kind != "function" {
            return Err(TranslateError::unsupported(tool.at("type"), OWN_TOOL));
        }
        let function = tool.need_object("function")?;
        tool.done()?;
        read_function(function)
    };
    fields.objects("tools")?.into_iter().map(each).collect()
}

/// A function as both of OpenAI's dialects describe it.
pub(crate) fn read_function(mut function: Fields) -> Result<Tool, TranslateError> {
    let tool = Tool {
        name: function.need_text("name")?,
        description: function.text("description")?,
        schema: function.take("parameters"),
        is_strict: function.flag("strict")?.unwrap_or_default(),
    };
    function.done()?;
    Ok(tool)
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
    let mut function = choice.need_object("function")?;
    let name = function.need_text("name")?;
    function.done()?;
    choice.done()?;
    Ok(Some(ToolChoice::Named(name)))
}

pub(crate) fn tool_choice_word(word: &str, path: &str) -> Result<ToolChoice, TranslateError> {
    match word {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "required" => Ok(ToolChoice::Required),
        _ => Err(TranslateError::unsupported(path, "must be auto, none, required or a function")),
    }
}

fn read_format(format: Option<Fields>) -> Result<Format, TranslateError> {
    let Some(mut format) = format else { return Ok(Format::Text) };
    let kind = format.need_text("type")?;
    let read = match kind.as_str() {
        "text" => Format::Text,
        "json_object" => Format::JsonObject,
        "json_schema" => read_schema(format.need_object("json_schema")?)?,
        _ => return Err(TranslateError::unsupported(format.at("type"), "an unknown format")),
    };
    format.done()?;
    Ok(read)
}

/// A schema as both of OpenAI's dialects describe it.
pub(crate) fn read_schema(mut fields: Fields) -> Result<Format, TranslateError> {
    let schema = Format::JsonSchema {
        name: fields.need_text("name")?,
        description: fields.text("description")?,
        schema: fields.take("schema").ok_or_else(|| fields.missing("schema"))?,
        is_strict: fields.flag("strict")?.unwrap_or_default(),
    };
    fields.done()?;
    Ok(schema)
}

/// Writes a request.
pub(crate) fn write_request(request: &Request, notes: &mut Notes) -> Result<Json, TranslateError> {
    let effort = write_effort(request.reasoning.as_ref(), notes);
    let sampling = &request.sampling;
    let tools: Vec<_> = request.tools.iter().map(write_tool).collect();
    let usage = request.include_usage.then(|| Json::empty().with("include_usage", true));
    Ok(Json::empty()
        .with("model", request.model.as_str())
        .with("messages", write_messages(&request.messages, notes)?)
        .with_some("tools", (!tools.is_empty()).then_some(tools))
        .with_some("tool_choice", request.tool_choice.as_ref().map(write_tool_choice))
        .with_some("parallel_tool_calls", request.parallel_tool_calls)
        .with_some("response_format", write_format(&request.format))
        .with_some("temperature", sampling.temperature.as_ref())
        .with_some("top_p", sampling.top_p.as_ref())
        .with_some("top_k", sampling.top_k)
        .with_some("frequency_penalty", sampling.frequency_penalty.as_ref())
        .with_some("presence_penalty", sampling.presence_penalty.as_ref())
        .with_some("seed", sampling.seed.as_ref())
        .with_some("max_completion_tokens", request.max_output_tokens)
        .with_some("stop", (!request.stop.is_empty()).then(|| request.stop.clone()))
        .with_some("reasoning_effort", effort)
        .with_some("stream", request.stream.then_some(true))
        .with_some("stream_options", usage)
        .with_some("metadata", write_metadata(&request.metadata))
        .with_some("user", request.user.as_deref()))
}

fn write_effort(reasoning: Option<&Reasoning>, notes: &mut Notes) -> Option<String> {
    let reasoning = reasoning?;
    if reasoning.budget_tokens.is_some() {
        notes.add("reasoning.budget_tokens", "only a level can be said, the number was left out");
    }
    if reasoning.summary.is_some() {
        notes.add("reasoning.summary", "cannot be asked for, left out");
    }
    reasoning.effort.clone()
}

fn write_tool(tool: &Tool) -> Json {
    let function = write_function(tool, Json::empty());
    Json::empty().with("type", "function").with("function", function)
}

/// A function as both of OpenAI's dialects describe it, added to `start`.
pub(crate) fn write_function(tool: &Tool, start: Json) -> Json {
    start
        .with("name", tool.name.as_str())
        .with_some("description", tool.description.as_deref())
        .with_some("parameters", tool.schema.clone())
        .with_some("strict", tool.is_strict.then_some(true))
}

fn write_tool_choice(choice: &ToolChoice) -> Json {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => {
            let function = Json::empty().with("name", name.as_str());
            Json::empty().with("type", "function").with("function", function)
        }
    }
}

fn write_format(format: &Format) -> Option<Json> {
    let typed = |kind: &str| Json::empty().with("type", kind);
    match format {
        Format::Text => None,
        Format::JsonObject => Some(typed("json_object")),
        Format::JsonSchema { .. } => {
            Some(typed("json_schema").with("json_schema", write_schema(format, Json::empty())))
        }
    }
}

/// A schema as both of OpenAI's dialects describe it, added to `start`.
pub(crate) fn write_schema(format: &Format, start: Json) -> Json {
    let Format::JsonSchema { name, description, schema, is_strict } = format else { return start };
    start
        .with("name", name.as_str())
        .with_some("description", description.as_deref())
        .with("schema", schema.clone())
        .with_some("strict", is_strict.then_some(true))
}
