//! An endpoint: a place where a model answers, and what it may be given.

use kaname_guard::Place;
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
        /// A server that speaks OpenAI's dialect.
        OpenaiCompatible = "openai_compatible",
    }
}

named_variants! {
    /// What it can do.
    Capability {
        /// Chat completions.
        Chat = "chat",
        /// Embeddings.
        Embeddings = "embeddings",
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
        match (&self.kind, &self.base_url) {
            (EndpointKind::OpenaiCompatible, Some(url)) => {
                Target::of_url(url).map_err(|_| Error::invalid("base_url", "this is not a URL"))
            }
            (EndpointKind::OpenaiCompatible, None) => {
                Err(Error::invalid("base_url", "there is no URL"))
            }
            _ => Ok(Target::Embedded(self.model.clone())),
        }
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
        })
    }
}
