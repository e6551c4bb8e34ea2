//! The bounds that the slice keeps.

use std::path::PathBuf;

use kaname_extract_core::Limits;

/// What the administrator can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of the indexes; everything in it can be made again.
    pub index_dir: PathBuf,
    /// Largest file, in bytes.
    pub file_bytes_max: usize,
    /// Most files in one upload.
    pub files_max: usize,
    /// What is taken of a document before it is refused.
    pub limits: Limits,
    /// Texts that are embedded in one call.
    pub batch: usize,
    /// Longest question, in characters.
    pub question_chars_max: usize,
}

impl Config {
    /// The defaults, with the indexes in `index_dir`.
    pub fn in_folder(index_dir: PathBuf) -> Self {
        Self {
            index_dir,
            file_bytes_max: 100 << 20,
            files_max: 500,
            limits: Limits::default(),
            batch: 64,
            question_chars_max: 2_000,
        }
    }
}
