//! Chat calls: one path for the outside (`/v1/chat/completions`) and for the other slices.

use bytes::Bytes;
use kaname_guard::{Action, Attempt, Usage};
use kaname_platform::outbound::Permit;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::{
    embedded::{EmbeddedError, EmbeddedFault},
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    generator_request,
    model::{Endpoint, EndpointKind},
    order::{Order, Settled, failed, settled},
    pieces::{Frame, Pieces, WireUsage, pieces_of, usage_of},
    recorded::{Recorded, Released},
    upstream,
};

/// A chat call, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct ChatOrder {
    pub(crate) order: Order,
    /// The body for the endpoint, with the model's name there.
    pub(crate) body: String,
    /// The messages as the caller wrote them: what the request's act commits to.
    pub(crate) messages: String,
}

impl Gateway {
    /// Opens a streamed answer.
    pub(crate) async fn open_chat(&self, chat: ChatOrder) -> Result<Recorded, Failure> {
        let content = ("messages", chat.messages.clone().into_bytes());
        let (permit, attempt) = self.admit(&chat.order, Action::Chat, content).await?;
        let opened = match chat.order.endpoint.kind {
            EndpointKind::OpenaiCompatible => self.open_upstream(&chat, permit).await,
            _ => self.open_embedded(&chat, permit, &attempt).await,
        };
        match opened {
            Ok(pieces) => Ok(Recorded::new(attempt, pieces, self.config.answer_bytes_max)),
            Err(error) => Err(failed(attempt, error).await),
        }
    }

    /// Gives the whole answer at once; its outcome is on disk.
    pub(crate) async fn complete_chat(&self, chat: ChatOrder) -> Result<Settled<Bytes>, Failure> {
        if chat.order.endpoint.kind != EndpointKind::OpenaiCompatible {
            return self.complete_embedded(chat).await;
        }
        let content = ("messages", chat.messages.clone().into_bytes());
        let (permit, mut attempt) = self.admit(&chat.order, Action::Chat, content).await?;
        let called = self.complete_upstream(&chat, permit).await.map(|answer| {
            attempt.received(answer.text.as_bytes());
            (answer.body, answer.usage)
        });
        settled(attempt, called).await
    }

    async fn open_upstream(&self, chat: &ChatOrder, permit: Permit) -> Result<Pieces, Error> {
        let address = chat.order.address("/chat/completions");
        let body = Bytes::from(chat.body.clone());
        upstream::call_stream(&self.outbound, self.config, permit, &address, body).await
    }

    async fn complete_upstream(&self, chat: &ChatOrder, permit: Permit) -> Result<Answer, Error> {
        let address = chat.order.address("/chat/completions");
        let body = Some(Bytes::from(chat.body.clone()));
        let body = upstream::call_json(&self.outbound, self.config, permit, &address, body).await?;
        Answer::read(&body)
    }

    async fn open_embedded(
        &self,
        chat: &ChatOrder,
        permit: Permit,
        attempt: &Attempt,
    ) -> Result<Pieces, Error> {
        let generator = self.generator.as_ref().ok_or_else(|| not_here(&chat.order.endpoint))?;
        let body: Value = serde_json::from_str(&chat.body).map_err(|_| UpstreamFault::Malformed)?;
        let request = generator_request::read(&body)?;
        let generated = generator.generate(permit, request).await?;
        let frame = Frame {
            id: format!("chatcmpl-{}", attempt.request_act().as_uuid().simple()),
            created: self.platform.now().as_millis() / 1_000,
            model: chat.order.endpoint.public_name.clone(),
            include_usage: body.pointer("/stream_options/include_usage")
                == Some(&Value::Bool(true)),
        };
        Ok(pieces_of(generated, frame))
    }

    async fn complete_embedded(&self, chat: ChatOrder) -> Result<Settled<Bytes>, Failure> {
        let model = chat.order.endpoint.public_name.clone();
        let mut recorded = self.open_chat(chat).await?;
        let (act, label) = (recorded.act(), recorded.label().clone());
        let mut text = String::new();
        while let Some(piece) = recorded.next().await {
            match piece {
                Ok(Released::Chunk { text: more, .. }) => text.push_str(&more),
                Ok(Released::Done { .. }) => {}
                Err(error) => return Err(Failure { error, act: Some(act) }),
            }
        }
        let used = recorded.usage();
        let frame = Frame {
            id: format!("chatcmpl-{}", act.as_uuid().simple()),
            created: self.platform.now().as_millis() / 1_000,
            model,
            include_usage: true,
        };
        let mut body = frame.base("chat.completion");
        body["choices"] = json!([{
            "index": 0,
            "message": {"role": "assistant", "content": text, "refusal": null},
            "logprobs": null,
            "finish_reason": recorded.finish_reason().unwrap_or("stop"),
        }]);
        body["usage"] =
            usage_of(used.prompt_tokens.unwrap_or(0), used.completion_tokens.unwrap_or(0));
        Ok(Settled { answer: Bytes::from(body.to_string()), act, label })
    }
}

/// That the embedded model of `endpoint` is not part of this process.
pub(crate) fn not_here(endpoint: &Endpoint) -> Error {
    Error::Embedded(EmbeddedError {
        fault: EmbeddedFault::Failed,
        detail: format!(
            "the model {} is not loaded; fetch it with `kaname model fetch`",
            endpoint.model
        ),
    })
}

/// A whole answer of an upstream: its bytes, and what the record needs of it.
struct Answer {
    body: Bytes,
    text: String,
    usage: Usage,
}

#[derive(Deserialize)]
struct WireAnswer<'a> {
    #[serde(borrow)]
    choices: Vec<WireChoice<'a>>,
    usage: Option<WireUsage>,
}

#[derive(Deserialize)]
struct WireChoice<'a> {
    #[serde(borrow)]
    message: WireMessage<'a>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    content: Option<String>,
    #[serde(borrow)]
    tool_calls: Option<&'a RawValue>,
}

impl Answer {
    fn read(body: &Bytes) -> Result<Self, Error> {
        let wire: WireAnswer<'_> =
            serde_json::from_slice(body).map_err(|_| UpstreamFault::Malformed)?;
        let mut text = String::new();
        for choice in &wire.choices {
            text.push_str(choice.message.content.as_deref().unwrap_or_default());
            text.push_str(choice.message.tool_calls.map_or("", RawValue::get));
        }
        let usage = wire.usage.map(Usage::from).unwrap_or_default();
        Ok(Self { text, usage, body: body.clone() })
    }
}
