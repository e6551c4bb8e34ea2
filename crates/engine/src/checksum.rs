//! The SHA-256 of a model file: pinned in the configuration, computed by streaming, remembered while the file is unchanged.
//!
//! The child opens the file by its path after this check. Whoever can replace the file between the two can also
//! replace the configuration, so this guards against a wrong or damaged file, not against such a person.

use std::{
    fmt,
    fs::{File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::SystemTime,
};

use sha2::{Digest, Sha256};

use crate::error::EngineError;

/// The SHA-256 of a model file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ModelDigest([u8; 32]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 is 64 hexadecimal digits")]
pub struct ParseDigestError;

impl From<[u8; 32]> for ModelDigest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for ModelDigest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(ParseDigestError);
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16).ok_or(ParseDigestError)?;
                *byte = (*byte << 4) | u8::try_from(value).map_err(|_| ParseDigestError)?;
            }
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for ModelDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ModelDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Remembers the hash of the file that was read last, by path, size and time of change.
#[derive(Debug, Default)]
pub(crate) struct ChecksumCache {
    last: Option<(FileState, ModelDigest)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct FileState {
    path: PathBuf,
    size_bytes: u64,
    changed: Option<SystemTime>,
}

impl ChecksumCache {
    /// Checks that the file has the pinned hash and gives its size. Reads the whole file unless it is unchanged: blocking.
    pub(crate) fn verify(
        &mut self,
        path: &Path,
        expected: ModelDigest,
    ) -> Result<u64, EngineError> {
        let missing =
            |source| EngineError::ModelMissing { path: path.to_owned(), source: Arc::new(source) };
        let mut file = File::open(path).map_err(missing)?;
        let metadata = file.metadata().map_err(missing)?;
        if !metadata.is_file() {
            return Err(missing(io::Error::other("it is not a file")));
        }
        let state = state_of(path, &metadata);
        let actual = match &self.last {
            Some((known, digest)) if *known == state => *digest,
            _ => digest_of(&mut file).map_err(missing)?,
        };
        let size_bytes = state.size_bytes;
        self.last = Some((state, actual));
        if actual == expected {
            Ok(size_bytes)
        } else {
            Err(EngineError::ModelMismatch { path: path.to_owned(), expected, actual })
        }
    }
}

fn state_of(path: &Path, metadata: &Metadata) -> FileState {
    FileState {
        path: path.to_owned(),
        size_bytes: metadata.len(),
        changed: metadata.modified().ok(),
    }
}

fn digest_of(file: &mut File) -> io::Result<ModelDigest> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            return Ok(ModelDigest(hasher.finalize().into()));
        };
        hasher.update(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_read_and_shown_in_hexadecimal() {
        let digest: ModelDigest = EMPTY.parse().unwrap();
        assert_eq!(digest.to_string(), EMPTY);
        assert_eq!("e3b0".parse::<ModelDigest>(), Err(ParseDigestError));
        assert_eq!("z".repeat(64).parse::<ModelDigest>(), Err(ParseDigestError));
    }

    #[test]
    fn a_file_is_compared_with_its_pinned_hash_and_read_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        fs::write(&path, "").unwrap();
        let empty: ModelDigest = EMPTY.parse().unwrap();
        let mut cache = ChecksumCache::default();
        assert_eq!(cache.verify(&path, empty).unwrap(), 0);
        assert_eq!(cache.verify(&path, empty).unwrap(), 0);
        fs::write(&path, "changed").unwrap();
        assert!(matches!(cache.verify(&path, empty), Err(EngineError::ModelMismatch { .. })));
    }

    #[test]
    fn a_missing_file_and_a_folder_are_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let empty: ModelDigest = EMPTY.parse().unwrap();
        let mut cache = ChecksumCache::default();
        for path in [folder.path().to_owned(), folder.path().join("none.gguf")] {
            assert!(matches!(cache.verify(&path, empty), Err(EngineError::ModelMissing { .. })));
        }
    }
}
