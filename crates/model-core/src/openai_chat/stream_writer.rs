//! Streams in OpenAI Chat Completions, written: chunks, then `[DONE]`.

use super::{failure::failure_body, response};
use crate::{
    json::Json,
    response::{Opened, Stamp, StreamEvent, Usage},
    sse,
};

/// What a chunk repeats, and where the stream stands.
#[derive(Debug)]
pub(crate) struct StreamWriter {
    stamp: Stamp,
    include_usage: bool,
    open: Option<Opened>,
    calls: u64,
    usage: Option<Usage>,
}

impl StreamWriter {
    pub(crate) const fn new(stamp: Stamp, include_usage: bool) -> Self {
        Self { stamp, include_usage, open: None, calls: 0, usage: None }
    }

    pub(crate) fn write(&mut self, event: &StreamEvent, out: &mut Vec<u8>) {
        match event {
            StreamEvent::Start { .. } => {
                let delta = Json::empty().with("role", "assistant").with("content", "");
                self.chunk(delta.with("refusal", Json::Null), None, out);
            }
            StreamEvent::Open(part) => self.open(part, out),
            StreamEvent::Delta(text) => self.delta(text, out),
            StreamEvent::Finish(finish) => {
                self.chunk(Json::empty(), Some(response::write_finish(finish)), out);
            }
            StreamEvent::Usage(usage) => self.usage = Some(*usage),
            StreamEvent::End => self.end(out),
            StreamEvent::Failed(failure) => sse::write(None, &failure_body(failure), out),
            StreamEvent::Ping => out.extend_from_slice(b": ping\n\n"),
            // Tokens of thoughts have no place here.
            StreamEvent::Signature(_) | StreamEvent::Close => {}
        }
    }

    fn open(&mut self, part: &Opened, out: &mut Vec<u8>) {
        if let Opened::ToolCall { id, name } = part {
            let function = Json::empty().with("name", name.as_str()).with("arguments", "");
            let call = Json::empty()
                .with("index", self.calls)
                .with("id", id.as_str())
                .with("type", "function")
                .with("function", function);
            self.chunk(Json::empty().with("tool_calls", vec![call]), None, out);
            self.calls += 1;
        }
        self.open = Some(part.clone());
    }

    fn delta(&self, text: &str, out: &mut Vec<u8>) {
        let delta = match &self.open {
            Some(Opened::Text) => Json::empty().with("content", text),
            Some(Opened::Refusal) => Json::empty().with("refusal", text),
            Some(Opened::Thought { .. }) => Json::empty().with("reasoning_content", text),
            Some(Opened::ToolCall { .. }) => {
                let function = Json::empty().with("arguments", text);
                let index = self.calls.saturating_sub(1);
                let call = Json::empty().with("index", index).with("function", function);
                Json::empty().with("tool_calls", vec![call])
            }
            Some(Opened::Redacted(_)) | None => return,
        };
        self.chunk(delta, None, out);
    }

    fn end(&self, out: &mut Vec<u8>) {
        if let Some(usage) = self.usage.as_ref().filter(|_| self.include_usage) {
            let chunk = self.frame(Json::List(Vec::new()));
            sse::write(None, &chunk.with("usage", response::write_usage(usage)), out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn chunk(&self, delta: Json, finish: Option<&str>, out: &mut Vec<u8>) {
        let choice = Json::empty()
            .with("index", 0)
            .with("delta", delta)
            .with("logprobs", Json::Null)
            .with_or_null("finish_reason", finish);
        let chunk = self.frame(vec![choice].into());
        let usage = self.include_usage.then_some(Json::Null);
        sse::write(None, &chunk.with_some("usage", usage), out);
    }

    fn frame(&self, choices: Json) -> Json {
        Json::empty()
            .with("id", self.stamp.id.as_str())
            .with("object", "chat.completion.chunk")
            .with("created", self.stamp.created_s)
            .with("model", self.stamp.model.as_str())
            .with("choices", choices)
    }
}
