//! Requests in Bedrock Converse. The model and the wish for a stream are in the address.

use super::blocks::{read_blocks, write_blocks};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    openai_chat::write_metadata,
    request::{
        Format, Message, Part, Reasoning, Request, Role, Sampling, Tool, ToolChoice, is_felt,
    },
};

/// Reads a request.
pub(crate) fn read_request(json: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    for key in ["performanceConfig", "serviceTier"] {
        fields.hint(key, "a hint to the vendor, left out", notes);
    }
    let mut messages = Vec::new();
    let system = read_blocks(&mut fields, "system", notes)?;
    if !system.is_empty() {
        messages.push(Message { role: Role::System, parts: system });
    }
    for mut message in fields.objects("messages")? {
        let parts = read_blocks(&mut message, "content", notes)?;
        match message.need_text("role")?.as_str() {
            "user" => messages.extend(Message::split_results(parts)),
            "assistant" => messages.push(Message { role: Role::Assistant, parts }),
            _ => return Err(TranslateError::unsupported(message.at("role"), "an unknown role")),
        }
        message.done()?;
    }
    let mut request = Request { messages, ..Request::default() };
    if let Some(tools) = fields.object("toolConfig")? {
        read_tools(tools, &mut request, notes)?;
    }
    if let Some(mut config) = fields.object("inferenceConfig")? {
        request.sampling = Sampling {
            temperature: config.number("temperature")?,
            top_p: config.number("topP")?,
            ..Sampling::default()
        };
        request.max_output_tokens = config.count("maxTokens")?;
        request.stop = config.texts("stopSequences")?;
        config.done()?;
    }
    if let Some(output) = fields.object("outputConfig")? {
        read_output(output, &mut request)?;
    }
    request.metadata = read_metadata(&mut fields)?;
    fields.done()?;
    Ok(request)
}

fn read_metadata(fields: &mut Fields) -> Result<Vec<(String, String)>, TranslateError> {
    let path = fields.at("requestMetadata");
    let Some(Json::Object(members)) = fields.take("requestMetadata") else { return Ok(Vec::new()) };
    let each = |(key, value)| match value {
        Json::Text(text) => Ok((key, text)),
        _ => Err(TranslateError::wrong(path.as_str(), "must be texts")),
    };
    members.into_iter().map(each).collect()
}

fn read_tools(
    mut config: Fields,
    request: &mut Request,
    notes: &mut Notes,
) -> Result<(), TranslateError> {
    for mut tool in config.objects("tools")? {
        if tool.take("cachePoint").is_some() {
            notes.add(tool.at("cachePoint"), "a hint for the vendor's cache, left out");
            continue;
        }
        let mut spec = tool.need_object("toolSpec")?;
        let mut schema = spec.need_object("inputSchema")?;
        request.tools.push(Tool {
            name: spec.need_text("name")?,
            description: spec.text("description")?,
            schema: schema.take("json"),
            is_strict: spec.flag("strict")?.unwrap_or_default(),
        });
        spec.done()?;
        tool.done()?;
    }
    if let Some(mut choice) = config.object("toolChoice")? {
        request.tool_choice = Some(if choice.take("auto").is_some() {
            ToolChoice::Auto
        } else if choice.take("any").is_some() {
            ToolChoice::Required
        } else {
            ToolChoice::Named(choice.need_object("tool")?.need_text("name")?)
        });
        choice.done()?;
    }
    config.done()
}

fn read_output(mut output: Fields, request: &mut Request) -> Result<(), TranslateError> {
    let effort = output.text("effort")?;
    request.reasoning =
        effort.map(|effort| Reasoning { effort: Some(effort), ..Reasoning::default() });
    if let Some(mut format) = output.object("textFormat")? {
        format.take("type");
        let mut structure = format.need_object("structure")?;
        let mut definition = structure.need_object("jsonSchema")?;
        let text = definition.need_text("schema")?;
        let schema = Json::parse(text.as_bytes()).map_err(TranslateError::Json)?;
        request.format = Format::JsonSchema {
            name: definition.text("name")?.unwrap_or_else(|| "answer".to_owned()),
            description: definition.text("description")?,
            schema,
            is_strict: true,
        };
        definition.done()?;
        format.done()?;
    }
    output.done()
}

/// Writes a request.
pub(crate) fn write_request(request: &Request, notes: &mut Notes) -> Result<Json, TranslateError> {
    check_what_can_be_said(request, notes)?;
    let (system, messages) = write_messages(&request.messages, notes)?;
    let sampling = &request.sampling;
    let config = Json::empty()
        .with_some("maxTokens", request.max_output_tokens)
        .with_some("temperature", sampling.temperature.as_ref())
        .with_some("topP", sampling.top_p.as_ref())
        .with_some("stopSequences", (!request.stop.is_empty()).then(|| request.stop.clone()));
    let output = write_output(request, notes);
    Ok(Json::empty()
        .with_some("system", system)
        .with("messages", messages)
        .with_some("inferenceConfig", (config != Json::empty()).then_some(config))
        .with_some("toolConfig", write_tools(request))
        .with_some("outputConfig", (output != Json::empty()).then_some(output))
        .with_some("requestMetadata", write_metadata(&request.metadata)))
}

