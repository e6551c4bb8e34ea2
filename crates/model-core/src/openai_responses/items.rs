//! The items of a request's input, and of an answer's output, in OpenAI Responses.

use crate::{
    fields::Fields,
    json::Json,
    media,
    notes::{Notes, TranslateError},
    request::{Dialect, Message, Part, Role, Signature, Source, Thought, ToolCall, ToolResult},
};

const OURS: Dialect = Dialect::OpenAiResponses;

pub(super) fn read_input(fields: &mut Fields) -> Result<Vec<Message>, TranslateError> {
    let mut messages: Vec<Message> = Vec::new();
    let input = fields.take("input").ok_or_else(|| fields.missing("input"))?;
    if let Json::Text(text) = input {
        return Ok(vec![Message { role: Role::User, parts: vec![Part::Text(text)] }]);
    }
    let mut holder = Fields::of(Json::empty().with("input", input), "")?;
    for item in holder.objects("input")? {
        let message = read_item(item)?;
        // One turn of the model, or of the tools, lies in several items.
        match messages.last_mut() {
            Some(last)
                if last.role == message.role
                    && matches!(message.role, Role::Tool | Role::Assistant) =>
            {
                last.parts.extend(message.parts);
            }
            _ => messages.push(message),
        }
    }
    Ok(messages)
}

fn read_item(mut item: Fields) -> Result<Message, TranslateError> {
    let kind = item.text("type")?.unwrap_or_else(|| "message".to_owned());
    // Ids and states of items are OpenAI's own and say nothing to others.
    item.take("status");
    match kind.as_str() {
        "message" => {
            item.take("id");
            read_message(item)
        }
        "function_call_output" => {
            item.take("id");
            read_result(item)
        }
        _ => Ok(Message { role: Role::Assistant, parts: read_output_item(&kind, item)? }),
    }
}

fn read_message(mut item: Fields) -> Result<Message, TranslateError> {
    let role = match item.need_text("role")?.as_str() {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => return Err(TranslateError::unsupported(item.at("role"), "an unknown role")),
    };
    item.take("phase");
    let parts = read_content(&mut item, "content")?;
    item.done()?;
    Ok(Message { role, parts })
}

fn read_result(mut item: Fields) -> Result<Message, TranslateError> {
    let id = item.need_text("call_id")?;
    let parts = read_content(&mut item, "output")?;
    item.done()?;
    let result = Part::ToolResult(ToolResult { id, parts, is_error: false });
    Ok(Message { role: Role::Tool, parts: vec![result] })
}

fn read_content(item: &mut Fields, key: &str) -> Result<Vec<Part>, TranslateError> {
    match item.take(key) {
        None => Err(item.missing(key)),
        Some(Json::Text(text)) => Ok(vec![Part::Text(text)]),
        Some(list) => {
            let at = item.path().to_owned();
            let mut holder = Fields::of(Json::empty().with(key, list), at)?;
            holder.objects(key)?.into_iter().map(read_part).collect()
        }
    }
}

fn read_part(mut part: Fields) -> Result<Part, TranslateError> {
    let kind = part.need_text("type")?;
    let read = match kind.as_str() {
        "input_text" | "output_text" | "text" => {
            part.take("logprobs");
            if part.list("annotations")?.is_some_and(|list| !list.is_empty()) {
                let why = "marks on text are not translated";
                return Err(TranslateError::unsupported(part.at("annotations"), why));
            }
            Part::Text(part.need_text("text")?)
        }
        "refusal" => Part::Refusal(part.need_text("refusal")?),
        "input_image" => {
            part.refuse("file_id", "files kept by a vendor cannot be passed on")?;
            let url = part.need_text("image_url")?;
            let source = media::from_url(url, &part.at("image_url"))?;
            // To look as the vendor sees fit is what is meant where nothing is said.
            let detail = part.text("detail")?.filter(|detail| detail != "auto");
            Part::Image { source, detail }
        }
        "input_file" => {
            part.refuse("file_id", "files kept by a vendor cannot be passed on")?;
            let url = part.text("file_data")?.or(part.text("file_url")?);
            let url = url.ok_or_else(|| part.missing("file_data"))?;
            let source = media::from_url(url, &part.at("file_data"))?;
            Part::File { source, name: part.text("filename")? }
        }
        _ => return Err(TranslateError::unsupported(part.at("type"), "an unknown kind of part")),
    };
    part.done()?;
    Ok(read)
}

