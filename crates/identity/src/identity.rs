//! The handle that every verb and the extractor work through.

use std::sync::Arc;

use kaname_platform::Platform;

use crate::{Config, Error, hasher::Hasher};

/// Identity, ready to work; clones are cheap. A router's state that gives one by `FromRef` can
/// use [`crate::SignedIn`].
#[derive(Debug, Clone)]
pub struct Identity {
    /// The platform.
    pub platform: Platform,
    pub(crate) config: Arc<Config>,
    pub(crate) hasher: Arc<Hasher>,
}

impl Identity {
    /// Identity on `platform` by `config`.
    ///
    /// # Errors
    ///
    /// When the cost of hashing in `config` is outside Argon2's bounds.
    pub fn new(platform: Platform, config: Config) -> Result<Self, Error> {
        let hasher = Arc::new(Hasher::new(&platform, &config)?);
        Ok(Self { platform, config: Arc::new(config), hasher })
    }
}
