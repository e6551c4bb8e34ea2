//! The gateway itself: the guard, the way out, and the models inside this program.

use std::sync::Arc;

use kaname_guard::{Caller, Guard};
use kaname_kernel::{EndpointId, InstitutionId, Label};
use kaname_platform::{Conn, Platform, outbound::Outbound};

use crate::{
    config::Config,
    embedded::{EmbeddedEmbedder, EmbeddedGenerator},
    error::Error,
    model::{Capability, Endpoint, EndpointKind, Language},
    order::ApiKey,
    store,
};

/// One door to every model; clones are one.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub(crate) platform: Platform,
    pub(crate) guard: Guard,
    pub(crate) outbound: Outbound,
    pub(crate) config: Config,
    pub(crate) embedder: Option<Arc<dyn EmbeddedEmbedder>>,
    pub(crate) generator: Option<Arc<dyn EmbeddedGenerator>>,
}

impl Gateway {
    /// A gateway without embedded models.
    pub fn new(platform: Platform, guard: Guard, outbound: Outbound, config: Config) -> Self {
        Self { platform, guard, outbound, config, embedder: None, generator: None }
    }

    /// With the embedding model of this program.
    #[must_use]
    pub fn with_embedder(mut self, embedder: Arc<dyn EmbeddedEmbedder>) -> Self {
        self.embedder = Some(embedder);
        self
    }

    /// With the generation engine of this program.
    #[must_use]
    pub fn with_generator(mut self, generator: Arc<dyn EmbeddedGenerator>) -> Self {
        self.generator = Some(generator);
        self
    }

    /// The guard behind this door.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The first endpoint that is on, cleared for `label`, and can do `capability` in `language`.
    ///
    /// Endpoints that were added come before the embedded generator, which is small. A language
    /// that an endpoint does not claim is one it cannot be trusted with.
    pub async fn capable_endpoint(
        &self,
        institution: InstitutionId,
        label: &Label,
        capability: Capability,
        language: Option<Language>,
    ) -> Result<Option<Endpoint>, Error> {
        let all = self.endpoints(institution).await?;
        Ok(self
            .able(all, capability, language)
            .into_iter()
            .find(|endpoint| endpoint.enabled && endpoint.clearance.dominates(label)))
    }

    /// The endpoint to try: the capable one, or else the first that only the guard can refuse.
    ///
    /// So a request that no endpoint is cleared for is still asked, denied and recorded. Its key
    /// comes from the same state of the records.
    pub(crate) async fn choose(
        &self,
        caller: &Caller,
        label: &Label,
        capability: Capability,
        language: Option<Language>,
    ) -> Result<(Endpoint, Option<ApiKey>), Error> {
        let mut tx = self.platform.db.read().await?;
        let all = store::all(&mut tx, caller.institution()).await?;
        let able = self.able(all, capability, language);
        let open = |endpoint: &&Endpoint| endpoint.enabled && endpoint.clearance.dominates(label);
        let chosen = able.iter().find(open).or_else(|| able.first()).cloned();
        self.with_key(&mut tx, chosen.ok_or(Error::NoEndpoint)?).await
    }

    fn able(
        &self,
        mut able: Vec<Endpoint>,
        capability: Capability,
        language: Option<Language>,
    ) -> Vec<Endpoint> {
        able.retain(|endpoint| {
            endpoint.can(capability)
                && self.is_present(endpoint)
                && language.is_none_or(|language| endpoint.languages.contains(&language))
        });
        // Vectors of the embedded model are what the index is made of; its text is the last resort.
        able.sort_by_key(|endpoint| match endpoint.kind {
            EndpointKind::EmbeddedEmbedding => 0,
            EndpointKind::OpenaiCompatible => 1,
            EndpointKind::EmbeddedGeneration => 2,
        });
        able
    }

    /// Whether what answers there is part of this process, or another server.
    fn is_present(&self, endpoint: &Endpoint) -> bool {
        match endpoint.kind {
            EndpointKind::OpenaiCompatible => true,
            EndpointKind::EmbeddedEmbedding => {
                self.embedder.as_ref().is_some_and(|model| model.model() == endpoint.model)
            }
            EndpointKind::EmbeddedGeneration => {
                self.generator.as_ref().is_some_and(|model| model.model() == endpoint.model)
            }
        }
    }

    /// Every endpoint of `institution`, oldest first.
    pub async fn endpoints(&self, institution: InstitutionId) -> Result<Vec<Endpoint>, Error> {
        let mut tx = self.platform.db.read().await?;
        Ok(store::all(&mut tx, institution).await?)
    }

    /// The endpoint `id` of `institution`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] also for an endpoint of another institution.
    pub async fn endpoint(
        &self,
        institution: InstitutionId,
        id: EndpointId,
    ) -> Result<Endpoint, Error> {
        let mut tx = self.platform.db.read().await?;
        store::by_id(&mut tx, institution, id).await?.ok_or(Error::NotFound)
    }

    /// The endpoint `id` of `institution` with its key.
    ///
    /// # Errors
    ///
    /// As [`Gateway::endpoint`].
    pub(crate) async fn endpoint_with_key(
        &self,
        institution: InstitutionId,
        id: EndpointId,
    ) -> Result<(Endpoint, Option<ApiKey>), Error> {
        let mut tx = self.platform.db.read().await?;
        let found = store::by_id(&mut tx, institution, id).await?.ok_or(Error::NotFound)?;
        self.with_key(&mut tx, found).await
    }

    /// `endpoint` with the API key kept for it, if there is one.
    pub(crate) async fn with_key(
        &self,
        conn: &mut Conn,
        endpoint: Endpoint,
    ) -> Result<(Endpoint, Option<ApiKey>), Error> {
        if !endpoint.has_api_key {
            return Ok((endpoint, None));
        }
        let scope = endpoint.institution.to_string();
        let sealed = self.platform.secrets.get(conn, &scope, &secret_name(endpoint.id)).await?;
        let key = sealed.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok((endpoint, key.as_deref().map(ApiKey::new)))
    }
}

/// The name under which the API key of `endpoint` is sealed.
pub(crate) fn secret_name(endpoint: EndpointId) -> String {
    format!("endpoint/{endpoint}")
}
