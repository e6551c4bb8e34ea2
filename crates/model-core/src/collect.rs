//! The events of a stream gathered into the whole answer.

use crate::{
    request::{Part, Signature, Thought, ToolCall},
    response::{Finish, Opened, Response, StreamEvent, Usage},
};

/// Gathers events. Text grows with the answer: whoever feeds it bounds the answer.
#[derive(Debug, Default)]
pub struct Collector {
    id: String,
    model: String,
    created_s: Option<u64>,
    parts: Vec<Part>,
    open: Option<(Opened, String, Option<Signature>)>,
    finish: Option<Finish>,
    usage: Option<Usage>,
}

impl Collector {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event.
    pub fn add(&mut self, event: &StreamEvent) {
        match event {
            StreamEvent::Start { id, model, created_s } => {
                self.id.clone_from(id);
                self.model.clone_from(model);
                self.created_s = *created_s;
            }
            StreamEvent::Open(part) => {
                self.close();
                self.open = Some((part.clone(), String::new(), None));
            }
            StreamEvent::Delta(more) => {
                if let Some((_, text, _)) = &mut self.open {
                    text.push_str(more);
                }
            }
            StreamEvent::Signature(token) => match &mut self.open {
                Some((_, _, Some(before))) => before.value.push_str(&token.value),
                Some((_, _, place)) => *place = Some(token.clone()),
                None => {}
            },
            StreamEvent::Close => self.close(),
            StreamEvent::Finish(finish) => self.finish = Some(finish.clone()),
            StreamEvent::Usage(usage) => self.usage = Some(*usage),
            StreamEvent::Ping | StreamEvent::Failed(_) | StreamEvent::End => {}
        }
    }

    /// The tokens counted so far.
    pub const fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    /// What was gathered. Without a reason for its end the answer is not whole: then it has
    /// [`Finish::Other`] with the word `cut`.
    pub fn into_response(mut self) -> Response {
        self.close();
        Response {
            id: self.id,
            model: self.model,
            created_s: self.created_s,
            parts: self.parts,
            finish: self.finish.unwrap_or_else(|| Finish::Other("cut".to_owned())),
            usage: self.usage,
        }
    }

    fn close(&mut self) {
        let Some((part, text, signature)) = self.open.take() else { return };
        self.parts.push(match part {
            Opened::Text => Part::Text(text),
            Opened::Refusal => Part::Refusal(text),
            Opened::Thought { id, is_summary } => {
                Part::Thought(Thought { id, text, is_summary, signature })
            }
            Opened::Redacted(token) => Part::Redacted(token),
            Opened::ToolCall { id, name } => Part::ToolCall(ToolCall { id, name, arguments: text }),
        });
    }
}
