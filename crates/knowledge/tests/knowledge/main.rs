//! Knowledge from outside: import, rights, search, answers, faults; on SQLite and PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that meets what it does not expect must stop"
)]

mod answers;
mod demo_questions;
mod faults;
mod http;
mod import;
mod rights;
mod support;
mod written;
