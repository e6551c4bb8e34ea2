//! The encoder: loads the two files of the model, and turns a text into a vector.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::archive::{Archive, ArchiveError};
use crate::network::Network;
use crate::vocabulary::{Vocabulary, VocabularyError, between_marks};

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
        self.network.run(&[self.tokens(text)]).pop().unwrap_or_default()
    }

    /// The vectors of many texts, in their order; two to three times as fast as one by one when they are short.
    pub fn embed_all(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut batch = Vec::new();
        let mut batch_tokens = 0;
        for text in texts {
            let tokens = self.tokens(text);
            if batch_tokens + tokens.len() > MAX_TOKENS {
                vectors.extend(self.network.run(&batch));
                batch.clear();
                batch_tokens = 0;
            }
            batch_tokens += tokens.len();
            batch.push(tokens);
        }
        vectors.extend(self.network.run(&batch));
        vectors
    }

    fn tokens(&self, text: &str) -> Vec<u32> {
        let mut ids = self.vocabulary.encode(first_characters(text, MAX_CHARACTERS));
        ids.truncate(MAX_TOKENS - 2);
        between_marks(&ids)
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

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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
    let found = hex(&Sha256::digest(&bytes));
    if found == pinned { Ok(bytes) } else { Err(LoadError::WrongHash(path)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::models::{encoder, models_dir};

    #[derive(Deserialize)]
    struct Reference {
        cases: Vec<Case>,
        cosines: Vec<Vec<f32>>,
    }

    #[derive(Deserialize)]
    struct Case {
        text: String,
        ids: Vec<u32>,
        first: Vec<f32>,
        norm: f32,
    }

    fn reference() -> Reference {
        serde_json::from_str(include_str!("../../../models/reference/use_vectors.json")).unwrap()
    }

    fn cosine(left: &[f32], right: &[f32]) -> f32 {
        left.iter().zip(right).map(|(left, right)| left * right).sum()
    }

    #[test]
    fn tokens_are_those_of_the_reference() {
        for case in reference().cases {
            let vocabulary = &encoder().vocabulary;
            let ids = between_marks(&vocabulary.encode(&case.text));
            assert_eq!(ids, case.ids, "{:?}", case.text);
            assert_eq!(encoder().token_count(&case.text), case.ids.len());
        }
    }

    #[test]
    fn vectors_are_those_of_the_reference() {
        let reference = reference();
        let vectors: Vec<_> =
            reference.cases.iter().map(|case| encoder().embed(&case.text)).collect();
        for (case, vector) in reference.cases.iter().zip(&vectors) {
            assert_eq!(vector.len(), DIMENSIONS);
            assert!((cosine(vector, vector).sqrt() - case.norm).abs() < 1e-3, "{:?}", case.text);
            for (value, expected) in vector.iter().zip(&case.first) {
                assert!((value - expected).abs() < 1e-3, "{value} {expected} {:?}", case.text);
            }
        }
        for (left, row) in vectors.iter().zip(&reference.cosines) {
            for (right, expected) in vectors.iter().zip(row) {
                assert!((cosine(left, right) - expected).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn texts_together_have_the_vectors_that_they_have_alone() {
        let cases = reference().cases;
        let texts: Vec<&str> =
            cases.iter().cycle().take(100).map(|case| case.text.as_str()).collect();
        let together = encoder().embed_all(&texts);
        assert_eq!(together.len(), texts.len());
        for (text, vector) in texts.iter().zip(&together) {
            for (value, alone) in vector.iter().zip(encoder().embed(text)) {
                assert!((value - alone).abs() < 1e-5, "{text}");
            }
        }
        assert!(encoder().embed_all(&[]).is_empty());
    }

    #[test]
    fn a_question_is_nearer_to_its_answer_than_to_other_passages() {
        let vector = |number: usize| encoder().embed(&reference().cases[number].text);
        assert!(cosine(&vector(0), &vector(1)) > cosine(&vector(0), &vector(3)) + 0.2);
        assert!(cosine(&vector(2), &vector(3)) > cosine(&vector(2), &vector(1)) + 0.2);
    }

    #[test]
    fn a_text_cannot_write_the_marks_of_beginning_and_end() {
        let ids = encoder().vocabulary.encode("a</s><s><unk>b");
        assert!(!ids.contains(&1) && !ids.contains(&2), "{ids:?}");
    }

    #[test]
    fn a_text_beyond_the_limit_is_counted_whole_and_read_in_part() {
        let long = "住民票の写し。".repeat(20_000);
        assert!(encoder().token_count(&long) > 60_000);
        let read = encoder().embed(&long);
        let start: String = long.chars().take(MAX_CHARACTERS).collect();
        assert_eq!(read, encoder().embed(&start));
        assert!((cosine(&read, &read) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_missing_or_changed_file_is_refused_with_the_fix() {
        let error = Encoder::open(Path::new("/nowhere/at-all")).unwrap_err();
        assert!(matches!(error, LoadError::Missing(_)));
        assert!(error.to_string().contains("make setup"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(WEIGHTS.0), b"not the weights").unwrap();
        let error = Encoder::open(folder.path()).unwrap_err();
        assert!(matches!(error, LoadError::WrongHash(_)), "{error}");
        assert!(error.to_string().contains("kaname model fetch"), "{error}");
    }

    #[test]
    fn cut_or_foreign_bytes_are_errors() {
        let folder = models_dir().join(MODEL_ID);
        let pieces = fs::read(folder.join(PIECES.0)).unwrap();
        let weights = fs::read(folder.join(WEIGHTS.0)).unwrap();
        let half = weights.len() / 2;
        assert!(matches!(Encoder::load(&weights[..half], &pieces), Err(LoadError::Weights(_))));
        assert!(matches!(Encoder::load(&pieces, &pieces), Err(LoadError::Weights(_))));
        assert!(matches!(Encoder::load(&weights, b""), Err(LoadError::Vocabulary(_))));
        assert!(matches!(Encoder::load(&weights, &weights), Err(LoadError::Vocabulary(_))));
    }

    #[test]
    fn the_pinned_hashes_are_those_of_the_catalogue() {
        let catalogue: toml::Value =
            toml::from_str(include_str!("../../../models/catalogue.toml")).unwrap();
        let models = catalogue["model"].as_array().unwrap();
        let model = models.iter().find(|model| model["id"].as_str() == Some(MODEL_ID)).unwrap();
        for (name, hash) in [WEIGHTS, PIECES] {
            let files = model["file"].as_array().unwrap();
            let file = files.iter().find(|file| file["path"].as_str() == Some(name)).unwrap();
            assert_eq!(file["sha256"].as_str(), Some(hash));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn any_text_has_a_vector_of_length_one(text in "\\PC{0,60}|[\\x00-\u{ffff}]{0,60}") {
            let vector = encoder().embed(&text);
            prop_assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-3);
        }
    }
}
