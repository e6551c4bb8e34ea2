//! Sovereignty and continuity: on whom the institution depends, what stops without them, and drills
//! that try it under real traffic.
//!
//! Shares and figures are sums that the database makes of the calls; what stops is what the choice of
//! endpoints itself says. Nothing here changes which call may go where but a drill's block.

mod ask_checks;
mod checks;
mod concentration;
mod dependence;
mod drill;
mod end_drill;
mod error;
mod exit;
mod figures;
pub(crate) mod http;
mod job;
mod shares;
mod start_drill;
mod store;
mod unserved;
mod ways;

pub(crate) use self::ask_checks::CheckJob;
pub use self::{
    checks::{CheckAnswer, CheckOutcome, CheckQuestion, CheckResult, CheckTally, Checks},
    drill::{Drill, DrillState, Figures, Latency, NewDrill, Report, WithoutAnswer},
    error::ContinuityError,
    exit::{Ability, Exit, ExitOutcome, Exits, NamedEndpoint},
    job::DrillJob,
    shares::{Amounts, Dimension, Group, Layer, LayerShares, Measured, Shares, Shown},
    ways::WayKind,
};

/// Thirty days: how far back shares and exits look when nobody says.
const MONTH_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