fn check_what_can_be_said(request: &Request, notes: &mut Notes) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    let said = [
        ("top_k", sampling.top_k.is_some()),
        ("frequency_penalty", is_felt(sampling.frequency_penalty.as_ref())),
        ("presence_penalty", is_felt(sampling.presence_penalty.as_ref())),
        ("seed", sampling.seed.is_some()),
        ("response_format", request.format == Format::JsonObject),
    ];
    if let Some((field, _)) = said.into_iter().find(|(_, is_said)| *is_said) {
        return Err(TranslateError::unsupported(field, "this dialect has no such field"));
    }
    if forbids_tools(request) && request.messages.iter().any(speaks_of_tools) {
        let why = "this dialect cannot forbid tools in a conversation that used them; use auto";
        return Err(TranslateError::unsupported("tool_choice", why));
    }
    let lost = [
        ("parallel_tool_calls", request.parallel_tool_calls.is_some()),
        ("user", request.user.is_some()),
    ];
    for (field, _) in lost.into_iter().filter(|(_, is_lost)| *is_lost) {
        notes.add(field, "cannot be said in this dialect, left out");
    }
    Ok(())
}

/// The sides must take turns: what follows from the same side stands in one message.
fn write_messages(
    messages: &[Message],
    notes: &mut Notes,
) -> Result<(Option<Json>, Vec<Json>), TranslateError> {
    let mut system = Vec::new();
    let mut turns: Vec<(bool, Vec<Json>)> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages[{index}]");
        let blocks = write_blocks(&message.parts, &at, notes)?;
        if matches!(message.role, Role::System | Role::Developer) {
            if !turns.is_empty() {
                let why = "the system's words can only stand first";
                return Err(TranslateError::unsupported(at, why));
            }
            system.extend(blocks);
            continue;
        }
        let is_model = message.role == Role::Assistant;
        match turns.last_mut() {
            Some((before, all)) if *before == is_model => all.extend(blocks),
            _ if blocks.is_empty() => {}
            _ => turns.push((is_model, blocks)),
        }
    }
    let each = |(is_model, blocks): (bool, Vec<Json>)| {
        let role = if is_model { "assistant" } else { "user" };
        Json::empty().with("role", role).with("content", blocks)
    };
    let system = (!system.is_empty()).then(|| system.into());
    Ok((system, turns.into_iter().map(each).collect()))
}

/// There is no word for it: the tools are left out instead, which comes to the same.
fn forbids_tools(request: &Request) -> bool {
    request.tool_choice == Some(ToolChoice::None) && !request.tools.is_empty()
}

/// Such a message is refused where no tools are described.
fn speaks_of_tools(message: &Message) -> bool {
    message.parts.iter().any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
}

fn write_tools(request: &Request) -> Option<Json> {
    if request.tools.is_empty() || forbids_tools(request) {
        return None;
    }
    let choice = match &request.tool_choice {
        Some(ToolChoice::Auto) => Some(Json::empty().with("auto", Json::empty())),
        Some(ToolChoice::Required) => Some(Json::empty().with("any", Json::empty())),
        Some(ToolChoice::Named(name)) => {
            Some(Json::empty().with("tool", Json::empty().with("name", name.as_str())))
        }
        Some(ToolChoice::None) | None => None,
    };
    let tools: Vec<_> = request.tools.iter().map(write_tool).collect();
    Some(Json::empty().with("tools", tools).with_some("toolChoice", choice))
}

fn write_tool(tool: &Tool) -> Json {
    let any = || Json::empty().with("type", "object");
    let schema = Json::empty().with("json", tool.schema.clone().unwrap_or_else(any));
    let spec = Json::empty()
        .with("name", tool.name.as_str())
        .with_some("description", tool.description.as_deref())
        .with("inputSchema", schema)
        .with_some("strict", tool.is_strict.then_some(true));
    Json::empty().with("toolSpec", spec)
}

fn write_output(request: &Request, notes: &mut Notes) -> Json {
    let reasoning = request.reasoning.as_ref();
    if reasoning.is_some_and(|asked| asked.budget_tokens.is_some() || asked.summary.is_some()) {
        notes.add("reasoning", "only a level can be said, the rest was left out");
    }
    let effort = reasoning.and_then(|asked| asked.effort.as_deref());
    let format = match &request.format {
        Format::JsonSchema { name, description, schema, is_strict } => {
            if !is_strict {
                notes.add("response_format", "a schema is always kept to the letter here");
            }
            let definition = Json::empty()
                .with("schema", schema.to_text())
                .with("name", name.as_str())
                .with_some("description", description.as_deref());
            let structure = Json::empty().with("jsonSchema", definition);
            Some(Json::empty().with("type", "json_schema").with("structure", structure))
        }
        Format::Text | Format::JsonObject => None,
    };
    Json::empty().with_some("textFormat", format).with_some("effort", effort)
}
