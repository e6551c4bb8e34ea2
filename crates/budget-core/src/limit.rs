//! One limit: how much of what over which time, what a call claims of it, and how that is settled.
//!
//! A budget counts what is used and what is reserved in a stretch of the calendar. A rate per minute
//! is a bucket that drains evenly: its level is kept in 60,000ths, so that a millisecond drains a
//! whole number and nothing is lost by rounding. A limit at once counts the calls under way.

use std::{fmt, str::FromStr};

use crate::{AMOUNT_MAX, Cost, MicroYen, Period};

/// Milliseconds of a minute, and parts of one unit in a bucket's level.
const MINUTE_MS: u64 = 60_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Money; amounts are micro-yen.
    Yen,
    /// Tokens, in and out.
    Tokens,
    /// Calls.
    Requests,
}

/// The text names no unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseUnitError;

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Yen, Self::Tokens, Self::Requests];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yen => "yen",
            Self::Tokens => "tokens",
            Self::Requests => "requests",
        }
    }

    /// How many of the smallest parts make one of what people write.
    pub fn parts(self) -> u64 {
        if self == Self::Yen { MicroYen::PER_YEN } else { 1 }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Unit {
    type Err = ParseUnitError;

    fn from_str(text: &str) -> Result<Self, ParseUnitError> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == text).ok_or(ParseUnitError)
    }
}

/// How much of what over which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    unit: Unit,
    period: Period,
    amount: u64,
}

/// Why there is no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitError {
    /// This unit is not counted over this period.
    Combination,
    /// The amount is larger than can be counted.
    TooLarge,
}

/// What stands against a limit. For a rate per minute `used` is the bucket's level at `changed_at_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Used up.
    pub used: u64,
    /// Held for calls under way.
    pub reserved: u64,
    /// When this was written.
    pub changed_at_ms: i64,
}

/// What a call would take of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// In the smallest parts of the limit's unit.
    pub amount: u64,
    /// What stands once the call is admitted.
    pub standing: Standing,
}

/// When a limit that refuses a call opens for the same call again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opening {
    /// As soon as a call under way ends.
    WhenACallEnds,
    /// At this moment, in milliseconds since the epoch, if nobody else is faster.
    At(i64),
    /// Never: the call alone is larger than the whole limit, or its price is not known.
    Never,
}

impl Limit {
    /// The limit of `amount` (in the smallest parts of `unit`) per `period`.
    ///
    /// # Errors
    ///
    /// Money is not counted by the minute, and only calls are counted at once.
    pub fn new(unit: Unit, period: Period, amount: u64) -> Result<Self, LimitError> {
        let counted = match period {
            Period::AtOnce => unit == Unit::Requests,
            Period::Minute => unit != Unit::Yen,
            Period::Day | Period::Month | Period::FiscalYear => true,
        };
        let most = if period == Period::Minute { AMOUNT_MAX / MINUTE_MS } else { AMOUNT_MAX / 2 };
        if !counted {
            return Err(LimitError::Combination);
        }
        if amount > most { Err(LimitError::TooLarge) } else { Ok(Self { unit, period, amount }) }
    }

    /// What is counted.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Over which time.
    pub fn period(&self) -> Period {
        self.period
    }

    /// How much, in the smallest parts of the unit.
    pub fn amount(&self) -> u64 {
        self.amount
    }

    /// What a call that costs `cost` takes of this unit; `None` when its price is not known.
    fn share(&self, cost: &Cost) -> Option<u64> {
        match self.unit {
            Unit::Yen => cost.money.map(MicroYen::get),
            Unit::Tokens => Some(cost.tokens.min(AMOUNT_MAX)),
            Unit::Requests => Some(1),
        }
    }

    /// Reserves the worst case `cost` at the moment `now_ms`.
    ///
    /// What costs nothing always passes, however little is left.
    ///
    /// # Errors
    ///
    /// When the limit opens again, if the call does not fit.
    pub fn claim(&self, standing: Standing, cost: &Cost, now_ms: i64) -> Result<Claim, Opening> {
        let amount = self.share(cost).ok_or(Opening::Never)?;
        let current = self.at(standing, now_ms);
        if amount == 0 {
            return Ok(Claim { amount, standing: current });
        }
        if amount > self.amount {
            return Err(Opening::Never);
        }
        let after = match self.period {
            Period::Minute => self.pour(current, amount, now_ms)?,
            _ => Standing { reserved: plus(current.reserved, amount), ..current },
        };
        let taken = u128::from(after.used) + u128::from(after.reserved);
        if self.period != Period::Minute && taken > u128::from(self.amount) {
            return Err(self
                .period
                .span(now_ms)
                .map_or(Opening::WhenACallEnds, |span| Opening::At(span.end_ms)));
        }
        Ok(Claim { amount, standing: after })
    }

