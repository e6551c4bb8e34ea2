//! The files of the repository: what git tracks, and what it does not know yet and does not ignore.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::source::Source;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Paths from the root, sorted.
///
/// # Errors
///
/// A sentence, when git does not answer.
pub fn paths() -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("git does not run: {error}"))?;
    if !listed.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr)));
    }
    let mut paths: Vec<_> = String::from_utf8_lossy(&listed.stdout)
        .split('\0')
        .filter(|path| !path.is_empty() && root().join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// A file's text; `None` for what is no text.
pub fn text(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok().filter(|text| !text.contains('\0'))
}

/// Every Rust file.
///
/// # Errors
///
/// As [`paths`].
pub fn sources() -> Result<Vec<Source>, String> {
    let rust = paths()?
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|ending| ending == "rs"));
    Ok(rust.filter_map(|path| text(&path).map(|text| Source::new(&path, &text))).collect())
}
