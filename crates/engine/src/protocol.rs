//! What parent and child say to each other over the child's standard input and output.
//!
//! A frame is a length (unsigned, 32 bits, big-endian, of the body alone) and a body: one JSON object in UTF-8 whose
//! `type` names it. The parent's first frame is `open`, with the protocol version; the child answers `ready` or
//! `refused` and exits after the latter. Then `generate`, `cancel` and `shut_down` go down; `accepted`, `delta`,
//! `done`, `failed` and `stats` come up, each carrying the request's id. An id ends with `done` or `failed`, or by
//! `cancel`, after which frames that were under way for it are ignored. End of input means: stop at once.
//! Frames from the child are untrusted: an oversized or malformed one ends the child.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The version that both sides must speak; they are the same binary, so this catches a stale file on disk.
pub(crate) const VERSION: u32 = 1;
/// The largest frame that the parent sends: a whole prompt with its schema.
pub(crate) const MAX_FRAME_TO_CHILD_BYTES: usize = 8 << 20;
/// The largest frame that the child sends.
pub(crate) const MAX_FRAME_FROM_CHILD_BYTES: usize = 256 << 10;

/// A frame from the parent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ToChild {
    Open(Open),
    Generate(Box<Generate>),
    Cancel { id: u64 },
    ShutDown,
}

/// What the child is to load, and within which limits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Open {
    pub(crate) protocol: u32,
    pub(crate) model_path: PathBuf,
    pub(crate) context_tokens: u32,
    pub(crate) parallel_sequences: u32,
    pub(crate) batch_tokens: u32,
    pub(crate) threads: u32,
    /// How many requests may run or wait in the child at a time.
    pub(crate) request_limit: usize,
    pub(crate) memory_limit_bytes: u64,
}

/// One request for text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Generate {
    pub(crate) id: u64,
    pub(crate) input: WireInput,
    pub(crate) max_tokens: u32,
    pub(crate) temperature: f32,
    pub(crate) top_p: f32,
    pub(crate) seed: u32,
    pub(crate) stop: Vec<String>,
    pub(crate) json_schema: Option<Value>,
}

/// Messages for the model's own chat template, or text as it stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireInput {
    Messages(Vec<Message>),
    Prompt(String),
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said. It is never read as control tokens of the model.
    pub content: String,
}

/// Who speaks in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The institution's instructions.
    System,
    /// The person who asks.
    User,
    /// The model.
    Assistant,
}

/// A frame from the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum FromChild {
    Ready(Box<Ready>),
    Refused { fault: OpenFault },
    Accepted { id: u64, prompt_tokens: u32 },
    Delta { id: u64, text: String },
    Done(Done),
    Failed { id: u64, fault: Fault },
    Stats(Stats),
}

/// The child's hello: what it loaded and how well it is locked in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) protocol: u32,
    pub(crate) model: ModelFacts,
    pub(crate) sandbox: Sandbox,
}

/// How a generation ended well.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) id: u64,
    pub(crate) finish_reason: FinishReason,
    pub(crate) prompt_tokens: u32,
    pub(crate) completion_tokens: u32,
}

/// Why a generation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model ended its turn, a stop string appeared, or the JSON value is complete.
    Stop,
    /// The token limit of the request, or the model's context, was reached.
    Length,
}

/// Why the child will not start.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub(crate) enum OpenFault {
    Protocol { version: u32 },
    ModelUnreadable { detail: String },
    Context { detail: String },
}

/// Why one request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub(crate) enum Fault {
    Busy,
    PromptTooLong { prompt_tokens: u32, context_tokens: u32 },
    NoChatTemplate { detail: String },
    InvalidRequest { detail: String },
    Generation { detail: String },
}

/// What the loaded model says of itself. Untrusted text: show it, never act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// `general.name` of the file, or empty.
    pub name: String,
    /// `general.architecture` of the file, or empty.
    pub architecture: String,
    /// How many parameters the model has.
    pub parameters: u64,
    /// The size of its tensors.
    pub size_bytes: u64,
    /// The longest prompt with its answer, in tokens: what was asked for, or what the model was trained on if less.
    pub context_tokens: u32,
    /// Whether the file brings a chat template that can be used; without one only plain prompts are answered.
    pub has_chat_template: bool,
}

/// How well the child is locked in, as tried out by the child after it locked itself in. Each `true` was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent observations, shown side by side"
)]
pub struct Sandbox {
    /// The process and what it might run can gain no privileges.
    pub no_new_privileges: bool,
    /// Opening a socket fails.
    pub network_denied: bool,
    /// Opening a file other than the model fails.
    pub files_denied: bool,
    /// Resource limits (memory, file writes, open files, core dumps) are set.
    pub limits_set: bool,
    /// Descriptors beyond the three standard ones that came with the process; `None` where this cannot be told.
    pub inherited_descriptors: Option<u32>,
}

/// The child's counters, since it started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stats {
    pub(crate) active: u32,
    pub(crate) waiting: u32,
    pub(crate) decode_steps: u64,
    pub(crate) max_sequences_in_decode: u32,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// Reads one frame; `None` at a clean end of input.
pub(crate) fn read_frame<T: DeserializeOwned>(
    input: &mut impl Read,
    limit_bytes: usize,
) -> io::Result<Option<T>> {
    let mut head = [0_u8; 4];
    let first = input.read(&mut head[..1])?;
    if first == 0 {
        return Ok(None);
    }
    input.read_exact(&mut head[1..])?;
    let length = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if length > limit_bytes {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a frame of {length} bytes"),
        ));
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).map_err(io::Error::from)
}

/// Writes one frame; the caller flushes.
pub(crate) fn write_frame(output: &mut impl Write, frame: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(frame)?;
    let length =
        u32::try_from(body.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(&body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_went() {
        let mut wire = Vec::new();
        write_frame(&mut wire, &ToChild::Cancel { id: 7 }).unwrap();
        write_frame(&mut wire, &ToChild::ShutDown).unwrap();
        let mut reader = wire.as_slice();
        let first: Option<ToChild> = read_frame(&mut reader, 1024).unwrap();
        assert!(matches!(first, Some(ToChild::Cancel { id: 7 })));
        let second: Option<ToChild> = read_frame(&mut reader, 1024).unwrap();
        assert!(matches!(second, Some(ToChild::ShutDown)));
        assert!(read_frame::<ToChild>(&mut reader, 1024).unwrap().is_none());
    }

    #[test]
    fn an_oversized_or_cut_frame_is_refused() {
        let mut wire = Vec::new();
        write_frame(&mut wire, &FromChild::Delta { id: 1, text: "あ".repeat(100) }).unwrap();
        assert!(read_frame::<FromChild>(&mut wire.as_slice(), 100).is_err());
        wire.pop();
        assert!(read_frame::<FromChild>(&mut wire.as_slice(), 1024).is_err());
    }
}
