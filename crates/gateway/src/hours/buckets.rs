//! Percentiles from counts in buckets, so that no call's own time has to be kept or sorted. Pure.
//!
//! A bucket is a whole number rounded down to five significant bits: exact below 32 ms, and then
//! sixteen buckets for each doubling. The middle of a bucket is at most 1/32 (3.2 %) away from any
//! number in it. The database makes the same buckets of single calls in `usage/times.rs`.

use std::{collections::BTreeMap, fmt};

/// Numbers below this have a bucket each.
const EXACT: i64 = 32;
/// From here on buckets are no longer wider than this, so that the SQL has an end.
const WIDEST: i64 = 1 << 16;

/// How many numbers fall into each bucket, by the lowest number of the bucket.
///
/// As text: `120 128*3`, one number in the bucket from 120 on and three in that from 128 on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts(BTreeMap<i64, i64>);

impl Counts {
    /// Adds `count` numbers of the bucket in which `value` lies.
    pub(crate) fn add(&mut self, value: i64, count: i64) {
        let held = self.0.entry(low(value)).or_default();
        *held = held.saturating_add(count);
    }

    /// Adds what `other` holds.
    pub(crate) fn join(&mut self, other: &Self) {
        for (low, count) in &other.0 {
            self.add(*low, *count);
        }
    }

    /// Adds what a text holds; several after one another are as good as one. None if it is not such.
    pub(crate) fn add_text(&mut self, text: &str) -> Option<()> {
        for entry in text.split_ascii_whitespace() {
            let (value, count) = entry.split_once('*').unwrap_or((entry, "1"));
            self.add(value.parse().ok()?, count.parse().ok()?);
        }
        Some(())
    }

    /// The number below or at which `percent` of a hundred lie, as the middle of its bucket.
    pub(crate) fn percentile(&self, percent: i64) -> Option<i64> {
        let all: i64 = self.0.values().sum();
        // The nearest rank: the smallest number with that share at or below it.
        let rank = all.saturating_mul(percent).saturating_add(99) / 100;
        let mut passed = 0_i64;
        let found = self.0.iter().find(|(_, count)| {
            passed = passed.saturating_add(**count);
            passed >= rank.max(1)
        });
        found.map(|(low, _)| low + (width(*low) - 1) / 2)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (low, count)) in self.0.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            match count {
                1 => write!(f, "{gap}{low}")?,
                _ => write!(f, "{gap}{low}*{count}")?,
            }
        }
        Ok(())
    }
}

/// The lowest number of the bucket in which `value` lies.
fn low(value: i64) -> i64 {
    value - value % width(value)
}

/// How many numbers share the bucket in which `value` lies.
fn width(value: i64) -> i64 {
    let mut width = 1;
    while value >= EXACT.saturating_mul(width) && width < WIDEST {
        width *= 2;
    }
    width
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn buckets_are_exact_below_32_and_double_in_width_with_every_doubling() {
        let widths = [(0, 1), (31, 1), (32, 2), (63, 2), (64, 4), (1_024, 64), (900_000, 32_768)];
        for (value, expected) in widths {
            assert_eq!(width(value), expected, "{value}");
            assert_eq!(width(low(value)), expected, "{value}");
        }
        assert_eq!(width(i64::MAX), WIDEST);
    }

    #[test]
    fn nothing_has_no_percentile_and_what_is_no_text_of_counts_is_told() {
        assert_eq!(Counts::default().percentile(50), None);
        let mut counts = Counts::default();
        assert_eq!(counts.add_text("120 129*3"), Some(()));
        assert_eq!(counts.to_string(), "120 128*3");
        assert_eq!(["12*", "*3", "a", "1.5"].map(|text| counts.add_text(text)), [None; 4]);
    }

    proptest! {
        #[test]
        fn a_percentile_is_at_most_a_thirtysecond_away_from_the_exact_one(
            mut values in vec(0_i64..2_000_000, 1..200), percent in 1_i64..=100
        ) {
            let mut counts = Counts::default();
            for value in &values {
                counts.add(*value, 1);
            }
            values.sort_unstable();
            let len = i64::try_from(values.len()).unwrap();
            let rank = usize::try_from((len * percent + 99) / 100).unwrap();
            let exact = values[rank - 1];
            let found = counts.percentile(percent).unwrap();
            prop_assert!((found - exact).abs() * 32 <= exact, "{found} for {exact}");
        }

        #[test]
        fn texts_hold_all_and_can_be_put_behind_one_another(
            one in vec(-9_i64..2_000_000, 0..50), other in vec(-9_i64..2_000_000, 0..50)
        ) {
            let counts = |values: &[i64]| {
                let mut counts = Counts::default();
                for value in values {
                    counts.add(*value, 1);
                }
                counts
            };
            let mut together = Counts::default();
            let text = format!("{} {}", counts(&one), counts(&other));
            together.add_text(&text).unwrap();
            prop_assert_eq!(&together, &counts(&[one.as_slice(), &other].concat()));
            let mut joined = counts(&one);
            joined.join(&counts(&other));
            prop_assert_eq!(joined, together);
        }
    }
}
