//! What tests share: a clock that stands still, seeded randomness, and real databases.
//!
//! Only for tests: panics where a shipped crate would return an error.
#![expect(clippy::expect_used, reason = "a test that cannot set itself up must stop")]

mod platform;
mod postgres;
mod traces;
mod upstream;
mod vendor;
mod world;

pub use platform::{Backend, TestPlatform, on_both};
pub use postgres::database_url;
pub use upstream::{HUGE_BYTES, Manner, Received, Upstream};
pub use vendor::{Answer, PIECES, answer, good_events};
pub use world::{FixedClock, SeededEntropy};
