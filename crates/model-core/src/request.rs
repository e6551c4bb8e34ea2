//! A request in no dialect: what all dialects can say, and some only.

use crate::json::{Json, Number};

/// Who speaks the dialects, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI Chat Completions, as also vLLM, llama.cpp, Ollama and many others speak it.
    OpenAiChat,
    /// OpenAI Responses.
    OpenAiResponses,
    /// Anthropic Messages.
    Anthropic,
    /// Google Gemini `generateContent`.
    Gemini,
    /// AWS Bedrock Converse.
    Bedrock,
}

impl Dialect {
    /// A stable name, such as `openai-chat`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAiChat => "openai-chat",
            Self::OpenAiResponses => "openai-responses",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Bedrock => "bedrock",
        }
    }

    /// The dialect of a [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// Every dialect.
    pub const ALL: [Self; 5] =
        [Self::OpenAiChat, Self::OpenAiResponses, Self::Anthropic, Self::Gemini, Self::Bedrock];
}

/// A request for one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// As the caller names it. Gemini and Bedrock carry it in the address, not in the body.
    pub model: String,
    /// The conversation so far, in order.
    pub messages: Vec<Message>,
    /// Functions that the model may ask for.
    pub tools: Vec<Tool>,
    /// Which of them, and whether.
    pub tool_choice: Option<ToolChoice>,
    /// Whether several may be asked for at once; none where the vendor's habit rules.
    pub parallel_tool_calls: Option<bool>,
    /// The form of the answer.
    pub format: Format,
    /// How words are drawn.
    pub sampling: Sampling,
    /// The most tokens of the answer, reasoning included.
    pub max_output_tokens: Option<u64>,
    /// Texts at which the answer ends.
    pub stop: Vec<String>,
    /// How much the model may think.
    pub reasoning: Option<Reasoning>,
    /// Whether the answer comes piece by piece.
    pub stream: bool,
    /// Whether the stream of OpenAI Chat ends with the usage; other dialects always tell it.
    pub include_usage: bool,
    /// Names and values for the caller's own use.
    pub metadata: Vec<(String, String)>,
    /// Who asks, as an opaque name.
    pub user: Option<String>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Whoever runs the application.
    System,
    /// OpenAI's newer name for the same; elsewhere written as `System`, with a note.
    Developer,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
    /// Tools: only [`Part::ToolResult`].
    Tool,
}

/// What one side says in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What, in order.
    pub parts: Vec<Part>,
}

impl Message {
    /// What a user's side says, split where results of tools begin or end.
    pub(crate) fn split_results(parts: Vec<Part>) -> Vec<Self> {
        let mut messages: Vec<Self> = Vec::new();
        for part in parts {
            let role = if matches!(part, Part::ToolResult(_)) { Role::Tool } else { Role::User };
            match messages.last_mut() {
                Some(last) if last.role == role => last.parts.push(part),
                _ => messages.push(Self { role, parts: vec![part] }),
            }
        }
        messages
    }
}

/// A piece of a message or of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text, never altered.
    Text(String),
    /// A picture.
    Image {
        /// Where it is.
        source: Source,
        /// How closely to look (`low`, `high`, `auto`).
        detail: Option<String>,
    },
    /// A document.
    File {
        /// Where it is.
        source: Source,
        /// Its name.
        name: Option<String>,
    },
    /// The model asks for a function.
    ToolCall(ToolCall),
    /// What a function gave.
    ToolResult(ToolResult),
    /// What the model thought.
    Thought(Thought),
    /// What the model thought and the vendor hides, as a token to give back.
    Redacted(Signature),
    /// The model declines, in words.
    Refusal(String),
}

/// Where a picture or a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In the request itself.
    Data {
        /// Such as `image/png`.
        media_type: String,
        /// The bytes, as the caller encoded them.
        base64: String,
    },
    /// On the web. Whoever answers will fetch it: a control may want to forbid that.
    Url(String),
    /// In the request itself, as plain text.
    Text(String),
}

