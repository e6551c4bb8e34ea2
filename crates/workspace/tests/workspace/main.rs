//! The workspace from outside: through its router, on both databases.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on must stop"
)]

mod asking;
mod conversations;
mod faults;
mod forgetting;
mod isolation;
mod killed;
mod labels;
mod many;
mod stopping;
mod world;
