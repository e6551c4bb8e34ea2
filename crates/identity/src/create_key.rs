//! x
/// Days.
pub const DAYS_MAX: i64 = 366;
