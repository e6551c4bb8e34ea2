//! Percentiles from counts in buckets, so that no call's own time has to be kept or sorted. Pure.
//!
//! A bucket is a whole number rounded down to five significant bits: exact below 32 ms, and then
//! sixteen buckets for each doubling. The middle of a bucket is at most 1/32 (3.2 %) away from any
//! number in it. The database makes the same buckets in `store.rs`.

/// Numbers below this have a bucket each.
const EXACT: i64 = 32;
/// From here on buckets are no longer wider than this, so that the SQL has an end.
const WIDEST: i64 = 1 << 16;

/// How many numbers fall into each bucket, by the lowest number of the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts(Vec<(i64, i64)>);

impl Counts {
    /// Adds a bucket that holds `count` numbers from `low` on.
    pub(crate) fn add(&mut self, low: i64, count: i64) {
        self.0.push((low, count));
    }

    /// What all of these hold together.
    pub(crate) fn together<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        Self(all.flat_map(|one| one.0.iter().copied()).collect())
    }

    /// The number below or at which `percent` of a hundred lie, as the middle of its bucket.
    pub(crate) fn percentile(&mut self, percent: i64) -> Option<i64> {
        self.0.sort_unstable();
        let all: i64 = self.0.iter().map(|(_, count)| count).sum();
        // The nearest rank: the smallest number with that share at or below it.
        let rank = all.saturating_mul(percent).saturating_add(99) / 100;
        let mut passed = 0_i64;
        let found = self.0.iter().find(|(_, count)| {
            passed = passed.saturating_add(*count);
            passed >= rank.max(1)
        });
        found.map(|(low, _)| low + (width(*low) - 1) / 2)
    }
}

/// How many numbers share the bucket that begins at `low`.
fn width(low: i64) -> i64 {
    let mut width = 1;
    while low >= EXACT.saturating_mul(width) && width < WIDEST {
        width *= 2;
    }
    width
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn low(value: i64) -> i64 {
        value - value % width(value)
    }

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
    fn nothing_has_no_percentile() {
        assert_eq!(Counts::default().percentile(50), None);
    }

    proptest! {
        #[test]
        fn a_percentile_is_at_most_a_thirtysecond_away_from_the_exact_one(
            mut values in vec(0_i64..2_000_000, 1..200), percent in 1_i64..=100
        ) {
            let mut counts = Counts::default();
            for value in &values {
                counts.add(low(*value), 1);
            }
            values.sort_unstable();
            let len = i64::try_from(values.len()).unwrap();
            let rank = usize::try_from((len * percent + 99) / 100).unwrap();
            let exact = values[rank - 1];
            let found = counts.percentile(percent).unwrap();
            prop_assert!((found - exact).abs() * 32 <= exact, "{found} for {exact}");
        }
    }
}
