//! Files, by content: a folder here, any S3-compatible store later.
//!
//! A blob's key is the SHA-256 of its bytes under its institution, so writing twice is harmless
//! and a flipped bit is found on reading. Written and synced before the record that names it.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use kaname_kernel::InstitutionId;
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest as _, Sha256};

/// Why a blob could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The store did not do it: no space, no right, not there.
    #[error("the file store failed")]
    Store(#[from] object_store::Error),
    /// The bytes are not those that were written.
    #[error("blob {sha256} is damaged")]
    Damaged {
        /// The key that the bytes no longer hash to.
        sha256: String,
    },
}

/// A handle on the file store.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Files under `folder`, which must exist. Every write is synced to disk.
    pub fn in_folder(folder: &Path) -> Result<Self, BlobError> {
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Writes `bytes` and gives their key, 64 hexadecimal digits.
    pub async fn put(&self, institution: InstitutionId, bytes: Bytes) -> Result<String, BlobError> {
        let sha256 = hex_sha256(&bytes);
        self.store.put(&key(institution, &sha256), bytes.into()).await?;
        Ok(sha256)
    }

    /// Reads a blob whole and checks it.
    pub async fn get(&self, institution: InstitutionId, sha256: &str) -> Result<Bytes, BlobError> {
        let bytes = self.store.get(&key(institution, sha256)).await?.bytes().await?;
        if hex_sha256(&bytes) != sha256 {
            return Err(BlobError::Damaged { sha256: sha256.to_owned() });
        }
        Ok(bytes)
    }

    /// Removes a blob; one that is not there is no error.
    pub async fn remove(&self, institution: InstitutionId, sha256: &str) -> Result<(), BlobError> {
        match self.store.delete(&key(institution, sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn key(institution: InstitutionId, sha256: &str) -> Key {
    let shard: String = sha256.chars().take(2).collect();
    Key::from_iter([institution.to_string(), shard, sha256.to_owned()])
}

fn hex_sha256(bytes: &[u8]) -> String {
    crate::hex(&Sha256::digest(bytes))
}