/// The model asks for a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Ties the result to the call. Opaque: Gemini's token for the call travels in it, so that it
    /// comes back through any caller; dialects other than Gemini are written the bare id.
    pub id: String,
    /// The function.
    pub name: String,
    /// JSON text as the model wrote it; it may be malformed where the dialect carries it as text.
    pub arguments: String,
}

/// What a function gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolResult {
    /// The call that it answers.
    pub id: String,
    /// [`Part::Text`], [`Part::Image`] and [`Part::File`] only.
    pub parts: Vec<Part>,
    /// Whether the function failed. OpenAI's dialects cannot say so.
    pub is_error: bool,
}

/// What the model thought, or a token that stands for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thought {
    /// The vendor's id of it (OpenAI Responses).
    pub id: Option<String>,
    /// The words; empty where the vendor keeps them.
    pub text: String,
    /// Whether the words are a summary of the thought.
    pub is_summary: bool,
    /// What must be given back untouched.
    pub signature: Option<Signature>,
}

/// An opaque token of a vendor, which only that vendor understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose it is.
    pub dialect: Dialect,
    /// The token.
    pub value: String,
}

impl Signature {
    /// Begins a token that was carried to a caller in another dialect than its own.
    const FOREIGN: &str = "kaname/";

    /// The token as it is written for a caller of `dialect`: a foreign one names where it is from.
    pub(crate) fn for_caller(&self, dialect: Dialect) -> String {
        if self.dialect == dialect {
            return self.value.clone();
        }
        [Self::FOREIGN, self.dialect.name(), "/", &self.value].concat()
    }

    /// Begins a token that stands for a hidden thought, where the dialect has no place of its own.
    const HIDDEN: &str = "hidden/";

    /// The token, marked as one that stands for a hidden thought.
    pub(crate) fn hidden(&self) -> Self {
        Self { dialect: self.dialect, value: [Self::HIDDEN, &self.value].concat() }
    }

    /// The token of a hidden thought, where this is marked as one.
    pub(crate) fn as_hidden(&self) -> Option<Self> {
        let value = self.value.strip_prefix(Self::HIDDEN)?;
        Some(Self { dialect: self.dialect, value: value.to_owned() })
    }

    /// The token that a caller of `dialect` gave back.
    pub(crate) fn from_caller(dialect: Dialect, value: String) -> Self {
        let foreign = value
            .strip_prefix(Self::FOREIGN)
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(name, value)| Some((Dialect::from_name(name)?, value.to_owned())));
        match foreign {
            Some((dialect, value)) => Self { dialect, value },
            None => Self { dialect, value },
        }
    }
}

/// A function that the model may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// JSON Schema of its parameters; none where it takes none.
    pub schema: Option<Json>,
    /// Whether the arguments must keep to the schema.
    pub is_strict: bool,
}

/// Which function the model asks for, and whether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it sees fit.
    Auto,
    /// None.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// The form of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Format {
    /// Text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON that keeps to a schema.
    JsonSchema {
        /// A name, which only OpenAI's dialects and Bedrock carry.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// JSON Schema.
        schema: Json,
        /// Whether the schema must be kept to the letter; Anthropic, Gemini and Bedrock always do.
        is_strict: bool,
    },
}

/// How words are drawn; none where the vendor's habit rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sampling {
    /// From 0.
    pub temperature: Option<Number>,
    /// From 0 to 1.
    pub top_p: Option<Number>,
    /// Only so many words are considered.
    pub top_k: Option<u64>,
    /// From -2 to 2.
    pub frequency_penalty: Option<Number>,
    /// From -2 to 2.
    pub presence_penalty: Option<Number>,
    /// The same seed draws alike.
    pub seed: Option<Number>,
}

/// Whether a penalty changes anything: 0 says what its absence says.
pub(crate) fn is_felt(penalty: Option<&Number>) -> bool {
    penalty.is_some_and(|penalty| penalty.as_f64() != Some(0.0))
}

/// How much the model may think.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasoning {
    /// Such as `low`, `medium` or `high`; `none` for not at all.
    pub effort: Option<String>,
    /// The most tokens of thought.
    pub budget_tokens: Option<u64>,
    /// Whether, and how, thoughts are told: OpenAI's `auto`, `concise`, `detailed`.
    pub summary: Option<String>,
}
