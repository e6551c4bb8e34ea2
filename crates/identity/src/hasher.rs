//! Argon2id, a few at a time and off the asynchronous threads.
//!
//! A password is always held against some hash: where there is no account, against one that
//! nobody knows, so that time does not tell whether the account exists.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use kaname_platform::{DbError, Platform};
use tokio::sync::Semaphore;

use crate::{Config, Error, Password};

/// Hashes at the same time.
const AT_ONCE: usize = 2;
/// Hashes that may wait for their turn; more are refused.
const WAITING_MAX: usize = 64;
const SALT_BYTES: usize = 16;

/// Makes and checks password hashes.
#[derive(Debug)]
pub(crate) struct Hasher {
    params: Params,
    turn: Arc<Semaphore>,
    places: Arc<Semaphore>,
    nobody: String,
}

impl Hasher {
    /// A hasher at the cost that `config` says.
    pub(crate) fn new(platform: &Platform, config: &Config) -> Result<Self, Error> {
        let params = Params::new(config.hash_memory_kib, config.hash_passes, 1, None)
            .map_err(|_| broken())?;
        let nobody = hash(&params, &platform.random::<32>(), &platform.random::<SALT_BYTES>())?;
        Ok(Self {
            params,
            turn: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody,
        })
    }

    /// A new hash of `password`, as a PHC string.
    pub(crate) async fn hash(
        &self,
        platform: &Platform,
        password: &Password,
    ) -> Result<String, Error> {
        let salt = platform.random::<SALT_BYTES>();
        let (params, password) = (self.params.clone(), password.clone());
        self.in_turn(move || hash(&params, password.reveal().as_bytes(), &salt)).await?
    }

    /// Whether `password` is the one of `stored`; without one, false after the same work.
    pub(crate) async fn verify(
        &self,
        password: &Password,
        stored: Option<&str>,
    ) -> Result<bool, Error> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let password = password.clone();
        let matches = self
            .in_turn(move || {
                Argon2::default()
                    .verify_password(password.reveal().as_bytes(), stored.as_str())
                    .is_ok()
            })
            .await?;
        Ok(matches && known)
    }

    /// Whether `stored` was made at the present cost.
    pub(crate) fn is_current(&self, stored: &str) -> bool {
        let cost = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        cost(stored) == cost(&self.nobody)
    }

    /// Runs `work` on a thread for it once it is its turn.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = self.turn.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        // The permits go along, so that a caller who leaves does not let a third hash in.
        let worker = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        worker.await.map_err(|_| broken())
    }
}

fn hash(params: &Params, password: &[u8], salt: &[u8]) -> Result<String, Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = argon2.hash_password_with_salt(password, salt).map_err(|_| broken())?;
    Ok(hash.to_string())
}

fn broken() -> Error {
    Error::Db(DbError::Inconsistent { column: "password_hash".to_owned() })
}
