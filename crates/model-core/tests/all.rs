//! The dialects from outside: round trips, streams in any portions, faults, translations.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail so")]

#[path = "all/faults.rs"]
mod faults;
#[path = "all/make.rs"]
mod make;
#[path = "all/round_trips.rs"]
mod round_trips;
#[path = "all/streams.rs"]
mod streams;
#[path = "all/translations.rs"]
mod translations;
#[path = "all/vendors.rs"]
mod vendors;
