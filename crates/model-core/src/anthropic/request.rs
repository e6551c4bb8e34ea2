//! Requests in Anthropic Messages.

use super::blocks::{CACHE_HINT, read_content, write_blocks};
use crate::{
    fields::Fields,
    json::Json,
    notes::{Notes, TranslateError},
    request::{Format, Message, Reasoning, Request, Role, Sampling, Tool, ToolChoice, is_felt},
};

/// Where a caller in another dialect names no limit, which this one demands.
pub(crate) const USUAL_MAX_TOKENS: u64 = 4096;
const HINT: &str = "a hint to the vendor, left out";

/// Reads a request.
pub(crate) fn read_request(json: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
    let mut fields = Fields::of(json, "")?;
    for key in ["service_tier", "inference_geo", "speed", "cache_control"] {
        fields.hint(key, HINT, notes);
    }
    let effort_and_format = fields.object("output_config")?;
    let (effort, format) = effort_and_format.map(read_output).transpose()?.unwrap_or_default();
    let (tool_choice, parallel_tool_calls) = read_tool_choice(&mut fields)?;
    let max_output_tokens = fields.count("max_tokens")?;
    let request = Request {
        model: fields.need_text("model")?,
        messages: read_messages(&mut fields, notes)?,
        tools: read_tools(&mut fields, notes)?,
        tool_choice,
        parallel_tool_calls,
        format,
        sampling: Sampling {
            temperature: fields.number("temperature")?,
            top_p: fields.number("top_p")?,
            top_k: fields.count("top_k")?,
            ..Sampling::default()
        },
        max_output_tokens: Some(max_output_tokens.ok_or_else(|| fields.missing("max_tokens"))?),
        stop: fields.texts("stop_sequences")?,
        reasoning: read_thinking(fields.object("thinking")?, effort)?,
        stream: fields.flag("stream")?.unwrap_or_default(),
        include_usage: false,
        metadata: Vec::new(),
        user: read_user(fields.object("metadata")?)?,
    };
    fields.done()?;
    Ok(request)
}

fn read_messages(fields: &mut Fields, notes: &mut Notes) -> Result<Vec<Message>, TranslateError> {
    let mut messages = Vec::new();
    if let Some(system) = fields.take("system") {
        let mut holder = Fields::of(Json::empty().with("system", system), "")?;
        let parts = read_content(&mut holder, "system", notes)?;
        messages.push(Message { role: Role::System, parts });
    }
    for mut message in fields.objects("messages")? {
        let role = message.need_text("role")?;
        let parts = read_content(&mut message, "content", notes)?;
        match role.as_str() {
            "user" => messages.extend(Message::split_results(parts)),
            "assistant" => messages.push(Message { role: Role::Assistant, parts }),
            "system" => messages.push(Message { role: Role::System, parts }),
            _ => return Err(TranslateError::unsupported(message.at("role"), "an unknown role")),
        }
        message.done()?;
    }
    Ok(messages)
}

/// Such tools are run by the caller, but only this vendor's models know what they take.
const OWN_TOOL: &str = "only models of Anthropic's dialect know this tool; describe it as a function \
    with an input_schema, or name a model of that dialect";

fn read_tools(fields: &mut Fields, notes: &mut Notes) -> Result<Vec<Tool>, TranslateError> {
    let each = |mut tool: Fields| {
        if tool.text("type")?.is_some_and(|kind| kind != "custom") {
            return Err(TranslateError::unsupported(tool.at("type"), OWN_TOOL));
        }
        tool.hint("cache_control", CACHE_HINT, notes);
        let read = Tool {
            name: tool.need_text("name")?,
            description: tool.text("description")?,
            schema: tool.take("input_schema"),
            is_strict: tool.flag("strict")?.unwrap_or_default(),
        };
        tool.done()?;
        Ok(read)
    };
    fields.objects("tools")?.into_iter().map(each).collect()
}

type Choice = (Option<ToolChoice>, Option<bool>);

fn read_tool_choice(fields: &mut Fields) -> Result<Choice, TranslateError> {
    let Some(mut choice) = fields.object("tool_choice")? else { return Ok((None, None)) };
    let read = match choice.need_text("type")?.as_str() {
        "auto" => ToolChoice::Auto,
        "none" => ToolChoice::None,
        "any" => ToolChoice::Required,
        "tool" => ToolChoice::Named(choice.need_text("name")?),
        _ => return Err(TranslateError::unsupported(choice.at("type"), "an unknown choice")),
    };
    let parallel = choice.flag("disable_parallel_tool_use")?.map(|disabled| !disabled);
    choice.done()?;
    Ok((Some(read), parallel))
}

