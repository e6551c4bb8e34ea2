//! Periods of Japanese administration: days, months and fiscal years, at midnight in Japan.
//!
//! Japan Standard Time is nine hours ahead of UTC and knows no summer time; a fiscal year runs from
//! 1 April to 31 March (Public Finance Act, art. 11; Local Autonomy Act, art. 208).

use std::{fmt, str::FromStr};

use time::{Date, Month};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far Japan is ahead of UTC.
const JAPAN_MS: i64 = 9 * HOUR_MS;
/// The Julian day of 1 January 1970.
const EPOCH_JULIAN_DAY: i32 = 2_440_588;
/// 1 January 9000: later moments count as this one, so that no date runs out of range.
const LATEST_MS: i64 = 221_845_392_000_000;

/// Over which time a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// At any one moment: calls under way.
    AtOnce,
    /// A minute that slides: what is used drains evenly.
    Minute,
    /// A day (日).
    Day,
    /// A month (月).
    Month,
    /// A fiscal year (年度), from 1 April.
    FiscalYear,
}

/// The text names no period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsePeriodError;

/// From `start_ms` to just before `end_ms`, in milliseconds since the epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub start_ms: i64,
    /// The first moment after.
    pub end_ms: i64,
}

impl Period {
    /// Every period, shortest first.
    pub const ALL: [Self; 5] =
        [Self::AtOnce, Self::Minute, Self::Day, Self::Month, Self::FiscalYear];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Minute => "minute",
            Self::Day => "day",
            Self::Month => "month",
            Self::FiscalYear => "fiscal_year",
        }
    }

    /// Whether it is a rate: not a stretch of the calendar that ends at a fixed moment.
    pub fn is_rate(self) -> bool {
        matches!(self, Self::AtOnce | Self::Minute)
    }

    /// The stretch of the calendar around the moment `at_ms`; `None` for a rate.
    pub fn span(self, at_ms: i64) -> Option<Span> {
        let day = date_of(at_ms)?;
        let (start, end) = match self {
            Self::AtOnce | Self::Minute => return None,
            Self::Day => (day, day.next_day()?),
            Self::Month => {
                let first = day.replace_day(1).ok()?;
                (first, first_of_next_month(first)?)
            }
            Self::FiscalYear => {
                let before_april = u8::from(day.month()) < u8::from(Month::April);
                let year = day.year() - i32::from(before_april);
                (first_of_april(year)?, first_of_april(year.checked_add(1)?)?)
            }
        };
        Some(Span { start_ms: midnight_ms(start), end_ms: midnight_ms(end) })
    }
}

/// The date in Japan at the moment `at_ms`.
fn date_of(at_ms: i64) -> Option<Date> {
    let days = (at_ms.clamp(0, LATEST_MS) + JAPAN_MS).div_euclid(DAY_MS);
    Date::from_julian_day(EPOCH_JULIAN_DAY.checked_add(i32::try_from(days).ok()?)?).ok()
}

/// When `date` begins in Japan.
fn midnight_ms(date: Date) -> i64 {
    i64::from(date.to_julian_day() - EPOCH_JULIAN_DAY) * DAY_MS - JAPAN_MS
}

fn first_of_next_month(first: Date) -> Option<Date> {
    let year =
        if first.month() == Month::December { first.year().checked_add(1)? } else { first.year() };
    Date::from_calendar_date(year, first.month().next(), 1).ok()
}

fn first_of_april(year: i32) -> Option<Date> {
    Date::from_calendar_date(year, Month::April, 1).ok()
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, ParsePeriodError> {
        Self::ALL.into_iter().find(|period| period.as_str() == text).ok_or(ParsePeriodError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The obvious model: walk day by day from 1 January 1970, with the lengths of the months.
    fn walk(at_ms: i64) -> (i32, u8, u8, i64) {
        let (mut year, mut month, mut day) = (1970_i32, 1_u8, 1_u8);
        let mut midnight = -JAPAN_MS;
        while at_ms >= midnight + DAY_MS {
            midnight += DAY_MS;
            day += 1;
            if day > length(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        (year, month, day, midnight)
    }

    fn length(year: i32, month: u8) -> u8 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// 2026-04-01T00:00:00Z, nine in the morning in Japan.
    const APRIL_FIRST: i64 = 1_775_001_600_000;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn spans_agree_with_a_walk_through_the_calendar(at_ms in 0..4_200_000_000_000_i64) {
            let (year, month, day, midnight) = walk(at_ms);
            let today = Period::Day.span(at_ms).unwrap();
            prop_assert_eq!((today.start_ms, today.end_ms), (midnight, midnight + DAY_MS));
            let first = midnight - i64::from(day - 1) * DAY_MS;
            let this_month = Period::Month.span(at_ms).unwrap();
            let end = first + i64::from(length(year, month)) * DAY_MS;
            prop_assert_eq!((this_month.start_ms, this_month.end_ms), (first, end));
            let fiscal = Period::FiscalYear.span(at_ms).unwrap();
            let begun = walk(fiscal.start_ms);
            let asked = if month < 4 { year - 1 } else { year };
            prop_assert_eq!((begun.0, begun.1, begun.2, begun.3), (asked, 4, 1, fiscal.start_ms));
            let ended = walk(fiscal.end_ms);
            prop_assert_eq!((ended.0, ended.1, ended.2, ended.3), (asked + 1, 4, 1, fiscal.end_ms));
        }

        #[test]
        fn a_moment_lies_in_its_span_and_the_next_span_begins_where_this_ends(at_ms in 0..i64::MAX) {
            for period in [Period::Day, Period::Month, Period::FiscalYear] {
                let span = period.span(at_ms).unwrap();
                let at_ms = at_ms.min(LATEST_MS);
                prop_assert!(span.start_ms <= at_ms && at_ms < span.end_ms);
                if span.end_ms < LATEST_MS {
                    prop_assert_eq!(period.span(span.end_ms).unwrap().start_ms, span.end_ms);
                }
            }
        }
    }

    #[test]
    fn a_fiscal_year_turns_at_midnight_in_japan_on_the_first_of_april() {
        let turn = APRIL_FIRST - JAPAN_MS;
        let before = Period::FiscalYear.span(turn - 1).unwrap();
        let after = Period::FiscalYear.span(turn).unwrap();
        assert_eq!(before.end_ms, turn);
        assert_eq!(after.start_ms, turn);
        assert_eq!(after.end_ms - after.start_ms, 365 * DAY_MS);
    }

    #[test]
    fn every_period_is_read_back_from_its_name() {
        for period in Period::ALL {
            assert_eq!(period.as_str().parse(), Ok(period));
        }
        assert_eq!("year".parse::<Period>(), Err(ParsePeriodError));
        assert_eq!(Period::Minute.span(0), None);
    }
}
