//! An endpoint: a place where a model answers, and what it may be given.

use kaname_budget_core::{Estimate, MicroYen, Tokens};
use kaname_guard::{Origin, Place};
use kaname_kernel::{EndpointId, InstitutionId, Label};
use kaname_platform::{named_variants, outbound::Target};
use serde::{Deserialize, Serialize};

use crate::error::Error;

named_variants! {
    /// What kind of place it is.
    EndpointKind {
        /// The generation engine of this program.
        EmbeddedGeneration = "embedded_generation",
        /// The embedding model of this program.
        EmbeddedEmbedding = "embedded_embedding",
        /// A server that speaks OpenAI's dialect: vLLM, llama.cpp, Ollama, SGLang, Azure and others.
        OpenaiCompatible = "openai_compatible",
        /// Anthropic's own service, or one that speaks its dialect.
        Anthropic = "anthropic",
        /// Google's Gemini service.
        Gemini = "gemini",
        /// Amazon Bedrock's Converse.
        Bedrock = "bedrock",
    }
}

impl EndpointKind {
    /// Whether it is part of this program.
    pub fn is_embedded(self) -> bool {
        matches!(self, Self::EmbeddedGeneration | Self::EmbeddedEmbedding)
    }
}

named_variants! {
    /// What it can do.
    Capability {
        /// Chat completions.
        Chat = "chat",
        /// Embeddings.
        Embeddings = "embeddings",
        /// Documents put in order by a question.
        Rerank = "rerank",
        /// Calls of tools.
        Tools = "tools",
        /// Pictures as input.
        Images = "images",
        /// Files as input.
        Files = "files",
        /// Answers that keep to a JSON schema.
        StructuredOutput = "structured_output",
    }
}

named_variants! {
    /// A dialect that an upstream may speak besides the first of its kind.
    Speaks {
        /// OpenAI's Chat Completions.
        ChatCompletions = "chat_completions",
        /// OpenAI's Responses.
        Responses = "responses",
        /// Anthropic's Messages.
        Messages = "messages",
    }
}

named_variants! {
    /// A language that it can be trusted with.
    Language {
        /// Japanese.
        Ja = "ja",
        /// English.
        En = "en",
    }
}

named_variants! {
    /// What the last test found.
    HealthState {
        /// It answered.
        Ok = "ok",
        /// It did not.
        Failing = "failing",
        /// It has not been tested.
        Unknown = "unknown",
    }
}

/// What an endpoint costs, in millionths of a yen for a million tokens unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens in.
    pub input: u64,
    /// Tokens in that the endpoint had kept; the price of `input` if absent.
    #[serde(default)]
    pub cached_input: Option<u64>,
    /// Tokens out.
    pub output: u64,
    /// Millionths of a yen for one request, whatever its size.
    #[serde(default)]
    pub request: u64,
    /// The day from which it holds, as `2026-04-01`.
    pub as_of: String,
    /// Where it is written.
    #[serde(default)]
    pub source: String,
}

impl Price {
    /// The same for the budgets.
    pub(crate) fn charged(&self) -> kaname_budget_core::Price {
        kaname_budget_core::Price {
            input_per_million: MicroYen::new(self.input),
            cached_input_per_million: MicroYen::new(self.cached_input.unwrap_or(self.input)),
            output_per_million: MicroYen::new(self.output),
            per_request: MicroYen::new(self.request),
        }
    }

    /// Whether a million output tokens cost at most this many yen.
    pub(crate) fn output_yen_at_most(&self, yen: u64) -> bool {
        self.output <= yen.saturating_mul(1_000_000)
    }
}

/// What the last test found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Health {
    /// In a word.
    pub state: HealthState,
    /// When.
    pub checked_at_ms: Option<i64>,
    /// In a sentence.
    pub detail: String,
}

/// A place where a model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Endpoint {
    /// Its id.
    #[schema(value_type = String)]
    pub id: EndpointId,
    /// Whose it is.
    #[serde(skip)]
    pub institution: InstitutionId,
    /// What administrators call it.
    pub name: String,
    /// What kind of place it is.
    pub kind: EndpointKind,
    /// Where it is; none for what runs inside this program.
    pub base_url: Option<String>,
    /// Whether an API key is kept for it. The key itself is never shown.
    pub has_api_key: bool,
    /// The model's name there.
    pub model: String,
    /// The name that callers write.
    pub public_name: String,
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// The languages that it can be trusted with.
    pub languages: Vec<Language>,
    /// The highest label that it may handle.
    #[schema(value_type = String)]
    pub clearance: Label,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Who made the model.
    pub vendor: String,
    /// The country of who runs it.
    pub operator_country: String,
    /// The country where it runs.
    pub hosting_country: String,
    /// Whether the weights are open.
    pub open_weights: bool,
    /// The licence of the model, as an SPDX identifier or in words.
    pub licence: String,
    /// The dialects that it speaks.
    pub dialects: Vec<Speaks>,
    /// The region of the service where it has one, `ap-northeast-1` say.
    pub region: String,
    /// The longest context in tokens, if it is known.
    pub context_tokens: Option<u32>,
    /// Most calls at once from this process, if there is a bound.
    pub concurrent_max: Option<u32>,
    /// How long an answer is kept for whoever asked, to the same question; 0 for not at all.
    pub cache_seconds: u32,
    /// What it costs; nothing, if absent.
    pub price: Option<Price>,
    /// Since when it is here.
    pub created_at_ms: i64,
    /// What the last test found.
    pub health: Health,
}

impl Endpoint {
    /// Whether it can do `capability`.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// The target of a call to it.
    pub(crate) fn target(&self) -> Result<Target, Error> {
        match (self.kind.is_embedded(), &self.base_url) {
            (true, _) => Ok(Target::Embedded(self.model.clone())),
            (false, Some(url)) => {
                Target::of_url(url).map_err(|_| Error::invalid("base_url", "this is not a URL"))
            }
            (false, None) => Err(Error::invalid("base_url", "there is no URL")),
        }
    }

    /// What a call with at most `bound` tokens costs here at worst; nothing is said of an embedded
    /// model, which costs nothing.
    pub(crate) fn estimate(&self, bound: Tokens) -> Option<Estimate> {
        if self.kind.is_embedded() {
            return None;
        }
        Some(match &self.price {
            Some(price) => Estimate::new(bound.input, bound.output, price.charged()),
            None => Estimate::unpriced(bound.input, bound.output),
        })
    }

    /// What the guard needs to know of it.
    pub(crate) fn place(&self) -> Result<Place, Error> {
        Ok(Place {
            endpoint: Some(self.id),
            institution: self.institution,
            target: self.target()?,
            clearance: self.clearance.clone(),
            enabled: self.enabled,
            model: self.model.clone(),
            origin: Origin {
                vendor: self.vendor.clone(),
                operator_country: self.operator_country.clone(),
                hosting_country: self.hosting_country.clone(),
                open_weights: self.open_weights,
            },
        })
    }
}