    /// Puts `amount` into the bucket.
    fn pour(&self, current: Standing, amount: u64, now_ms: i64) -> Result<Standing, Opening> {
        let level = u128::from(current.used) + u128::from(amount) * u128::from(MINUTE_MS);
        let full = u128::from(self.amount) * u128::from(MINUTE_MS);
        if level <= full {
            return Ok(Standing { used: u64::try_from(level).unwrap_or(u64::MAX), ..current });
        }
        let wait_ms = (level - full).div_ceil(u128::from(self.amount.max(1)));
        let wait_ms = i64::try_from(wait_ms).unwrap_or(i64::MAX);
        // With clocks that differ the bucket may have been filled "later" than now.
        Err(Opening::At(current.changed_at_ms.max(now_ms).saturating_add(wait_ms)))
    }

    /// Turns what was claimed into what was spent; `None` gives everything back.
    ///
    /// What was spent counts in full, even where it is more than was claimed.
    #[must_use]
    pub fn settle(
        &self,
        standing: Standing,
        claimed: u64,
        spent: Option<&Cost>,
        now_ms: i64,
    ) -> Standing {
        // A price that nobody knew was never claimed in money.
        let spent = spent.map_or(0, |cost| self.share(cost).unwrap_or(claimed));
        let current = self.at(standing, now_ms);
        match self.period {
            Period::AtOnce => {
                Standing { reserved: current.reserved.saturating_sub(claimed), ..current }
            }
            Period::Minute => {
                let more = spent.saturating_sub(claimed).saturating_mul(MINUTE_MS);
                let less = claimed.saturating_sub(spent).saturating_mul(MINUTE_MS);
                Standing { used: plus(current.used, more).saturating_sub(less), ..current }
            }
            Period::Day | Period::Month | Period::FiscalYear => Standing {
                used: plus(current.used, spent),
                reserved: current.reserved.saturating_sub(claimed),
                ..current
            },
        }
    }

    /// What stands at the moment `now_ms`: a bucket has drained since it was written.
    #[must_use]
    pub fn at(&self, standing: Standing, now_ms: i64) -> Standing {
        let changed_at_ms = standing.changed_at_ms.max(now_ms);
        if self.period != Period::Minute {
            return Standing { changed_at_ms, ..standing };
        }
        let passed =
            u64::try_from(changed_at_ms.saturating_sub(standing.changed_at_ms)).unwrap_or(0);
        let drained = passed.saturating_mul(self.amount);
        Standing { used: standing.used.saturating_sub(drained), changed_at_ms, ..standing }
    }

    /// Used and reserved at the moment `now_ms` as people read them, in the unit's smallest parts.
    pub fn shown(&self, standing: Standing, now_ms: i64) -> (u64, u64) {
        let current = self.at(standing, now_ms);
        match self.period {
            Period::Minute => (current.used.div_ceil(MINUTE_MS), 0),
            _ => (current.used, current.reserved),
        }
    }
}

