//! The data folder: who owns it, what lies where, and the master key.
//!
//! ```text
//! kaname.db        records (SQLite)      files/    uploaded documents, by hash
//! index/           search index          keys/     the master key
//! kaname.sock      the command line's way in while the server runs
//! lock             held by the one process that owns the folder
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use kaname_kernel::Entropy;
use rustix::fs::{FlockOperation, flock};

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    /// It cannot be made or written.
    #[error(
        "the data folder {path} cannot be used: check that it exists, is writable, and has space"
    )]
    Unusable {
        /// The folder or file.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Another process owns it.
    #[error(
        "another kaname process owns the data folder {path}: stop it first, or use its command line"
    )]
    Owned {
        /// The folder.
        path: String,
    },
    /// The master key's file does not hold 32 bytes.
    #[error("{path} does not hold a master key of 32 bytes: put the right file back from a backup")]
    BadKey {
        /// The file.
        path: String,
    },
}

/// An opened data folder. While it lives, no other process can open it.
#[derive(Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens `root`, making it if it is not there, and takes ownership.
    pub(crate) fn open(root: &Path) -> Result<Self, DataDirError> {
        for folder in [root.to_owned(), root.join("files"), root.join("index"), root.join("keys")] {
            make_folder(&folder)?;
        }
        let path = root.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| unusable(&path, source))?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(DataDirError::Owned { path: root.display().to_string() });
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("kaname.db")
    }

    /// Uploaded files.
    pub(crate) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// The search index.
    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// The socket at which a running server takes the command line.
    pub(crate) fn socket_of(root: &Path) -> PathBuf {
        root.join("kaname.sock")
    }

    /// The master key, made at first use and kept in a file that only this user may read.
    pub(crate) fn master_key(&self, entropy: &dyn Entropy) -> Result<[u8; 32], DataDirError> {
        let path = self.root.join("keys/master.key");
        let mut key = [0_u8; 32];
        match File::open(&path) {
            Ok(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(|source| unusable(&path, source))?;
                key = bytes
                    .try_into()
                    .map_err(|_| DataDirError::BadKey { path: path.display().to_string() })?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                entropy.fill(&mut key);
                write_key(&path, &key).map_err(|source| unusable(&path, source))?;
            }
            Err(source) => return Err(unusable(&path, source)),
        }
        Ok(key)
    }
}

/// Writes the key whole and synced before it has its name, so that no half key is ever read.
fn write_key(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let half = path.with_extension("new");
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&half)?;
    file.write_all(key)?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn make_folder(path: &Path) -> Result<(), DataDirError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| unusable(path, source))
}

fn unusable(path: &Path, source: io::Error) -> DataDirError {
    DataDirError::Unusable { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use kaname_platform::SystemEntropy;

    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let first = DataDir::open(root.path()).unwrap();
        assert!(matches!(DataDir::open(root.path()), Err(DataDirError::Owned { .. })));
        drop(first);
        assert!(DataDir::open(root.path()).is_ok());
    }

    #[test]
    fn the_master_key_stays_and_a_damaged_one_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataDir::open(root.path()).unwrap();
        let key = folder.master_key(&SystemEntropy).unwrap();
        assert_eq!(folder.master_key(&SystemEntropy).unwrap(), key);
        fs::write(root.path().join("keys/master.key"), b"short").unwrap();
        assert!(matches!(folder.master_key(&SystemEntropy), Err(DataDirError::BadKey { .. })));
    }
}
