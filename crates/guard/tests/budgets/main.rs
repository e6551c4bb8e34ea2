//! Budgets and rates, on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set itself up must stop"
)]

mod hold;
mod rates;
mod support;
