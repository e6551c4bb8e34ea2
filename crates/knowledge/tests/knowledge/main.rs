//! Knowledge from outside: import, rights, search, answers, faults; on SQLite and PostgreSQL.

mod answers;
mod demo_questions;
mod faults;
mod http;
mod import;
mod rights;
mod support;
mod written;
