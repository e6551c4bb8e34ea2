//! x
/// Rows.
pub const ROWS_MAX: usize = 1000;
