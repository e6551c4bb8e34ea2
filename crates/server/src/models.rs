//! The catalogue of models and dictionaries, as the binary carries it, against what is on disk.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use kaname_lexicon_core::Lexicon;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The catalogue's text.
pub(crate) const CATALOGUE: &str = include_str!("../../../models/catalogue.toml");
/// The script that fetches what the catalogue names.
pub(crate) const FETCH_SCRIPT: &str = include_str!("../../../scripts/setup/fetch.py");
/// The embedding that quotation needs.
pub(crate) const EMBEDDING: &str = "use-multilingual-v3";
/// The dictionary that quotation needs.
pub(crate) const DICTIONARY: &str = "ipadic";

/// One model or dictionary.
#[derive(Debug, Deserialize)]
pub(crate) struct Model {
    /// Its id, and its folder's name.
    pub(crate) id: String,
    /// What it is for.
    pub(crate) kind: String,
    /// Whether quotation needs it.
    #[serde(default)]
    pub(crate) default: bool,
    /// Its licence.
    pub(crate) licence: String,
    /// What to know before using it.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    #[serde(default)]
    file: Vec<ModelFile>,
}

#[derive(Debug, Deserialize)]
struct ModelFile {
    path: String,
    size_bytes: u64,
    sha256: String,
}

#[derive(Debug, Deserialize)]
struct Catalogue {
    model: Vec<Model>,
}

/// Every model that the catalogue names.
pub(crate) fn catalogue() -> anyhow::Result<Vec<Model>> {
    let catalogue: Catalogue =
        toml::from_str(CATALOGUE).context("the catalogue of models is damaged")?;
    Ok(catalogue.model)
}

impl Model {
    /// Bytes of all its files.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.file.iter().map(|file| file.size_bytes).sum()
    }

    /// Whether every file is there, by name and size.
    pub(crate) fn is_here(&self, models: &Path) -> bool {
        !self.file.is_empty()
            && self.file.iter().all(|file| {
                let found = models.join(&self.id).join(&file.path).metadata();
                found.is_ok_and(|found| found.len() == file.size_bytes)
            })
    }

    /// What differs from the catalogue, with the fix.
    pub(crate) fn check(&self, models: &Path) -> Vec<String> {
        let mut faults = Vec::new();
        for file in &self.file {
            let path = models.join(&self.id).join(&file.path);
            match sha256_of(&path) {
                Ok(found) if found == file.sha256 => {}
                Ok(_) => faults.push(format!(
                    "{}: the hash is not the catalogue's; remove it and run `kaname model fetch {}`",
                    path.display(),
                    self.id
                )),
                Err(error) => faults.push(format!("{}: {error}", path.display())),
            }
        }
        faults
    }
}

/// Compiles the dictionary where its source is and the compiled form is not. Gives its folder.
pub(crate) fn build_dictionary(models: &Path) -> anyhow::Result<PathBuf> {
    let folder = models.join(DICTIONARY);
    Lexicon::prepare(&folder).with_context(|| {
        format!("the dictionary in {} cannot be built; run `kaname model fetch`", folder.display())
    })
}

fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
    }
    Ok(hex(&hasher.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_names_what_quotation_needs_as_default() {
        let defaults: Vec<_> =
            catalogue().unwrap().into_iter().filter(|model| model.default).map(|m| m.id).collect();
        assert!(
            defaults.contains(&EMBEDDING.to_owned()) && defaults.contains(&DICTIONARY.to_owned())
        );
    }

    #[test]
    fn a_file_of_the_right_size_and_wrong_content_is_refused_with_the_fix() {
        let folder = tempfile::tempdir().unwrap();
        let model = Model {
            id: "m".to_owned(),
            kind: "embedding".to_owned(),
            default: true,
            licence: "MIT".to_owned(),
            notes: Vec::new(),
            file: vec![ModelFile { path: "w".to_owned(), size_bytes: 1, sha256: "00".repeat(32) }],
        };
        assert!(!model.is_here(folder.path()));
        std::fs::create_dir(folder.path().join("m")).unwrap();
        std::fs::write(folder.path().join("m/w"), b"x").unwrap();
        assert!(model.is_here(folder.path()));
        let faults = model.check(folder.path());
        assert!(faults.len() == 1 && faults[0].contains("kaname model fetch m"), "{faults:?}");
    }
}