/// The parts of an answer that an item stands for.
pub(super) fn read_output_item(kind: &str, mut item: Fields) -> Result<Vec<Part>, TranslateError> {
    match kind {
        "message" => read_answer(&mut item),
        "reasoning" => read_thoughts(item),
        "function_call" => {
            let id = item.need_text("call_id")?;
            let name = item.need_text("name")?;
            let arguments = item.text("arguments")?.filter(|text| !text.is_empty());
            let arguments = arguments.unwrap_or_else(|| "{}".to_owned());
            Ok(vec![Part::ToolCall(ToolCall { id, name, arguments })])
        }
        _ => Err(TranslateError::unsupported(item.at("type"), "an unknown kind of item")),
    }
}

/// The words of an answer. Marks on them, such as the places cited, are not carried over.
fn read_answer(item: &mut Fields) -> Result<Vec<Part>, TranslateError> {
    let each = |mut part: Fields| {
        part.take("annotations");
        read_part(part)
    };
    item.objects("content")?.into_iter().map(each).collect()
}

fn read_thoughts(mut item: Fields) -> Result<Vec<Part>, TranslateError> {
    let id = item.text("id")?;
    let token = item.text("encrypted_content")?;
    let mut thoughts = Vec::new();
    for (key, is_summary) in [("summary", true), ("content", false)] {
        for mut part in item.objects(key)? {
            let text = part.need_text("text")?;
            thoughts.push(Thought { id: id.clone(), text, is_summary, signature: None });
        }
    }
    if thoughts.is_empty() {
        thoughts.push(Thought { id, is_summary: true, ..Thought::default() });
    }
    if let Some(last) = thoughts.last_mut() {
        last.signature = token.map(|token| Signature::from_caller(OURS, token));
    }
    let parts = thoughts.into_iter().map(|thought| {
        let hidden = thought.signature.as_ref().and_then(Signature::as_hidden);
        hidden.map_or(Part::Thought(thought), Part::Redacted)
    });
    Ok(parts.collect())
}

pub(super) fn write_input(
    messages: &[Message],
    notes: &mut Notes,
) -> Result<Vec<Json>, TranslateError> {
    let mut out = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages[{index}]");
        match message.role {
            Role::System => out.push(write_message("system", &message.parts, &at)?),
            Role::Developer => out.push(write_message("developer", &message.parts, &at)?),
            Role::User => out.push(write_message("user", &message.parts, &at)?),
            Role::Tool => {
                for part in &message.parts {
                    out.push(write_result(part, &at, notes)?);
                }
            }
            Role::Assistant => out.extend(write_turn(&message.parts, &at, notes)?),
        }
    }
    Ok(out)
}

fn write_message(role: &str, parts: &[Part], at: &str) -> Result<Json, TranslateError> {
    let content: Result<Vec<_>, _> = parts.iter().map(|part| write_part(part, at)).collect();
    Ok(Json::empty().with("type", "message").with("role", role).with("content", content?))
}

fn write_part(part: &Part, at: &str) -> Result<Json, TranslateError> {
    let typed = |kind: &str| Json::empty().with("type", kind);
    match part {
        Part::Text(text) => Ok(typed("input_text").with("text", text)),
        Part::Image { source, detail } => Ok(typed("input_image")
            .with("detail", detail.as_deref().unwrap_or("auto"))
            .with("image_url", media::to_url(source, at)?)),
        Part::File { source, name } => {
            let key = if matches!(source, Source::Url(_)) { "file_url" } else { "file_data" };
            Ok(typed("input_file")
                .with_some("filename", name.as_deref())
                .with(key, media::to_url(source, at)?))
        }
        _ => Err(TranslateError::unsupported(at, "this kind of part cannot stand here")),
    }
}

fn write_result(part: &Part, at: &str, notes: &mut Notes) -> Result<Json, TranslateError> {
    let Part::ToolResult(result) = part else {
        return Err(TranslateError::wrong(at, "a tool only gives results"));
    };
    if result.is_error {
        notes.add(at, "that a tool failed cannot be said, only its words were carried over");
    }
    let output = match result.parts.as_slice() {
        [] => Json::from(""),
        [Part::Text(text)] => text.into(),
        parts => {
            let list: Result<Vec<_>, _> = parts.iter().map(|part| write_part(part, at)).collect();
            list?.into()
        }
    };
    Ok(Json::empty()
        .with("type", "function_call_output")
        .with("call_id", result.id.as_str())
        .with("output", output))
}

