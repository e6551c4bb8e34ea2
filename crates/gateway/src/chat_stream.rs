//! The verb by which other slices have text written: messages in, a stream of text out.

use std::fmt;

use futures_util::{Stream, StreamExt as _, stream};
use kaname_guard::{Action, Caller, Purpose, Usage};
use kaname_kernel::{ActId, EndpointId, Label};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    call::Call,
    chat::ChatOrder,
    failure::Failure,
    gateway::Gateway,
    model::{Capability, Language},
    observe::Context,
    order::Order,
    recorded::{Recorded, Released},
    routes::Asked,
};

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatMessage {
    /// `system`, `user` or `assistant`.
    pub role: &'static str,
    /// The text.
    pub content: String,
}

/// What is to be written, and under which conditions.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// Why.
    pub purpose: Purpose,
    /// The label of the caller's own text; see [`kaname_guard::Guard::default_label`].
    pub label: Label,
    /// The labels of the documents and earlier turns that are sent along.
    pub reads: Vec<Label>,
    /// The language that the endpoint must be trusted with.
    pub language: Option<Language>,
    /// The act that leads to this: the call's acts follow from it, and are forgotten with it.
    pub parent: Option<ActId>,
    /// The messages.
    pub messages: Vec<ChatMessage>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// Randomness, 0 to 2.
    pub temperature: Option<f32>,
}

impl ChatRequest {
    /// The join of everything in it.
    pub(crate) fn joined_label(&self) -> Label {
        self.reads.iter().fold(self.label.clone(), |all, one| all.join(one))
    }

    /// What it asks of an endpoint, where `label` is its [joined one](Self::joined_label).
    pub(crate) fn asked<'a>(&self, label: &'a Label) -> Asked<'a> {
        Asked { label, purpose: self.purpose, needs: &[Capability::Chat] }
    }
}

/// A piece of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatEvent {
    /// More text.
    Delta(String),
    /// The end; the outcome is on disk.
    Finished {
        /// `stop`, `length` or what else the model said.
        finish_reason: Option<String>,
        /// What the call used.
        usage: Usage,
        /// The act of the outcome.
        outcome: ActId,
    },
}

/// An answer as it is written. Dropping it stops the model and records the call as abandoned.
pub struct ChatStream {
    recorded: Recorded,
}

impl fmt::Debug for ChatStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatStream").field("act", &self.act()).finish_non_exhaustive()
    }
}

impl ChatStream {
    /// The act of the request: what the caller keeps.
    pub fn act(&self) -> ActId {
        self.recorded.act()
    }

    /// The label of the answer: the join of everything that went in.
    pub fn label(&self) -> &Label {
        self.recorded.label()
    }

    /// The endpoint that answers.
    pub fn endpoint(&self) -> (EndpointId, &str) {
        self.recorded.endpoint()
    }

    /// The next piece; `None` after the end or the first error.
    pub async fn next(&mut self) -> Option<Result<ChatEvent, Failure>> {
        let act = Some(self.recorded.act());
        loop {
            return Some(match self.recorded.next().await? {
                Ok(Released::Chunk { text, .. }) if text.is_empty() => continue,
                Ok(Released::Chunk { text, .. }) => Ok(ChatEvent::Delta(text)),
                Ok(Released::Done { outcome, .. }) => Ok(ChatEvent::Finished {
                    finish_reason: self.recorded.finish_reason().map(str::to_owned),
                    usage: self.recorded.usage(),
                    outcome,
                }),
                Err(error) => Err(Failure { error, act }),
            });
        }
    }

    /// The same as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<ChatEvent, Failure>> + Send + 'static {
        stream::unfold(self, |mut chat| async move { Some((chat.next().await?, chat)) }).boxed()
    }
}

impl Gateway {
    /// Has an answer written by an endpoint that is cleared for everything in `request`.
    ///
    /// # Errors
    ///
    /// [`crate::Error::NoEndpoint`] when none can do it; the guard's refusal, recorded, when none is
    /// cleared; what the upstream did wrong before the first byte.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future or the stream stops the model and records the call as abandoned.
    pub async fn chat_stream(
        &self,
        caller: &Caller,
        request: ChatRequest,
    ) -> Result<ChatStream, Failure> {
        let messages = serde_json::to_value(&request.messages).unwrap_or_default();
        let call = Call::own(&body_of(&request, &messages))?;
        let label = request.joined_label();
        let candidates = self.any(caller, &request.asked(&label), request.language).await?;
        let what = (Action::Chat, ("messages", messages.to_string().into_bytes()));
        let order = Order {
            reads: request.reads,
            parent: request.parent,
            ..Order::new(caller.clone(), request.purpose, request.label, what)
        };
        let shown = self.observer.shown(&call, &label);
        let context = Context { streams: true, shown, ..Context::default() };
        let order = Order { bound: call.bound(), route: candidates.route, context, ..order };
        let recorded = self.open_chat(&ChatOrder { order, candidates, call }).await?;
        Ok(ChatStream { recorded })
    }
}

fn body_of(request: &ChatRequest, messages: &Value) -> Value {
    let mut body = json!({
        "model": "",
        "messages": messages,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    if let Some(most) = request.max_tokens {
        body["max_tokens"] = json!(most);
    }
    if let Some(temperature) = request.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}
