//! Checks of the tree that run as tests: `cargo test -p xtask`.
//!
//! Each check is a function from texts to [`Fault`]s, so that it is tried on a bad sample beside
//! it; `tests/tidy.rs` runs them on the tree. Knows Rust only as far as comments, texts and braces.

pub mod edges;
pub mod errors;
pub mod imports;
pub mod lengths;
pub mod messages;
pub mod migrations;
pub mod places;
pub mod source;
pub mod tree;
pub mod words;

use std::fmt;

/// Something to mend: where, what, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Path from the root of the repository.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

impl Fault {
    /// A fault at a line of a file.
    pub fn new(path: &str, line: usize, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), fix: fix.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}; fix: {}", self.path, self.line, self.what, self.fix)
    }
}

/// One line for each fault, sorted.
pub fn report(mut faults: Vec<Fault>) -> String {
    faults.sort();
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    format!("{} faults\n{}", lines.len(), lines.join("\n"))
}