fn read_output(mut fields: Fields) -> Result<(Option<String>, Format), TranslateError> {
    let effort = fields.text("effort")?;
    let format = match fields.object("format")? {
        None => Format::Text,
        Some(mut format) => {
            if format.need_text("type")? != "json_schema" {
                return Err(TranslateError::unsupported(format.at("type"), "an unknown format"));
            }
            let schema = format.take("schema").ok_or_else(|| format.missing("schema"))?;
            format.done()?;
            Format::JsonSchema {
                name: "answer".to_owned(),
                description: None,
                schema,
                is_strict: true,
            }
        }
    };
    fields.done()?;
    Ok((effort, format))
}

fn read_thinking(
    thinking: Option<Fields>,
    effort: Option<String>,
) -> Result<Option<Reasoning>, TranslateError> {
    let Some(mut thinking) = thinking else {
        return Ok(effort.map(|effort| Reasoning { effort: Some(effort), ..Reasoning::default() }));
    };
    let kind = thinking.need_text("type")?;
    let summary = thinking.text("display")?.map(|word| match word.as_str() {
        "summarized" => "auto".to_owned(),
        _ => word,
    });
    let mut reasoning = Reasoning { effort, budget_tokens: None, summary };
    match kind.as_str() {
        "enabled" => {
            let budget = thinking.count("budget_tokens")?;
            reasoning.budget_tokens =
                Some(budget.ok_or_else(|| thinking.missing("budget_tokens"))?);
        }
        "adaptive" => {
            reasoning.effort = reasoning.effort.or_else(|| Some("medium".to_owned()));
        }
        "disabled" => reasoning.effort = Some("none".to_owned()),
        _ => return Err(TranslateError::unsupported(thinking.at("type"), "an unknown kind")),
    }
    thinking.done()?;
    Ok(Some(reasoning))
}

fn read_user(metadata: Option<Fields>) -> Result<Option<String>, TranslateError> {
    let Some(mut metadata) = metadata else { return Ok(None) };
    let user = metadata.text("user_id")?;
    metadata.done()?;
    Ok(user)
}

/// Writes a request.
pub(crate) fn write_request(request: &Request, notes: &mut Notes) -> Result<Json, TranslateError> {
    refuse_what_cannot_be_said(request, notes)?;
    let (system, messages) = write_messages(&request.messages, notes)?;
    let tools: Vec<_> = request.tools.iter().map(write_tool).collect();
    let user = request.user.as_ref().map(|user| Json::empty().with("user_id", user));
    let sampling = &request.sampling;
    if request.max_output_tokens.is_none() {
        notes.add("max_output_tokens", "a limit is demanded: 4096 was written");
    }
    let choice = write_tool_choice(request);
    Ok(Json::empty()
        .with("model", request.model.as_str())
        .with("max_tokens", request.max_output_tokens.unwrap_or(USUAL_MAX_TOKENS))
        .with_some("system", system)
        .with("messages", messages)
        .with_some("tools", (!tools.is_empty()).then_some(tools))
        .with_some("tool_choice", choice)
        .with_some("temperature", sampling.temperature.as_ref())
        .with_some("top_p", sampling.top_p.as_ref())
        .with_some("top_k", sampling.top_k)
        .with_some("stop_sequences", (!request.stop.is_empty()).then(|| request.stop.clone()))
        .with_some("thinking", write_thinking(request.reasoning.as_ref()))
        .with_some("output_config", write_output(request, notes))
        .with_some("stream", request.stream.then_some(true))
        .with_some("metadata", user))
}

fn refuse_what_cannot_be_said(request: &Request, notes: &mut Notes) -> Result<(), TranslateError> {
    let sampling = &request.sampling;
    let said = [
        ("frequency_penalty", is_felt(sampling.frequency_penalty.as_ref())),
        ("presence_penalty", is_felt(sampling.presence_penalty.as_ref())),
        ("seed", sampling.seed.is_some()),
        ("response_format", request.format == Format::JsonObject),
    ];
    if let Some((field, _)) = said.into_iter().find(|(_, is_said)| *is_said) {
        return Err(TranslateError::unsupported(field, "this dialect has no such field"));
    }
    if !request.metadata.is_empty() {
        notes.add("metadata", "names for the caller's own use, left out");
    }
    Ok(())
}

