//! One request for text, and the stream that answers it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::Stream;
use serde_json::Value;
use tokio::{
    sync::mpsc,
    time::{Sleep, sleep},
};

use crate::{
    error::EngineError,
    protocol::{FinishReason, Message, WireInput},
    supervisor::Command,
};

const MAX_STOP_STRINGS: usize = 8;
const MAX_STOP_BYTES: usize = 256;

/// What the model is to continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A conversation, put into the model's own chat template.
    Messages(Vec<Message>),
    /// Plain text, continued as it stands.
    Prompt(String),
}

/// One request for text.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateRequest {
    /// What the model is to continue.
    pub input: Input,
    /// The most tokens to generate; at least 1.
    pub max_tokens: u32,
    /// 0 for the likeliest token each time, up to 2.
    pub temperature: f32,
    /// The share of probability to sample from, above 0 and up to 1.
    pub top_p: f32,
    /// The seed of the sampling; the same seed and load give the same text.
    pub seed: u32,
    /// Strings that end the text; they are not part of it. At most 8 of 256 bytes.
    pub stop: Vec<String>,
    /// A JSON schema that the text is forced to fit. If the token limit comes first, the value is incomplete
    /// and the finish reason says so.
    pub json_schema: Option<Value>,
    /// How long the request may take, waiting included; `None` for the engine's own limit.
    pub deadline: Option<Duration>,
}

impl GenerateRequest {
    /// A conversation, answered with the likeliest tokens, at most 512 of them.
    pub fn chat(messages: Vec<Message>) -> Self {
        Self::of(Input::Messages(messages))
    }

    /// Plain text, continued with the likeliest tokens, at most 512 of them.
    pub fn prompt(text: impl Into<String>) -> Self {
        Self::of(Input::Prompt(text.into()))
    }

    fn of(input: Input) -> Self {
        Self {
            input,
            max_tokens: 512,
            temperature: 0.0,
            top_p: 1.0,
            seed: 0,
            stop: Vec::new(),
            json_schema: None,
            deadline: None,
        }
    }

    /// The size of the text that goes to the child, before JSON escapes.
    pub(crate) fn text_bytes(&self) -> usize {
        match &self.input {
            Input::Messages(messages) => messages.iter().map(|message| message.content.len()).sum(),
            Input::Prompt(text) => text.len(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), EngineError> {
        let fault = if self.max_tokens == 0 {
            "max_tokens must be at least 1"
        } else if !(0.0..=2.0).contains(&self.temperature) {
            "temperature must lie between 0 and 2"
        } else if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            "top_p must lie above 0 and up to 1"
        } else if self.stop.len() > MAX_STOP_STRINGS {
            "at most 8 stop strings are allowed"
        } else if self.stop.iter().any(|stop| stop.is_empty() || stop.len() > MAX_STOP_BYTES) {
            "a stop string must have 1 to 256 bytes"
        } else if matches!(&self.input, Input::Messages(messages) if messages.is_empty()) {
            "there are no messages"
        } else {
            return Ok(());
        };
        Err(EngineError::InvalidRequest { detail: fault.to_owned() })
    }
}

impl From<Input> for WireInput {
    fn from(input: Input) -> Self {
        match input {
            Input::Messages(messages) => Self::Messages(messages),
            Input::Prompt(text) => Self::Prompt(text),
        }
    }
}

/// A piece of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// More text: whole characters, never empty.
    Delta(String),
    /// The end.
    Done {
        /// Why the text ended.
        finish_reason: FinishReason,
        /// Tokens of the prompt, with the template's own.
        prompt_tokens: u32,
        /// Tokens generated.
        completion_tokens: u32,
    },
}

/// What the supervisor tells a stream.
#[derive(Debug)]
pub(crate) enum Signal {
    Accepted { prompt_tokens: u32 },
    Event(Event),
    Failed(EngineError),
}

