//! A streamed chat answer, whoever gives it: events with their bytes and what they say.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use kaname_guard::Usage;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::{
    embedded::{Generated, GeneratorEvent},
    error::{Error, UpstreamFault},
    sse::Event,
};

/// One event of an answer.
#[derive(Debug)]
pub(crate) enum Piece {
    /// A part of the answer.
    Chunk {
        /// The event's bytes, to be passed on as they are.
        raw: Bytes,
        /// What it says.
        said: Said,
    },
    /// A comment, to be passed on.
    Comment {
        /// The event's bytes.
        raw: Bytes,
    },
    /// The terminator.
    Done {
        /// The event's bytes.
        raw: Bytes,
    },
}

/// What a chunk says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// More text of the first choice.
    pub(crate) text: String,
    /// Calls of tools and further choices, as they were written: kept for the record.
    pub(crate) other: String,
    /// Why the answer ends.
    pub(crate) finish_reason: Option<String>,
    /// What the call used.
    pub(crate) usage: Option<Usage>,
}

/// An answer as it comes. Ends after `Done` or the first error.
pub(crate) type Pieces = BoxStream<'static, Result<Piece, Error>>;

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, borrow)]
    choices: Vec<Choice<'a>>,
    usage: Option<WireUsage>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(default)]
    index: u64,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    content: Option<String>,
    #[serde(borrow)]
    tool_calls: Option<&'a RawValue>,
}

/// Usage as OpenAI writes it.
#[derive(Deserialize)]
pub(crate) struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        Self { prompt_tokens: wire.prompt_tokens, completion_tokens: wire.completion_tokens }
    }
}

/// Reads an upstream's event.
pub(crate) fn piece_of(event: Event) -> Result<Piece, Error> {
    let Event { raw, data } = event;
    let Some(data) = data else { return Ok(Piece::Comment { raw }) };
    if data.trim() == "[DONE]" {
        return Ok(Piece::Done { raw });
    }
    let chunk: Chunk<'_> = serde_json::from_str(&data).map_err(|_| UpstreamFault::Malformed)?;
    if chunk.error.is_some() {
        return Err(UpstreamFault::ErrorEvent.into());
    }
    let mut said = Said { usage: chunk.usage.map(Usage::from), ..Said::default() };
    for choice in chunk.choices {
        said.finish_reason = said.finish_reason.or(choice.finish_reason);
        let Some(delta) = choice.delta else { continue };
        let text = delta.content.unwrap_or_default();
        if choice.index == 0 {
            said.text.push_str(&text);
        } else {
            said.other.push_str(&text);
        }
        said.other.push_str(delta.tool_calls.map_or("", RawValue::get));
    }
    Ok(Piece::Chunk { raw, said })
}

/// What stays the same in every chunk of one answer of the embedded generator.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// `chatcmpl-…`.
    pub(crate) id: String,
    /// Seconds since the epoch.
    pub(crate) created: i64,
    /// The public name of the model.
    pub(crate) model: String,
    /// Whether the caller asked for usage in the stream.
    pub(crate) include_usage: bool,
}

impl Frame {
    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Bytes {
        let choice =
            json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason});
        let mut chunk = self.base("chat.completion.chunk");
        chunk["choices"] = json!([choice]);
        if self.include_usage {
            chunk["usage"] = Value::Null;
        }
        event_of(&chunk)
    }

    fn usage(&self, usage: &Value) -> Bytes {
        let mut chunk = self.base("chat.completion.chunk");
        chunk["choices"] = json!([]);
        chunk["usage"] = usage.clone();
        event_of(&chunk)
    }

    /// The fields that every object of the answer has.
    pub(crate) fn base(&self, object: &str) -> Value {
        json!({"id": self.id, "object": object, "created": self.created, "model": self.model})
    }
}

/// `value` as one event.
pub(crate) fn event_of(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

/// Usage in OpenAI's shape.
pub(crate) fn usage_of(prompt_tokens: u64, completion_tokens: u64) -> Value {
    json!({
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens.saturating_add(completion_tokens),
    })
}

/// The embedded generator's answer in the same form as an upstream's.
pub(crate) fn pieces_of(generated: Generated, frame: Frame) -> Pieces {
    let opening = Piece::Chunk {
        raw: frame.chunk(&json!({"role": "assistant", "content": ""}), None),
        said: Said::default(),
    };
    let rest = generated.flat_map(move |event| {
        stream::iter(match event {
            Ok(event) => pieces_of_event(event, &frame).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(Error::Embedded(error))],
        })
    });
    stream::iter([Ok(opening)]).chain(rest).boxed()
}

fn pieces_of_event(event: GeneratorEvent, frame: &Frame) -> Vec<Piece> {
    match event {
        GeneratorEvent::Delta(text) => vec![Piece::Chunk {
            raw: frame.chunk(&json!({"content": text}), None),
            said: Said { text, ..Said::default() },
        }],
        GeneratorEvent::Done { finish_reason, prompt_tokens, completion_tokens } => {
            let usage = Usage {
                prompt_tokens: Some(prompt_tokens),
                completion_tokens: Some(completion_tokens),
            };
            let said = Said {
                finish_reason: Some(finish_reason.to_owned()),
                usage: Some(usage),
                ..Said::default()
            };
            let mut pieces =
                vec![Piece::Chunk { raw: frame.chunk(&json!({}), Some(finish_reason)), said }];
            if frame.include_usage {
                let raw = frame.usage(&usage_of(prompt_tokens, completion_tokens));
                pieces.push(Piece::Chunk { raw, said: Said::default() });
            }
            pieces.push(Piece::Done { raw: Bytes::from_static(b"data: [DONE]\n\n") });
            pieces
        }
    }
}
