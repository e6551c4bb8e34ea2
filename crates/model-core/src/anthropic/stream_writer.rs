//! Streams in Anthropic Messages, written: `message_start` to `message_stop`.

use super::{
    call_id::escaped,
    failure::failure_body,
    response::{direct, write_finish, write_message, write_text, write_usage},
};
use crate::{
    json::Json,
    request::{Dialect, Signature},
    response::{Finish, Opened, Stamp, StreamEvent, Usage},
    sse,
};

/// Where the stream stands.
#[derive(Debug)]
pub(crate) struct StreamWriter {
    stamp: Stamp,
    blocks: u64,
    open: Option<Opened>,
    /// The open thought's token, told whole at its end.
    token: Option<Signature>,
    finish: Finish,
    usage: Usage,
}

impl StreamWriter {
    pub(crate) const fn new(stamp: Stamp) -> Self {
        let usage = Usage {
            input_tokens: 0,
            output_tokens: 0,
            cached_tokens: 0,
            cache_write_tokens: 0,
            reasoning_tokens: 0,
        };
        Self { stamp, blocks: 0, open: None, token: None, finish: Finish::Stop, usage }
    }

    pub(crate) fn write(&mut self, event: &StreamEvent, out: &mut Vec<u8>) {
        match event {
            StreamEvent::Start { .. } => {
                let message = write_message(&self.stamp, Vec::new(), None, &self.usage);
                send("message_start", Json::empty().with("message", message), out);
            }
            StreamEvent::Open(part) => self.open(part, out),
            StreamEvent::Delta(text) => self.delta(text, out),
            StreamEvent::Signature(token) => match &mut self.token {
                Some(before) => before.value.push_str(&token.value),
                None => self.token = Some(token.clone()),
            },
            StreamEvent::Close => self.close(out),
            StreamEvent::Finish(finish) => self.finish = finish.clone(),
            StreamEvent::Usage(usage) => self.usage = *usage,
            StreamEvent::Ping => send("ping", Json::empty(), out),
            StreamEvent::Failed(failure) => sse::write(Some("error"), &failure_body(failure), out),
            StreamEvent::End => self.end(out),
        }
    }

    fn open(&mut self, part: &Opened, out: &mut Vec<u8>) {
        let typed = |kind: &str| Json::empty().with("type", kind);
        let block = match part {
            Opened::Text | Opened::Refusal => write_text(""),
            Opened::Thought { .. } => typed("thinking").with("thinking", "").with("signature", ""),
            Opened::Redacted(token) => {
                typed("redacted_thinking").with("data", token.for_caller(Dialect::Anthropic))
            }
            Opened::ToolCall { id, name } => typed("tool_use")
                .with("id", escaped(id))
                .with("name", name.as_str())
                .with("input", Json::empty())
                .with("caller", direct()),
        };
        self.open = Some(part.clone());
        send("content_block_start", self.index().with("content_block", block), out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        let thinks = matches!(self.open.take(), Some(Opened::Thought { .. }));
        if let Some(token) = self.token.take().filter(|_| thinks) {
            let delta = Json::empty().with("type", "signature_delta");
            self.piece(delta.with("signature", token.for_caller(Dialect::Anthropic)), out);
        }
        send("content_block_stop", self.index(), out);
        self.blocks += 1;
    }

    fn delta(&self, text: &str, out: &mut Vec<u8>) {
        let typed = |kind: &str| Json::empty().with("type", kind);
        let delta = match &self.open {
            Some(Opened::Text | Opened::Refusal) => typed("text_delta").with("text", text),
            Some(Opened::Thought { .. }) => typed("thinking_delta").with("thinking", text),
            Some(Opened::ToolCall { .. }) => typed("input_json_delta").with("partial_json", text),
            Some(Opened::Redacted(_)) | None => return,
        };
        self.piece(delta, out);
    }

    fn end(&self, out: &mut Vec<u8>) {
        let (reason, sequence) = write_finish(&self.finish);
        let delta = Json::empty()
            .with("stop_reason", reason)
            .with_or_null("stop_sequence", sequence)
            .with("stop_details", Json::Null)
            .with("container", Json::Null);
        let event = Json::empty().with("delta", delta).with("usage", write_usage(&self.usage));
        send("message_delta", event, out);
        send("message_stop", Json::empty(), out);
    }

    fn piece(&self, delta: Json, out: &mut Vec<u8>) {
        send("content_block_delta", self.index().with("delta", delta), out);
    }

    fn index(&self) -> Json {
        Json::empty().with("index", self.blocks)
    }
}

fn send(name: &str, event: Json, out: &mut Vec<u8>) {
    let Json::Object(rest) = event else { return };
    let mut all = vec![("type".to_owned(), Json::from(name))];
    all.extend(rest);
    sse::write(Some(name), &Json::Object(all), out);
}
