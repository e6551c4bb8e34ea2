//! The handle that every verb works through.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use kaname_gateway::Gateway;
use kaname_identity::Identity;
use kaname_kernel::InstitutionId;
use kaname_lexicon_core::Lexicon;
use kaname_platform::{Platform, jobs::JobHandler};
use tokio::sync::Mutex;

use crate::{Error, ImportJob, config::Config, index::Shelf};

/// Knowledge, ready to work; clones are cheap and share the indexes.
#[derive(Debug, Clone)]
pub struct Knowledge {
    /// The platform.
    pub platform: Platform,
    pub(crate) gateway: Gateway,
    pub(crate) identity: Identity,
    dictionary: Arc<PathBuf>,
    lexicon: Arc<OnceLock<Lexicon>>,
    pub(crate) config: Arc<Config>,
    pub(crate) shelves: Arc<Mutex<BTreeMap<InstitutionId, Arc<Shelf>>>>,
}

impl Knowledge {
    /// Knowledge behind `identity`; models are reached through `gateway` alone, words come from
    /// the built dictionary in the folder `dictionary`. Opens nothing yet.
    pub fn new(identity: Identity, gateway: Gateway, dictionary: PathBuf, config: Config) -> Self {
        Self {
            platform: identity.platform.clone(),
            gateway,
            identity,
            dictionary: Arc::new(dictionary),
            lexicon: Arc::default(),
            config: Arc::new(config),
            shelves: Arc::default(),
        }
    }

    /// The door to the models.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// The handlers of this slice's jobs, to be given to the workers.
    pub fn job_handlers(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![Arc::new(ImportJob::new(self.clone()))]
    }

    /// The words of Japanese, opened on first use.
    pub(crate) fn lexicon(&self) -> Result<Lexicon, Error> {
        if let Some(lexicon) = self.lexicon.get() {
            return Ok(lexicon.clone());
        }
        let opened = Lexicon::open(&self.dictionary)?;
        Ok(self.lexicon.get_or_init(|| opened).clone())
    }
}