/// The answer to one request, as a stream of [`Event`]s that ends after `Done` or the first error.
///
/// Dropping it cancels the generation: the child stops computing it with the next step.
#[derive(Debug)]
pub struct Generation {
    signals: mpsc::Receiver<Signal>,
    deadline: Pin<Box<Sleep>>,
    /// Present while there is something to cancel.
    cancel: Option<CancelOnDrop>,
    prompt_tokens: u32,
}

impl Generation {
    pub(crate) fn new(
        signals: mpsc::Receiver<Signal>,
        limit: Duration,
        cancel: CancelOnDrop,
    ) -> Self {
        Self { signals, deadline: Box::pin(sleep(limit)), cancel: Some(cancel), prompt_tokens: 0 }
    }

    /// Tokens of the prompt, with the template's own.
    pub fn prompt_tokens(&self) -> u32 {
        self.prompt_tokens
    }

    /// Waits until the child has read, checked and queued the request.
    pub(crate) async fn accepted(mut self) -> Result<Self, EngineError> {
        let signal = tokio::select! {
            signal = self.signals.recv() => signal,
            () = &mut self.deadline => return Err(EngineError::DeadlineExceeded),
        };
        match signal {
            Some(Signal::Accepted { prompt_tokens }) => {
                self.prompt_tokens = prompt_tokens;
                Ok(self)
            }
            Some(Signal::Failed(error)) => {
                self.finish();
                Err(error)
            }
            Some(Signal::Event(_)) | None => Err(EngineError::Crashed),
        }
    }

    fn finish(&mut self) {
        if let Some(mut cancel) = self.cancel.take() {
            cancel.disarm();
        }
    }
}

impl Stream for Generation {
    type Item = Result<Event, EngineError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.cancel.is_none() {
            return Poll::Ready(None);
        }
        match self.signals.poll_recv(cx) {
            Poll::Ready(Some(Signal::Event(event))) => {
                if matches!(event, Event::Done { .. }) {
                    self.finish();
                }
                Poll::Ready(Some(Ok(event)))
            }
            Poll::Ready(Some(Signal::Failed(error))) => {
                self.finish();
                Poll::Ready(Some(Err(error)))
            }
            Poll::Ready(Some(Signal::Accepted { .. }) | None) => {
                self.finish();
                Poll::Ready(Some(Err(EngineError::Crashed)))
            }
            Poll::Pending => {
                std::task::ready!(self.deadline.as_mut().poll(cx));
                self.cancel = None;
                Poll::Ready(Some(Err(EngineError::DeadlineExceeded)))
            }
        }
    }
}

/// Tells the supervisor to cancel a request when its stream goes away before its end.
#[derive(Debug)]
pub(crate) struct CancelOnDrop {
    id: u64,
    commands: Option<mpsc::Sender<Command>>,
}

impl CancelOnDrop {
    pub(crate) fn new(id: u64, commands: mpsc::Sender<Command>) -> Self {
        Self { id, commands: Some(commands) }
    }

    fn disarm(&mut self) {
        self.commands = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(commands) = self.commands.take() {
            // There is room for one cancellation per permit; a closed channel means that nothing runs any more.
            let _ = commands.try_send(Command::Cancel { id: self.id });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_out_of_bounds_is_refused_before_it_is_queued() {
        let good = GenerateRequest::prompt("Once upon a time");
        assert!(good.check().is_ok());
        let bad = [
            GenerateRequest { max_tokens: 0, ..good.clone() },
            GenerateRequest { temperature: -0.1, ..good.clone() },
            GenerateRequest { temperature: f32::NAN, ..good.clone() },
            GenerateRequest { top_p: 0.0, ..good.clone() },
            GenerateRequest { stop: vec![String::new()], ..good.clone() },
            GenerateRequest::chat(Vec::new()),
            GenerateRequest { stop: vec!["x".to_owned(); 9], ..good },
        ];
        for request in bad {
            let refused = request.check();
            assert!(matches!(refused, Err(EngineError::InvalidRequest { .. })), "{request:?}");
        }
    }
}
