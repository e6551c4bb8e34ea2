//! Identity from outside: through its router, on both databases.

mod access;
mod departments;
mod import;
mod isolation;
mod keys;
mod sessions;
mod set_up;
mod support;
mod users;