/// A turn of the model as items, in order: words that stand together share one message.
fn write_turn(parts: &[Part], at: &str, notes: &mut Notes) -> Result<Vec<Json>, TranslateError> {
    let mut out = Vec::new();
    let mut words: Vec<Json> = Vec::new();
    let mut rest = parts;
    while let [part, after @ ..] = rest {
        let mut taken = 1;
        if !matches!(part, Part::Text(_) | Part::Refusal(_)) {
            flush(&mut words, &mut out);
        }
        match part {
            Part::Text(_) | Part::Refusal(_) => words.push(write_words(part)),
            Part::ToolCall(call) => out.push(write_call(call)),
            Part::Thought(thought) => {
                taken += same_item(thought, after);
                write_own_thoughts(rest.get(..taken).unwrap_or_default(), at, notes, &mut out);
            }
            Part::Redacted(_) => notes.add(at, "another vendor's hidden thought, left out"),
            _ => return Err(TranslateError::unsupported(at, "the model can only give text here")),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    flush(&mut words, &mut out);
    Ok(out)
}

/// One plain text needs no list, and then no id of the vendor's either.
fn flush(words: &mut Vec<Json>, out: &mut Vec<Json>) {
    if words.is_empty() {
        return;
    }
    let content = match words.as_slice() {
        [word] => word.get("text").cloned(),
        _ => None,
    };
    let all = std::mem::take(words);
    let message = Json::empty().with("type", "message").with("role", "assistant");
    out.push(message.with("content", content.unwrap_or_else(|| all.into())));
}

/// How many of the parts that follow belong to the same item.
pub(super) fn same_item(thought: &Thought, after: &[Part]) -> usize {
    let is_same = |part: &&Part| match part {
        Part::Thought(other) => thought.id.is_some() && other.id == thought.id,
        _ => false,
    };
    after.iter().take_while(is_same).count()
}

/// Words of thought as one item. The vendor accepts only thoughts whose token is its own.
fn write_own_thoughts(thoughts: &[Part], at: &str, notes: &mut Notes, out: &mut Vec<Json>) {
    let foreign = thoughts.iter().any(|part| match part {
        Part::Thought(thought) => {
            // A caller's dialect may have had no place for the id; the token alone says enough.
            match &thought.signature {
                Some(token) => token.dialect != OURS,
                None => thought.id.is_none(),
            }
        }
        _ => true,
    });
    if foreign {
        notes.add(at, "another vendor's thought, left out");
        return;
    }
    out.push(write_thoughts(thoughts, ""));
}

/// Thoughts as one item; `new_id` where they have none.
pub(super) fn write_thoughts(thoughts: &[Part], new_id: &str) -> Json {
    let (mut summary, mut content) = (Vec::new(), Vec::new());
    let (mut id, mut token) = (None, None);
    for part in thoughts {
        let Part::Thought(thought) = part else { continue };
        id = id.or(thought.id.as_deref());
        token = thought.signature.as_ref().or(token);
        if thought.text.is_empty() {
            continue;
        }
        let (list, kind) = if thought.is_summary {
            (&mut summary, "summary_text")
        } else {
            (&mut content, "reasoning_text")
        };
        list.push(Json::empty().with("type", kind).with("text", thought.text.as_str()));
    }
    let id = id.or_else(|| (!new_id.is_empty()).then_some(new_id));
    Json::empty()
        .with("type", "reasoning")
        .with_some("id", id)
        .with("summary", summary)
        .with_some("content", (!content.is_empty()).then_some(content))
        .with_some("encrypted_content", token.map(|token| token.for_caller(OURS)))
}

pub(super) fn write_words(part: &Part) -> Json {
    match part {
        Part::Refusal(text) => Json::empty().with("type", "refusal").with("refusal", text),
        Part::Text(text) => output_text(text),
        _ => output_text(""),
    }
}

pub(super) fn output_text(text: &str) -> Json {
    Json::empty()
        .with("type", "output_text")
        .with("text", text)
        .with("annotations", Json::List(Vec::new()))
}

pub(super) fn write_call(call: &ToolCall) -> Json {
    Json::empty()
        .with("type", "function_call")
        .with("call_id", call.id.as_str())
        .with("name", call.name.as_str())
        .with("arguments", call.arguments.as_str())
}
