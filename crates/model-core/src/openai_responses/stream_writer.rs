//! Streams in OpenAI Responses, written: `response.created` to `response.completed`.

use super::{
    echo::{Echo, State},
    items::output_text,
    response::{hidden_item, item_id, message_item},
};
use crate::{
    failure::Failure,
    json::Json,
    openai_chat::error_object,
    request::{Dialect, Signature},
    response::{Finish, Opened, StreamEvent, Usage},
    sse,
};

/// The item that is open, which holds one part or more.
#[derive(Debug)]
struct Item {
    id: String,
    kind: Opened,
    /// The finished parts.
    content: Vec<Json>,
    /// The text of the open part.
    text: String,
    token: Option<Signature>,
}

/// Where the stream stands.
#[derive(Debug)]
pub(crate) struct StreamWriter {
    echo: Echo,
    sequence: u64,
    started: bool,
    output: Vec<Json>,
    item: Option<Item>,
    finish: Finish,
    usage: Option<Usage>,
}

impl StreamWriter {
    pub(crate) const fn new(echo: Echo) -> Self {
        Self {
            echo,
            sequence: 0,
            started: false,
            output: Vec::new(),
            item: None,
            finish: Finish::Stop,
            usage: None,
        }
    }

    pub(crate) fn write(&mut self, event: &StreamEvent, out: &mut Vec<u8>) {
        match event {
            StreamEvent::Start { .. } => {
                self.started = true;
                for name in ["response.created", "response.in_progress"] {
                    let resource = self.echo.resource(State::InProgress, Vec::new(), None, None);
                    self.send(name, Json::empty().with("response", resource), out);
                }
            }
            StreamEvent::Open(part) => self.open(part, out),
            StreamEvent::Delta(text) => self.delta(text, out),
            StreamEvent::Signature(token) => {
                if let Some(item) = &mut self.item {
                    match &mut item.token {
                        Some(before) => before.value.push_str(&token.value),
                        None => item.token = Some(token.clone()),
                    }
                }
            }
            StreamEvent::Close => self.close_part(out),
            StreamEvent::Finish(finish) => {
                self.close_item(out);
                self.finish = finish.clone();
            }
            StreamEvent::Usage(usage) => self.usage = Some(*usage),
            StreamEvent::Ping => out.extend_from_slice(b": ping\n\n"),
            StreamEvent::Failed(failure) => self.fail(failure, out),
            StreamEvent::End => self.end(out),
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let state = State::Ended(&self.finish);
        let output = std::mem::take(&mut self.output);
        let resource = self.echo.resource(state, output, self.usage.as_ref(), None);
        let name = match self.finish {
            Finish::Length | Finish::Filtered => "response.incomplete",
            _ => "response.completed",
        };
        self.send(name, Json::empty().with("response", resource), out);
    }

    /// The SDKs raise `error`; the schema wants a terminal event beside it.
    fn fail(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        let error = error_object(failure);
        let part = |key: &str| error.get(key).cloned().unwrap_or(Json::Null);
        let event = Json::empty()
            .with("code", part("code"))
            .with("message", part("message"))
            .with("param", part("param"))
            .with("error", error.clone());
        self.send("error", event, out);
        if self.started {
            let told = Json::empty().with("code", part("code")).with("message", part("message"));
            let output = std::mem::take(&mut self.output);
            let resource = self.echo.resource(State::Failed, output, None, Some(told));
            self.send("response.failed", Json::empty().with("response", resource), out);
        }
    }

    fn open(&mut self, part: &Opened, out: &mut Vec<u8>) {
        if !self.item.as_ref().is_some_and(|item| shares_item(&item.kind, part)) {
            self.close_item(out);
            self.open_item(part, out);
        }
        let Some(item) = &mut self.item else { return };
        item.kind = part.clone();
        item.text.clear();
        let index = item.content.len() as u64;
        let (name, key) = match part {
            Opened::Thought { is_summary: true, .. } => {
                ("response.reasoning_summary_part.added", "summary_index")
            }
            Opened::Text | Opened::Refusal | Opened::Thought { .. } => {
                ("response.content_part.added", "content_index")
            }
            Opened::Redacted(_) | Opened::ToolCall { .. } => return,
        };
        let event = self.place().with(key, index).with("part", told_part(part, ""));
        self.send(name, event, out);
    }

    fn open_item(&mut self, part: &Opened, out: &mut Vec<u8>) {
        let prefix = match part {
            Opened::Text | Opened::Refusal => "msg",
            Opened::Thought { .. } | Opened::Redacted(_) => "rs",
            Opened::ToolCall { .. } => "fc",
        };
        let given = match part {
            Opened::Thought { id, .. } => id.clone(),
            _ => None,
        };
        let id = given.unwrap_or_else(|| item_id(prefix, self.echo.id(), self.output.len()));
        let item =
            Item { id, kind: part.clone(), content: Vec::new(), text: String::new(), token: None };
        let event = self.index().with("item", item.told("in_progress"));
        self.item = Some(item);
        self.send("response.output_item.added", event, out);
    }

    fn delta(&mut self, text: &str, out: &mut Vec<u8>) {
        let Some(item) = &mut self.item else { return };
        item.text.push_str(text);
        let index = item.content.len() as u64;
        let (name, key) = match &item.kind {
            Opened::Text => ("response.output_text.delta", "content_index"),
            Opened::Refusal => ("response.refusal.delta", "content_index"),
            Opened::Thought { is_summary: true, .. } => {
                ("response.reasoning_summary_text.delta", "summary_index")
            }
            Opened::Thought { .. } => ("response.reasoning_text.delta", "content_index"),
            Opened::ToolCall { .. } => {
                let event = self.place().with("delta", text);
                self.send("response.function_call_arguments.delta", event, out);
                return;
            }
            Opened::Redacted(_) => return,
        };
        let logprobs = (key == "content_index" && name == "response.output_text.delta")
            .then(|| Json::List(Vec::new()));
        let event =
            self.place().with(key, index).with("delta", text).with_some("logprobs", logprobs);
        self.send(name, event, out);
    }

    fn close_part(&mut self, out: &mut Vec<u8>) {
        let Some(item) = &mut self.item else { return };
        let text = std::mem::take(&mut item.text);
        let (kind, index) = (item.kind.clone(), item.content.len() as u64);
        let part = told_part(&kind, &text);
        item.content.push(part.clone());
        let (done, part_done, key, word) = match &kind {
            Opened::Text => {
                ("response.output_text.done", "response.content_part.done", "content_index", "text")
            }
            Opened::Refusal => {
                ("response.refusal.done", "response.content_part.done", "content_index", "refusal")
            }
            Opened::Thought { is_summary: true, .. } => (
                "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.done",
                "summary_index",
                "text",
            ),
            Opened::Thought { .. } => (
                "response.reasoning_text.done",
                "response.content_part.done",
                "content_index",
                "text",
            ),
            Opened::ToolCall { name, .. } => {
                let event =
                    self.place().with("name", name.as_str()).with("arguments", text.as_str());
                if let Some(item) = &mut self.item {
                    item.text = text;
                }
                self.send("response.function_call_arguments.done", event, out);
                return;
            }
            Opened::Redacted(_) => return,
        };
        let logprobs = (kind == Opened::Text).then(|| Json::List(Vec::new()));
        let event = self.place().with(key, index).with(word, text).with_some("logprobs", logprobs);
        self.send(done, event, out);
        let event = self.place().with(key, index).with("part", part);
        self.send(part_done, event, out);
    }

    fn close_item(&mut self, out: &mut Vec<u8>) {
        let Some(item) = self.item.take() else { return };
        let told = item.told("completed");
        let event = self.index().with("item", told.clone());
        self.output.push(told);
        self.send("response.output_item.done", event, out);
    }

    fn index(&self) -> Json {
        Json::empty().with("output_index", self.output.len() as u64)
    }

    fn place(&self) -> Json {
        let id = self.item.as_ref().map_or("", |item| item.id.as_str());
        Json::empty().with("item_id", id).with("output_index", self.output.len() as u64)
    }

    fn send(&mut self, name: &str, event: Json, out: &mut Vec<u8>) {
        let head = Json::empty().with("type", name).with("sequence_number", self.sequence);
        self.sequence += 1;
        let (Json::Object(mut all), Json::Object(rest)) = (head, event) else { return };
        all.extend(rest);
        sse::write(Some(name), &Json::Object(all), out);
    }
}

/// Whether a part goes into the item of the part before it.
fn shares_item(before: &Opened, part: &Opened) -> bool {
    match (before, part) {
        (Opened::Text | Opened::Refusal, Opened::Text | Opened::Refusal) => true,
        (Opened::Thought { id: Some(before), .. }, Opened::Thought { id: Some(id), .. }) => {
            before == id
        }
        _ => false,
    }
}

fn told_part(part: &Opened, text: &str) -> Json {
    let typed = |kind: &str| Json::empty().with("type", kind);
    match part {
        Opened::Refusal => typed("refusal").with("refusal", text),
        Opened::Thought { is_summary: true, .. } => typed("summary_text").with("text", text),
        Opened::Thought { .. } => typed("reasoning_text").with("text", text),
        _ => output_text(text),
    }
}

impl Item {
    fn told(&self, status: &str) -> Json {
        let id = self.id.as_str();
        match &self.kind {
            Opened::Text | Opened::Refusal => message_item(id, status, self.content.clone()),
            Opened::Redacted(token) => hidden_item(token, id),
            Opened::ToolCall { id: call_id, name } => Json::empty()
                .with("type", "function_call")
                .with("id", id)
                .with("status", status)
                .with("call_id", call_id.as_str())
                .with("name", name.as_str())
                .with("arguments", self.text.as_str()),
            Opened::Thought { .. } => self.told_thought(id),
        }
    }

    fn told_thought(&self, id: &str) -> Json {
        let of = |kind: &str| -> Vec<Json> {
            let is_kind = |part: &&Json| part.get("type").and_then(Json::as_str) == Some(kind);
            self.content.iter().filter(is_kind).cloned().collect()
        };
        let content = of("reasoning_text");
        let token = self.token.as_ref().map(|token| token.for_caller(Dialect::OpenAiResponses));
        Json::empty()
            .with("type", "reasoning")
            .with("id", id)
            .with("summary", of("summary_text"))
            .with_some("content", (!content.is_empty()).then_some(content))
            .with_some("encrypted_content", token)
    }
}
