//! A streamed chat answer, whoever gives it: events with their bytes and what they say.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use kaname_guard::Usage;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::error::{Error, UpstreamFault};

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
    /// Something that the record needs and the caller did not ask for.
    Hidden {
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
        /// What is said with it.
        said: Said,
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
    /// The model that answers, by the upstream's name for it; said once.
    pub(crate) model: Option<String>,
    /// What the call used.
    pub(crate) usage: Option<Usage>,
    /// Whether it tells what was used and nothing else.
    pub(crate) is_usage_alone: bool,
}

impl Said {
    /// Whether the record needs anything of it.
    pub(crate) fn says_something(&self) -> bool {
        self.is_content() || self.usage.is_some()
    }

    /// Whether the caller would see something of the answer in it.
    pub(crate) fn is_content(&self) -> bool {
        !self.text.is_empty() || !self.other.is_empty() || self.finish_reason.is_some()
    }
}

/// An answer as it comes. Ends after `Done` or the first error.
pub(crate) type Pieces = BoxStream<'static, Result<Piece, Error>>;

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, borrow)]
    choices: Vec<Choice<'a>>,
    usage: Option<WireUsage>,
    #[serde(borrow)]
    model: Option<&'a RawValue>,
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
    #[serde(default, deserialize_with = "lenient")]
    prompt_tokens_details: Option<WireDetails>,
}

/// What usage says of the tokens in.
#[derive(Deserialize)]
pub(crate) struct WireDetails {
    pub(crate) cached_tokens: Option<u64>,
}

/// What reads as a `T`, and nothing of whatever else stands there: an answer is not worse for it.
pub(crate) fn lenient<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        Self {
            prompt_tokens: wire.prompt_tokens,
            completion_tokens: wire.completion_tokens,
            cached_tokens: wire.prompt_tokens_details.and_then(|details| details.cached_tokens),
        }
    }
}

/// Reads an event of `OpenAI`'s Chat Completions: only what the record needs, since servers differ.
pub(crate) fn chat_piece(raw: Bytes, data: &str) -> Result<Piece, Error> {
    if data.trim() == "[DONE]" {
        return Ok(Piece::Done { raw, said: Said::default() });
    }
    let chunk: Chunk<'_> = serde_json::from_str(data).map_err(|_| UpstreamFault::Malformed)?;
    if chunk.error.is_some() {
        return Err(UpstreamFault::ErrorEvent.into());
    }
    let usage = chunk.usage.map(Usage::from);
    let is_usage_alone = usage.is_some() && chunk.choices.is_empty();
    let mut said = Said { usage, is_usage_alone, ..Said::default() };
    for choice in chunk.choices {
        if let Some(reason) = choice.finish_reason {
            // Every chunk names the model; it is read of the one that ends the answer.
            said.model = chunk.model.and_then(|name| serde_json::from_str(name.get()).ok());
            said.finish_reason.get_or_insert(reason);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_of_usage_that_cannot_be_read_are_passed_over() {
        let usage = |details: &str| {
            let counts = format!("\"prompt_tokens\":9,\"completion_tokens\":1{details}");
            let data = format!("{{\"choices\":[],\"usage\":{{{counts}}}}}");
            match chat_piece(Bytes::new(), &data).unwrap() {
                Piece::Chunk { said, .. } => said.usage.unwrap(),
                other => panic!("{other:?}"),
            }
        };
        let known = Usage::of(9, 1);
        let kept = Usage { cached_tokens: Some(4), ..known };
        assert_eq!(usage(",\"prompt_tokens_details\":{\"cached_tokens\":4}"), kept);
        for odd in ["", ":null", ":[]", ":\"?\"", ":{}", ":{\"cached_tokens\":0.5}"] {
            let details = if odd.is_empty() { "" } else { ",\"prompt_tokens_details\"" };
            assert_eq!(usage(&format!("{details}{odd}")), known, "{odd}");
        }
    }
}
