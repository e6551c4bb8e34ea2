//! Requests in Gemini. The model and the wish for a stream are in the address.

use super::contents::{read_part, write_parts};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{
        Format, Message, Part, Reasoning, Request, Role, Sampling, Tool, ToolCall, ToolChoice,
    },
};

/// Reads a request.
pub(crate) fn read_request(json: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    fields.refuse("cachedContent", "would be kept by the vendor")?;
    fields.hint("labels", "labels for the vendor's bill, left out", notes);
    let mut messages = Vec::new();
    if let Some(mut system) = fields.object("systemInstruction")? {
        system.take("role");
        messages.push(Message { role: Role::System, parts: read_parts(&mut system, &mut 0)? });
        system.done()?;
    }
    messages.extend(read_contents(&mut fields)?);
    let tools = read_tools(&mut fields)?;
    let tool_choice = read_tool_choice(&mut fields)?;
    let mut request = Request { messages, tools, tool_choice, ..Request::default() };
    if let Some(config) = fields.object("generationConfig")? {
        read_config(config, &mut request)?;
    }
    fields.done()?;
    Ok(request)
}

fn read_parts(content: &mut Fields, calls: &mut usize) -> Result<Vec<Part>, TranslateError> {
    let each = |part| {
        read_part(part, || {
            *calls += 1;
            format!("call_{}", *calls - 1)
        })
    };
    content.objects("parts")?.into_iter().map(each).collect()
}

fn read_contents(fields: &mut Fields) -> Result<Vec<Message>, TranslateError> {
    let mut messages = Vec::new();
    let mut calls = 0;
    for mut content in fields.objects("contents")? {
        let parts = read_parts(&mut content, &mut calls)?;
        match content.text("role")?.as_deref() {
            None | Some("user" | "function") => messages.extend(Message::split_results(parts)),
            Some("model") => messages.push(Message { role: Role::Assistant, parts }),
            Some(_) => {
                return Err(TranslateError::unsupported(content.at("role"), "an unknown role"));
            }
        }
        content.done()?;
    }
    Ok(messages)
}

fn read_tools(fields: &mut Fields) -> Result<Vec<Tool>, TranslateError> {
    let mut tools = Vec::new();
    for mut group in fields.objects("tools")? {
        for mut function in group.objects("functionDeclarations")? {
            function.refuse("parameters", "use parametersJsonSchema")?;
            tools.push(Tool {
                name: function.need_text("name")?,
                description: function.text("description")?,
                schema: function.take("parametersJsonSchema"),
                is_strict: false,
            });
            function.done()?;
        }
        group.done()?;
    }
    Ok(tools)
}

fn read_tool_choice(fields: &mut Fields) -> Result<Option<ToolChoice>, TranslateError> {
    let Some(mut config) = fields.object("toolConfig")? else { return Ok(None) };
    let mut calling = config.need_object("functionCallingConfig")?;
    config.done()?;
    let mode = calling.text("mode")?;
    let mut names = calling.texts("allowedFunctionNames")?;
    let choice = match (mode.as_deref(), names.len()) {
        (None | Some("AUTO"), 0) => ToolChoice::Auto,
        (Some("NONE"), 0) => ToolChoice::None,
        (Some("ANY"), 0) => ToolChoice::Required,
        (Some("ANY"), 1) => ToolChoice::Named(names.remove(0)),
        _ => return Err(TranslateError::unsupported(calling.path(), "an unknown choice")),
    };
    calling.done()?;
    Ok(Some(choice))
}

fn read_config(mut config: Fields, request: &mut Request) -> Result<(), TranslateError> {
    if config.count("candidateCount")?.is_some_and(|count| count != 1) {
        let why = "one answer is given to one request";
        return Err(TranslateError::unsupported(config.at("candidateCount"), why));
    }
    request.sampling = Sampling {
        temperature: config.number("temperature")?,
        top_p: config.number("topP")?,
        top_k: config.count("topK")?,
        frequency_penalty: config.number("frequencyPenalty")?,
        presence_penalty: config.number("presencePenalty")?,
        seed: config.number("seed")?,
    };
    request.max_output_tokens = config.count("maxOutputTokens")?;
    request.stop = config.texts("stopSequences")?;
    let media_type = config.text("responseMimeType")?;
    let schema = config.take("responseJsonSchema");
    request.format = match (media_type.as_deref(), schema) {
        (None | Some("text/plain"), None) => Format::Text,
        (Some("application/json"), None) => Format::JsonObject,
        (Some("application/json"), Some(schema)) => Format::JsonSchema {
            name: "answer".to_owned(),
            description: None,
            schema,
            is_strict: true,
        },
        _ => {
            let field = config.at("responseMimeType");
            return Err(TranslateError::unsupported(field, "an unknown format"));
        }
    };
    request.reasoning = config.object("thinkingConfig")?.map(read_thinking).transpose()?;
    config.done()
}

fn read_thinking(mut thinking: Fields) -> Result<Reasoning, TranslateError> {
    let budget = thinking.count("thinkingBudget")?;
    let level = thinking.text("thinkingLevel")?.map(|level| level.to_ascii_lowercase());
    let told = thinking.flag("includeThoughts")?.unwrap_or_default();
    thinking.done()?;
    Ok(Reasoning {
        effort: if budget == Some(0) { Some("none".to_owned()) } else { level },
        budget_tokens: budget.filter(|budget| *budget > 0),
        summary: told.then(|| "auto".to_owned()),
    })
}

