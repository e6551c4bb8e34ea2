//! Values that must not lie in the open: API keys of endpoints, the ledger's signing seeds.
//!
//! Sealed with XChaCha20-Poly1305 under a master key that lives outside the database (a file or
//! the environment). This does not stop who can read both the database and the master key.

use std::{fmt, sync::Arc};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use kaname_kernel::Entropy;

use crate::{
    db::{Conn, DbError, Tx},
    params,
};

/// Why a secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The database failed.
    #[error("the secret store failed")]
    Db(#[from] DbError),
    /// The master key is not the one the secret was sealed with, or the row was altered.
    #[error("the secret cannot be opened with this master key")]
    WrongKey,
}

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Secrets {
    cipher: Arc<XChaCha20Poly1305>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// Secrets under `master_key`.
    pub fn new(master_key: &[u8; 32], entropy: Arc<dyn Entropy>) -> Self {
        Self { cipher: Arc::new(XChaCha20Poly1305::new(master_key.into())), entropy }
    }

    /// Stores `value` as `scope`/`name`, replacing what was there.
    pub async fn put(
        &self,
        tx: &mut Tx,
        scope: &str,
        name: &str,
        value: &[u8],
    ) -> Result<(), SecretError> {
        let mut nonce = [0_u8; 24];
        self.entropy.fill(&mut nonce);
        let bound = format!("{scope}/{name}");
        let payload = Payload { msg: value, aad: bound.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SecretError::WrongKey)?;
        tx.execute_one(
            "INSERT INTO secret (scope, name, nonce, sealed, created_at_ms) VALUES ($1, $2, $3, $4, 0) \
             ON CONFLICT (scope, name) DO UPDATE SET nonce = excluded.nonce, sealed = excluded.sealed",
            params![scope, name, nonce.as_slice(), sealed],
        )
        .await?;
        Ok(())
    }

    /// The secret `scope`/`name`, if there is one.
    pub async fn get(
        &self,
        conn: &mut Conn,
        scope: &str,
        name: &str,
    ) -> Result<Option<Vec<u8>>, SecretError> {
        let row = conn
            .fetch_optional(
                "SELECT nonce, sealed FROM secret WHERE scope = $1 AND name = $2",
                params![scope, name],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let nonce: [u8; 24] =
            row.get::<Vec<u8>>("nonce")?.try_into().map_err(|_| SecretError::WrongKey)?;
        let sealed = row.get::<Vec<u8>>("sealed")?;
        let bound = format!("{scope}/{name}");
        let payload = Payload { msg: &sealed, aad: bound.as_bytes() };
        let value = self.cipher.decrypt(&XNonce::from(nonce), payload);
        value.map(Some).map_err(|_| SecretError::WrongKey)
    }

    /// Forgets a secret.
    pub async fn remove(&self, tx: &mut Tx, scope: &str, name: &str) -> Result<(), SecretError> {
        tx.execute("DELETE FROM secret WHERE scope = $1 AND name = $2", params![scope, name])
            .await?;
        Ok(())
    }
}
