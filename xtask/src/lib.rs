//! Checks of the tree that run as tests: `cargo test -p xtask`.
