//! Identity from outside: through its router, on both databases.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod access;
mod departments;
mod import;
mod isolation;
mod keys;
mod sessions;
mod set_up;
mod support;
mod users;
