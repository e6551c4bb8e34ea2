//! The encoder: loads the two files of the model, and turns a text into a vector.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::archive::{Archive, ArchiveError};
use crate::network::Network;
use crate::vocabulary::{Vocabulary, VocabularyError};

/// Stored with every vector: vectors of different models never meet.
pub const MODEL_ID: &str = "use-multilingual-v3";
/// Length of every vector.
pub const DIMENSIONS: usize = 512;
/// How much of a text is read, with the marks of beginning and end.
pub const MAX_TOKENS: usize = 512;

/// No piece of the vocabulary is longer than 16 characters, so this many hold [`MAX_TOKENS`] pieces.
const MAX_CHARACTERS: usize = MAX_TOKENS * 16;

/// File, SHA-256: the ones that `models/catalogue.toml` pins (a test compares).
const WEIGHTS: (&str, &str) =
    ("weights.npz", "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9");
const PIECES: (&str, &str) =
    ("sp.model", "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9");

/// Why the encoder cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file of the model is not there.
    #[error(
        "no embedding model at {0}: run `make setup`, or `kaname model fetch use-multilingual-v3`"
    )]
    Missing(PathBuf),
    /// A file of the model is not the pinned one.
    #[error(
        "{0} is not the pinned file: delete it and run `kaname model fetch use-multilingual-v3`"
    )]
    WrongHash(PathBuf),
    /// Reading failed.
    #[error("cannot read {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The weights cannot be used.
    #[error("the weights cannot be used")]
    Weights(#[from] ArchiveError),
    /// The vocabulary cannot be used.
    #[error("the vocabulary cannot be used")]
    Vocabulary(#[from] VocabularyError),
}

/// A loaded model; about 85 MB. Share it between threads behind an `Arc`.
#[derive(Debug)]
pub struct Encoder {
    vocabulary: Vocabulary,
    network: Network,
}

impl Encoder {
    /// Loads the model from its folder, which holds `weights.npz` and `sp.model`, and checks their hashes.
    pub fn open(folder: &Path) -> Result<Self, LoadError> {
        Self::load(&read_pinned(folder, WEIGHTS)?, &read_pinned(folder, PIECES)?)
    }

    /// Loads the model from the bytes of its two files.
    pub fn load(weights: &[u8], pieces: &[u8]) -> Result<Self, LoadError> {
        let vocabulary = Vocabulary::parse(pieces)?;
        let network = Network::from_archive(&mut Archive::open(weights)?, vocabulary.len())?;
        Ok(Self { vocabulary, network })
    }

    /// The vector of a text: [`DIMENSIONS`] numbers, of length one. What lies beyond [`MAX_TOKENS`] is not read.
    pub fn embed(&self, text: &str) -> Vec<f32> {
        let mut ids = self.vocabulary.encode(first_characters(text, MAX_CHARACTERS));
        ids.truncate(MAX_TOKENS - 2);
        self.network.run(&self.vocabulary.between_marks(&ids))
    }

    /// How many tokens a text has, with the two marks: more than [`MAX_TOKENS`] means that `embed` cuts it.
    /// A very long text is counted in stretches, which may differ by a token at each border.
    pub fn token_count(&self, text: &str) -> usize {
        let mut rest = text;
        let mut count = 2;
        loop {
            let stretch = first_characters(rest, MAX_CHARACTERS);
            count += self.vocabulary.encode(stretch).len();
            rest = rest.get(stretch.len()..).unwrap_or_default();
            if rest.is_empty() {
                return count;
            }
        }
    }
}

fn first_characters(text: &str, limit: usize) -> &str {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn read_pinned(folder: &Path, (name, pinned): (&str, &str)) -> Result<Vec<u8>, LoadError> {
    let path = folder.join(name);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(LoadError::Missing(path));
        }
        Err(source) => return Err(LoadError::Io { path, source }),
    };
    let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if found == pinned { Ok(bytes) } else { Err(LoadError::WrongHash(path)) }
}