/// The system's words at the head, and the messages; each side's words that follow on stand together.
fn write_messages(
    messages: &[Message],
    notes: &mut Notes,
) -> Result<(Option<Json>, Vec<Json>), TranslateError> {
    let mut system = Vec::new();
    let mut out: Vec<(Role, Vec<Json>)> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages[{index}]");
        if message.role == Role::Developer {
            notes.add(at.as_str(), "the developer's words were written as the system's");
        }
        let blocks = write_blocks(&message.parts, &at, notes)?;
        let is_system = matches!(message.role, Role::System | Role::Developer);
        if out.is_empty() && is_system {
            system.extend(blocks);
            continue;
        }
        if is_system {
            notes.add(
                at.as_str(),
                "the system's words inside a conversation: not every model takes them",
            );
        }
        match out.last_mut() {
            Some((before, all)) if is_one_turn(*before, message.role) => {
                *before = message.role;
                all.extend(blocks);
            }
            _ if blocks.is_empty() => {}
            _ => out.push((message.role, blocks)),
        }
    }
    let each = |(role, blocks)| {
        let word = match role {
            Role::Assistant => "assistant",
            Role::System | Role::Developer => "system",
            Role::User | Role::Tool => "user",
        };
        Json::empty().with("role", word).with("content", shorten(blocks))
    };
    let system = (!system.is_empty()).then(|| shorten(system));
    Ok((system, out.into_iter().map(each).collect()))
}

/// Results of tools and what the user says with them are one message.
fn is_one_turn(before: Role, role: Role) -> bool {
    matches!((before, role), (Role::Tool, Role::User) | (Role::User, Role::Tool))
}

/// One plain text needs no list.
fn shorten(blocks: Vec<Json>) -> Json {
    if let [block] = blocks.as_slice()
        && block.get("type").and_then(Json::as_str) == Some("text")
        && let Some(text) = block.get("text")
    {
        return text.clone();
    }
    blocks.into()
}

fn write_tool(tool: &Tool) -> Json {
    let any = || Json::empty().with("type", "object");
    Json::empty()
        .with("name", tool.name.as_str())
        .with_some("description", tool.description.as_deref())
        .with("input_schema", tool.schema.clone().unwrap_or_else(any))
        .with_some("strict", tool.is_strict.then_some(true))
}

fn write_tool_choice(request: &Request) -> Option<Json> {
    let parallel = request.parallel_tool_calls;
    if request.tool_choice.is_none() && (parallel.is_none() || request.tools.is_empty()) {
        return None;
    }
    let typed = |kind: &str| Json::empty().with("type", kind);
    let choice = match request.tool_choice.as_ref().unwrap_or(&ToolChoice::Auto) {
        ToolChoice::Auto => typed("auto"),
        ToolChoice::None => return Some(typed("none")),
        ToolChoice::Required => typed("any"),
        ToolChoice::Named(name) => typed("tool").with("name", name.as_str()),
    };
    Some(choice.with_some("disable_parallel_tool_use", parallel.map(|parallel| !parallel)))
}

fn write_thinking(reasoning: Option<&Reasoning>) -> Option<Json> {
    let reasoning = reasoning?;
    let typed = |kind: &str| Json::empty().with("type", kind);
    if reasoning.effort.as_deref() == Some("none") {
        return Some(typed("disabled"));
    }
    let display = reasoning.summary.as_deref().map(|word| match word {
        "auto" | "concise" | "detailed" => "summarized",
        other => other,
    });
    let thinking = match reasoning.budget_tokens {
        Some(budget) => typed("enabled").with("budget_tokens", budget),
        None => typed("adaptive"),
    };
    Some(thinking.with_some("display", display))
}

fn write_output(request: &Request, notes: &mut Notes) -> Option<Json> {
    let effort = request.reasoning.as_ref().and_then(|reasoning| reasoning.effort.as_deref());
    let effort = effort.filter(|word| *word != "none").map(|word| {
        if word == "minimal" {
            notes.add("reasoning.effort", "minimal was written as low");
            return "low";
        }
        word
    });
    let format = match &request.format {
        Format::JsonSchema { schema, name, description, is_strict } => {
            if name != "answer" || description.is_some() || !is_strict {
                notes.add("response_format", "a name and remarks of a schema cannot be said");
            }
            Some(Json::empty().with("type", "json_schema").with("schema", schema.clone()))
        }
        Format::Text | Format::JsonObject => None,
    };
    if effort.is_none() && format.is_none() {
        return None;
    }
    Some(Json::empty().with_some("effort", effort).with_some("format", format))
}
