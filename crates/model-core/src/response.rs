//! An answer in no dialect, whole or as the events of a stream.

use crate::{
    failure::Failure,
    request::{Part, Signature},
};

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The vendor's id of the answer; empty where it gave none.
    pub id: String,
    /// The model that answered, as the vendor names it; empty where it did not say.
    pub model: String,
    /// Seconds since 1970, where the vendor said when.
    pub created_s: Option<u64>,
    /// [`Part::Text`], [`Part::Refusal`], [`Part::Thought`] and [`Part::ToolCall`] only.
    pub parts: Vec<Part>,
    /// Why the answer ends.
    pub finish: Finish,
    /// The tokens, where the vendor counted them.
    pub usage: Option<Usage>,
}

/// What we call an answer that we write: the caller's side knows only this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The id of the answer.
    pub id: String,
    /// The name of the model.
    pub model: String,
    /// Seconds since 1970.
    pub created_s: u64,
}

/// Why an answer ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It is complete.
    Stop,
    /// At one of the caller's texts, named where the vendor says which.
    StopSequence(Option<String>),
    /// The most tokens were reached, or the context was full.
    Length,
    /// The model asks for functions.
    ToolCalls,
    /// A filter of the vendor, or the model itself, declined.
    Filtered,
    /// A reason that has no place here, in the vendor's word.
    Other(String),
}

/// Tokens, as OpenAI counts: parts of a count are included in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// All that was read, from a cache or not.
    pub input_tokens: u64,
    /// All that was written, thoughts included.
    pub output_tokens: u64,
    /// Of the input, what came out of a cache.
    pub cached_tokens: u64,
    /// Of the input, what was put into a cache.
    pub cache_write_tokens: u64,
    /// Of the output, what was thought.
    pub reasoning_tokens: u64,
}

impl Usage {
    /// Input and output together.
    pub const fn total_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// What a stream says. One part is open at a time:
/// `Start (Open Delta* Close)* Finish Usage? End`, with `Ping` anywhere; or `Failed` instead of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// The answer begins.
    Start {
        /// The vendor's id of the answer; empty where it gave none.
        id: String,
        /// The model that answers; empty where the vendor does not say.
        model: String,
        /// Seconds since 1970, where the vendor said when.
        created_s: Option<u64>,
    },
    /// A part begins.
    Open(Opened),
    /// More text of the open part: words, or JSON text of a function's arguments.
    Delta(String),
    /// The open part's opaque token, or more of it.
    Signature(Signature),
    /// The open part ends.
    Close,
    /// Why the answer ends.
    Finish(Finish),
    /// The tokens. Where it comes twice, the later one counts.
    Usage(Usage),
    /// Nothing; the vendor is still there.
    Ping,
    /// The vendor breaks off and says why. Nothing follows.
    Failed(Failure),
    /// The vendor's own mark of the end was seen. Nothing follows.
    End,
}

/// A part that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Text.
    Text,
    /// The model declines, in words.
    Refusal,
    /// What the model thinks.
    Thought {
        /// The vendor's id of it.
        id: Option<String>,
        /// Whether it is told as a summary.
        is_summary: bool,
    },
    /// What the vendor hides of the thought, whole.
    Redacted(Signature),
    /// The model asks for a function; its arguments follow.
    ToolCall {
        /// Ties the result to the call.
        id: String,
        /// The function.
        name: String,
    },
}
