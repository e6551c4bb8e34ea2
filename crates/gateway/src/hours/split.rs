//! A time cut into whole hours, which are read from their lines, and what is left at its ends, which is
//! read call by call. Pure.

use kaname_kernel::InstitutionId;
use kaname_platform::{db::Value, params};

/// An hour.
pub(crate) const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Where the calls of a time are read from. What is not rolled up is always read call by call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    since_ms: i64,
    until_ms: i64,
    /// The hours whose lines are read.
    hours: (i64, i64),
    /// What lies before them.
    head: (i64, i64),
    /// Where begins what lies behind them.
    tail_ms: i64,
}

impl Split {
    /// From `since_ms` until before `until_ms`, of which single calls that were rolled up are there
    /// from `kept_from_ms` on. Of an hour that cannot be cut any more all counts when it began.
    pub(crate) fn by_hour((since_ms, until_ms): (i64, i64), kept_from_ms: i64) -> Self {
        let from = next_hour(since_ms);
        let last = hour_of(until_ms);
        let to = if last < kept_from_ms { next_hour(until_ms) } else { last };
        if from >= to {
            return Self::by_call((since_ms.max(kept_from_ms), until_ms)).since(since_ms);
        }
        Self {
            since_ms,
            until_ms,
            hours: (from, to),
            head: (since_ms.max(kept_from_ms), from),
            tail_ms: to.max(kept_from_ms),
        }
    }

    /// The same, all of it read call by call.
    pub(crate) fn by_call((since_ms, until_ms): (i64, i64)) -> Self {
        let (hours, head) = ((until_ms, until_ms), (since_ms, until_ms));
        Self { since_ms, until_ms, hours, head, tail_ms: until_ms }
    }

    /// What is not rolled up from `since_ms` on, too.
    fn since(self, since_ms: i64) -> Self {
        Self { since_ms, ..self }
    }

    /// Only what is read call by call.
    pub(crate) fn without_hours(self) -> Self {
        Self { hours: (0, 0), ..self }
    }

    /// The hours whose lines are read: from the first until before the second.
    pub(crate) fn hours(&self) -> (i64, i64) {
        self.hours
    }

    /// `$1` to `$8` of `counted!`, for `institution`.
    pub(crate) fn bind(&self, institution: InstitutionId) -> Vec<Value> {
        let (hours, head) = (self.hours, self.head);
        params![
            institution,
            self.since_ms,
            self.until_ms,
            head.0,
            head.1,
            self.tail_ms,
            hours.0,
            hours.1
        ]
    }
}

/// The beginning of the hour in which `ms` lies.
pub(super) fn hour_of(ms: i64) -> i64 {
    ms.saturating_sub(ms.rem_euclid(HOUR_MS))
}

/// The first beginning of an hour at or after `ms`.
fn next_hour(ms: i64) -> i64 {
    hour_of(ms.saturating_add(HOUR_MS - 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How often the statement counts a call that began at `at`.
    fn counted(split: &Split, at: i64, is_rolled: bool) -> usize {
        let within = |from: i64, to: i64| at >= from && at < to;
        let hour = hour_of(at);
        let ways = [
            is_rolled && hour >= split.hours.0 && hour < split.hours.1,
            !is_rolled && within(split.since_ms, split.until_ms),
            is_rolled && within(split.head.0, split.head.1),
            is_rolled && within(split.tail_ms, split.until_ms),
        ];
        ways.into_iter().filter(|way| *way).count()
    }

    proptest! {
        #[test]
        fn each_call_in_the_time_is_counted_once_and_no_other_ever(
            since in 0..6 * HOUR_MS, span in 1..6 * HOUR_MS, at in 0..12 * HOUR_MS, is_rolled: bool
        ) {
            let (span, inside) = ((since, since + span), at >= since && at < since + span);
            let expected = usize::from(inside);
            prop_assert_eq!(counted(&Split::by_hour(span, 0), at, is_rolled), expected);
            prop_assert_eq!(counted(&Split::by_call(span), at, is_rolled), expected);
        }

        #[test]
        fn where_single_calls_are_gone_whole_hours_count_by_when_they_began(
            since in 0..6 * HOUR_MS, span in 1..6 * HOUR_MS, at in 0..12 * HOUR_MS, kept in 0_i64..12
        ) {
            let (span, kept) = ((since, since + span), kept * HOUR_MS);
            let began = if at < kept { hour_of(at) } else { at };
            let expected = usize::from(began >= span.0 && began < span.1);
            let split = Split::by_hour(span, kept);
            // A call that is gone has no row any more.
            let rows = Split { head: (split.head.0.max(kept), split.head.1), ..split };
            prop_assert_eq!(rows, split, "nothing is read from where rows may be half gone");
            prop_assert_eq!(counted(&split, at, true), expected);
        }
    }

    #[test]
    fn a_time_that_has_no_end_is_cut_all_the_same() {
        let split = Split::by_hour((i64::MIN, i64::MAX), 0);
        assert!(split.hours.0 < split.hours.1);
        assert_eq!(split.without_hours().hours(), (0, 0));
    }
}
