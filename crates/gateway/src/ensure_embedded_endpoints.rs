//! Gives every institution an endpoint for each model inside this program.

use kaname_kernel::InstitutionId;
use kaname_platform::Act;

use crate::{
    create_endpoint::{describe, taken},
    error::Error,
    gateway::Gateway,
    model::{Capability, Endpoint, EndpointKind, Health, HealthState, Language, Speaks},
    store,
};

/// A model inside this program, as an endpoint shows it.
struct Inside {
    kind: EndpointKind,
    model: String,
    public_name: &'static str,
    name: &'static str,
    capability: Capability,
    languages: Vec<Language>,
}

impl Gateway {
    /// Makes what is missing, for every institution; gives the number made. Run at every start
    /// and after an institution is founded.
    pub async fn ensure_embedded_endpoints(&self) -> Result<usize, Error> {
        let mut tx = self.platform.db.read().await?;
        let institutions = store::institutions(&mut tx).await?;
        drop(tx);
        let mut made = 0;
        for institution in institutions {
            for inside in self.inside() {
                made += usize::from(self.ensure(institution, inside).await?);
            }
        }
        Ok(made)
    }

    async fn ensure(&self, institution: InstitutionId, inside: Inside) -> Result<bool, Error> {
        let clearance = self.guard.pack(institution).await?.highest();
        let mut tx = self.platform.db.begin().await?;
        let known = store::all(&mut tx, institution).await?;
        let there =
            |endpoint: &Endpoint| endpoint.kind == inside.kind && endpoint.model == inside.model;
        let name_taken = known.iter().any(|endpoint| endpoint.public_name == inside.public_name);
        if known.iter().any(there) {
            return Ok(false);
        }
        let id = self.platform.ids.next();
        let endpoint = Endpoint {
            id,
            institution,
            name: inside.name.to_owned(),
            kind: inside.kind,
            base_url: None,
            has_api_key: false,
            public_name: if name_taken {
                format!("kaname/{id}")
            } else {
                inside.public_name.to_owned()
            },
            model: inside.model,
            capabilities: vec![inside.capability],
            languages: inside.languages,
            // What never leaves this machine may handle everything that the institution has.
            clearance,
            enabled: true,
            vendor: String::new(),
            operator_country: String::new(),
            hosting_country: String::new(),
            open_weights: true,
            licence: String::new(),
            dialects: vec![Speaks::ChatCompletions],
            region: String::new(),
            context_tokens: None,
            concurrent_max: None,
            cache_seconds: 0,
            price: None,
            created_at_ms: self.platform.now().as_millis(),
            health: Health {
                state: HealthState::Unknown,
                checked_at_ms: None,
                detail: String::new(),
            },
        };
        store::insert(&mut tx, &endpoint).await.map_err(taken)?;
        let act = Act::by_system(institution, "gateway.endpoint_created");
        self.platform.append(&mut tx, describe(act, &endpoint)).await?;
        tx.commit().await?;
        Ok(true)
    }

    fn inside(&self) -> Vec<Inside> {
        let embedder = self.embedder.as_ref().map(|model| Inside {
            kind: EndpointKind::EmbeddedEmbedding,
            model: model.model().to_owned(),
            public_name: "kaname/embedding",
            name: "内蔵の埋め込みモデル / Embedded embedding model",
            capability: Capability::Embeddings,
            languages: vec![Language::Ja, Language::En],
        });
        let generator = self.generator.as_ref().map(|model| Inside {
            kind: EndpointKind::EmbeddedGeneration,
            model: model.model().to_owned(),
            public_name: "kaname/embedded",
            name: "内蔵の生成モデル / Embedded generation model",
            capability: Capability::Chat,
            languages: model.languages().to_vec(),
        });
        embedder.into_iter().chain(generator).collect()
    }
}