/// Writes a request.
pub(crate) fn write_request(request: &Request, notes: &mut Notes) -> Result<Json, TranslateError> {
    note_what_is_lost(request, notes);
    let (system, contents) = write_contents(&request.messages, notes)?;
    let functions: Vec<_> = request.tools.iter().map(write_tool).collect();
    let tools = || vec![Json::empty().with("functionDeclarations", functions.clone())];
    let config = write_config(request, notes);
    Ok(Json::empty()
        .with_some("systemInstruction", system)
        .with("contents", contents)
        .with_some("tools", (!functions.is_empty()).then(tools))
        .with_some("toolConfig", request.tool_choice.as_ref().map(write_tool_choice))
        .with_some("generationConfig", (config != Json::empty()).then_some(config)))
}

fn note_what_is_lost(request: &Request, notes: &mut Notes) {
    let lost = [
        ("parallel_tool_calls", request.parallel_tool_calls.is_some()),
        ("metadata", !request.metadata.is_empty()),
        ("user", request.user.is_some()),
        ("tools", request.tools.iter().any(|tool| tool.is_strict)),
    ];
    for (field, _) in lost.into_iter().filter(|(_, is_lost)| *is_lost) {
        notes.add(field, "cannot be said in this dialect, left out");
    }
}

fn write_contents(
    messages: &[Message],
    notes: &mut Notes,
) -> Result<(Option<Json>, Vec<Json>), TranslateError> {
    let mut system = Vec::new();
    let mut calls: Vec<&ToolCall> = Vec::new();
    let mut turns: Vec<(bool, Vec<Json>)> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages[{index}]");
        calls.extend(message.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        }));
        let parts = write_parts(message, &at, &calls, notes)?;
        if matches!(message.role, Role::System | Role::Developer) {
            if !turns.is_empty() {
                let why = "the system's words can only stand first";
                return Err(TranslateError::unsupported(at, why));
            }
            system.extend(parts);
            continue;
        }
        let is_model = message.role == Role::Assistant;
        match turns.last_mut() {
            Some((before, all)) if *before == is_model => all.extend(parts),
            _ if parts.is_empty() => {}
            _ => turns.push((is_model, parts)),
        }
    }
    let each = |(is_model, parts): (bool, Vec<Json>)| {
        let role = if is_model { "model" } else { "user" };
        Json::empty().with("role", role).with("parts", parts)
    };
    let system = (!system.is_empty()).then(|| Json::empty().with("parts", system));
    Ok((system, turns.into_iter().map(each).collect()))
}

fn write_tool(tool: &Tool) -> Json {
    Json::empty()
        .with("name", tool.name.as_str())
        .with_some("description", tool.description.as_deref())
        .with_some("parametersJsonSchema", tool.schema.clone())
}

fn write_tool_choice(choice: &ToolChoice) -> Json {
    let mode = |mode: &str| Json::empty().with("mode", mode);
    let calling = match choice {
        ToolChoice::Auto => mode("AUTO"),
        ToolChoice::None => mode("NONE"),
        ToolChoice::Required => mode("ANY"),
        ToolChoice::Named(name) => mode("ANY").with("allowedFunctionNames", vec![name.as_str()]),
    };
    Json::empty().with("functionCallingConfig", calling)
}

fn write_config(request: &Request, notes: &mut Notes) -> Json {
    let sampling = &request.sampling;
    let (media_type, schema) = match &request.format {
        Format::Text => (None, None),
        Format::JsonObject => (Some("application/json"), None),
        Format::JsonSchema { schema, name, description, is_strict } => {
            if name != "answer" || description.is_some() || !is_strict {
                notes.add("response_format", "a name and remarks of a schema cannot be said");
            }
            (Some("application/json"), Some(schema.clone()))
        }
    };
    Json::empty()
        .with_some("temperature", sampling.temperature.as_ref())
        .with_some("topP", sampling.top_p.as_ref())
        .with_some("topK", sampling.top_k)
        .with_some("frequencyPenalty", sampling.frequency_penalty.as_ref())
        .with_some("presencePenalty", sampling.presence_penalty.as_ref())
        .with_some("seed", sampling.seed.as_ref())
        .with_some("maxOutputTokens", request.max_output_tokens)
        .with_some("stopSequences", (!request.stop.is_empty()).then(|| request.stop.clone()))
        .with_some("responseMimeType", media_type)
        .with_some("responseJsonSchema", schema)
        .with_some("thinkingConfig", request.reasoning.as_ref().map(write_thinking))
}

fn write_thinking(reasoning: &Reasoning) -> Json {
    let effort = reasoning.effort.as_deref();
    let told = reasoning.summary.is_some().then_some(true);
    if effort == Some("none") {
        return Json::empty().with("thinkingBudget", 0).with_some("includeThoughts", told);
    }
    Json::empty()
        .with_some("thinkingBudget", reasoning.budget_tokens)
        .with_some("thinkingLevel", effort)
        .with_some("includeThoughts", told)
}
