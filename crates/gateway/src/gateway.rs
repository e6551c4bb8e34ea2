//! The gateway itself: the guard, the way out, and the models inside this program.

use std::sync::Arc;

use kaname_guard::Guard;
use kaname_kernel::{EndpointId, InstitutionId};
use kaname_platform::{Conn, Platform, outbound::Outbound};
use tokio::sync::Semaphore;

use crate::{
    batches::UPLOADS_MAX,
    cache::Cache,
    config::Config,
    embedded::{EmbeddedEmbedder, EmbeddedGenerator},
    error::Error,
    model::Endpoint,
    observe::Observer,
    order::{ApiKey, Reach},
    prices::Prices,
    store,
    traffic::Traffic,
};

/// One door to every model; clones are one.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub(crate) platform: Platform,
    pub(crate) guard: Guard,
    pub(crate) outbound: Outbound,
    pub(crate) config: Config,
    pub(crate) traffic: Traffic,
    pub(crate) observer: Observer,
    pub(crate) cache: Cache,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) prices: Option<Arc<Prices>>,
    pub(crate) embedder: Option<Arc<dyn EmbeddedEmbedder>>,
    pub(crate) generator: Option<Arc<dyn EmbeddedGenerator>>,
}

impl Gateway {
    /// A gateway without embedded models.
    pub fn new(platform: Platform, guard: Guard, outbound: Outbound, config: Config) -> Self {
        Self {
            observer: Observer::new(platform.clone(), config.metric_endpoints_max),
            platform,
            guard,
            outbound,
            config,
            traffic: Traffic::default(),
            cache: Cache::of_bytes(config.cache_bytes_max),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            prices: None,
            embedder: None,
            generator: None,
        }
    }

    /// With a table of prices to offer.
    #[must_use]
    pub fn with_prices(mut self, prices: Prices) -> Self {
        self.prices = Some(Arc::new(prices));
        self
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
    pub(crate) async fn reach(
        &self,
        institution: InstitutionId,
        id: EndpointId,
    ) -> Result<Reach, Error> {
        let mut tx = self.platform.db.read().await?;
        let found = store::by_id(&mut tx, institution, id).await?.ok_or(Error::NotFound)?;
        self.with_key(&mut tx, found).await
    }

    /// `endpoint` with the API key kept for it, if there is one.
    pub(crate) async fn with_key(
        &self,
        conn: &mut Conn,
        endpoint: Endpoint,
    ) -> Result<Reach, Error> {
        if !endpoint.has_api_key {
            return Ok(Reach { endpoint, key: None });
        }
        let scope = endpoint.institution.to_string();
        let sealed = self.platform.secrets.get(conn, &scope, &secret_name(endpoint.id)).await?;
        let key = sealed.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(Reach { endpoint, key: key.as_deref().map(ApiKey::new) })
    }
}

/// The name under which the API key of `endpoint` is sealed.
pub(crate) fn secret_name(endpoint: EndpointId) -> String {
    format!("endpoint/{endpoint}")
}