fn plus(a: u64, b: u64) -> u64 {
    a.saturating_add(b).min(AMOUNT_MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn tokens(tokens: u64) -> Cost {
        Cost { tokens, money: Some(MicroYen::new(tokens * 3)) }
    }

    proptest! {
        /// Whatever is claimed, settled and given back, a budget never holds more than its limit
        /// while calls use no more than they claimed, and in the end only what was spent is left.
        #[test]
        fn a_budget_is_never_overspent(
            limit in 0..2_000_u64, calls in vec((0..300_u64, 0..=100_u64, any::<bool>()), 0..60)
        ) {
            let limit = Limit::new(Unit::Tokens, Period::Day, limit).unwrap();
            let (mut standing, mut open, mut spent) = (Standing::default(), VecDeque::new(), 0);
            for (bound, share, ends) in calls {
                if let Ok(claim) = limit.claim(standing, &tokens(bound), 1) {
                    standing = claim.standing;
                    open.push_back((claim.amount, bound * share / 100));
                }
                prop_assert!(standing.used + standing.reserved <= limit.amount());
                if ends && let Some((claimed, used)) = open.pop_front() {
                    standing = limit.settle(standing, claimed, Some(&tokens(used)), 2);
                    spent += used;
                }
            }
            for (claimed, _) in open {
                standing = limit.settle(standing, claimed, None, 3);
            }
            prop_assert_eq!((standing.used, standing.reserved), (spent, 0));
        }

        /// The obvious model of the bucket: in any stretch of time no more passes than the limit
        /// and what drains meanwhile.
        #[test]
        fn a_rate_lets_no_more_pass_than_it_says(
            amount in 1..50_u64, calls in vec((0..20_000_i64, 1..5_u64), 1..80)
        ) {
            let limit = Limit::new(Unit::Tokens, Period::Minute, amount).unwrap();
            let (mut standing, mut now, mut passed) = (Standing::default(), 0_i64, Vec::new());
            for (wait, size) in calls {
                now += wait;
                match limit.claim(standing, &tokens(size), now) {
                    Ok(claim) => {
                        standing = claim.standing;
                        passed.push((now, size));
                    }
                    Err(Opening::At(at)) => {
                        prop_assert!(at > now);
                        prop_assert!(limit.claim(standing, &tokens(size), at).is_ok());
                        prop_assert!(limit.claim(standing, &tokens(size), at - 1).is_err());
                    }
                    Err(other) => prop_assert!(other == Opening::Never && size > amount),
                }
            }
            for (from, (start, _)) in passed.iter().enumerate() {
                for (until, (end, _)) in passed.iter().enumerate().skip(from) {
                    let sum: u64 = passed[from..=until].iter().map(|(_, size)| size).sum();
                    let drained = u128::try_from(end - start).unwrap() * u128::from(amount);
                    let most = u128::from(amount) * 60_000 + drained;
                    prop_assert!(u128::from(sum) * 60_000 <= most);
                }
            }
        }
    }

    #[test]
    fn calls_at_once_are_counted_until_they_end() {
        let limit = Limit::new(Unit::Requests, Period::AtOnce, 2).unwrap();
        let one = limit.claim(Standing::default(), &tokens(9), 5).unwrap();
        let two = limit.claim(one.standing, &tokens(9), 5).unwrap();
        assert_eq!(limit.claim(two.standing, &tokens(9), 5), Err(Opening::WhenACallEnds));
        let ended = limit.settle(two.standing, two.amount, Some(&tokens(9)), 6);
        assert!(limit.claim(ended, &tokens(9), 6).is_ok());
        assert_eq!(limit.shown(ended, 6), (0, 1));
    }

    #[test]
    fn what_costs_nothing_passes_and_what_has_no_price_does_not() {
        let limit = Limit::new(Unit::Yen, Period::Month, 10).unwrap();
        let spent = Standing { used: 50, ..Standing::default() };
        let free = Cost { tokens: 1, money: Some(MicroYen::ZERO) };
        assert!(limit.claim(spent, &free, 0).is_ok());
        let unpriced = Cost { tokens: 1, money: None };
        assert_eq!(limit.claim(Standing::default(), &unpriced, 0), Err(Opening::Never));
    }

    #[test]
    fn a_call_that_alone_is_too_large_is_told_so_and_a_full_budget_says_when_it_turns() {
        let limit = Limit::new(Unit::Tokens, Period::Day, 100).unwrap();
        assert_eq!(limit.claim(Standing::default(), &tokens(101), 0), Err(Opening::Never));
        let full = Standing { used: 60, reserved: 40, changed_at_ms: 0 };
        let end = Period::Day.span(0).unwrap().end_ms;
        assert_eq!(limit.claim(full, &tokens(1), 0), Err(Opening::At(end)));
    }

    #[test]
    fn a_call_that_used_more_than_it_claimed_counts_in_full() {
        let limit = Limit::new(Unit::Tokens, Period::Day, 100).unwrap();
        let claim = limit.claim(Standing::default(), &tokens(10), 0).unwrap();
        let settled = limit.settle(claim.standing, claim.amount, Some(&tokens(250)), 1);
        assert_eq!((settled.used, settled.reserved), (250, 0));
        let huge = limit.settle(settled, 0, Some(&tokens(u64::MAX / 8)), 1);
        assert_eq!(limit.settle(huge, 0, Some(&tokens(u64::MAX / 8)), 1).used, AMOUNT_MAX);
    }

    #[test]
    fn money_by_the_minute_and_tokens_at_once_are_not_counted() {
        for (unit, period) in [
            (Unit::Yen, Period::Minute),
            (Unit::Yen, Period::AtOnce),
            (Unit::Tokens, Period::AtOnce),
        ] {
            assert_eq!(Limit::new(unit, period, 1), Err(LimitError::Combination));
        }
        assert_eq!(Limit::new(Unit::Yen, Period::Day, u64::MAX), Err(LimitError::TooLarge));
    }

    #[test]
    fn a_clock_that_steps_back_drains_nothing() {
        let limit = Limit::new(Unit::Requests, Period::Minute, 1).unwrap();
        let claim = limit.claim(Standing::default(), &tokens(1), 100_000).unwrap();
        assert_eq!(limit.claim(claim.standing, &tokens(1), 90_000), Err(Opening::At(160_000)));
    }
}
