//! Budgets and rates as arithmetic: what a call may cost at worst, what it did cost, when a period
//! of Japanese administration begins and ends, and whether a call still fits.
//!
//! Invariants: whole numbers only; costs are rounded up; nothing overflows, it saturates; a call
//! that is admitted leaves used plus reserved within every limit. Knows no clock, no database and
//! no caller: the moment and what stands are passed in.

mod decision;
mod limit;
mod money;
mod period;
mod price;

pub use self::{
    decision::{Refusal, admit},
    limit::{Claim, Limit, LimitError, Opening, Standing, Unit},
    money::MicroYen,
    period::{Period, Span},
    price::{Cost, Estimate, Price, Tokens},
};

/// The largest amount of anything that is counted; sums of a few stay within 64 bits.
pub const AMOUNT_MAX: u64 = 2_000_000_000_000_000_000;
