//! How concentrated amounts are: shares, and the index that sums their squares. Whole numbers only.

/// The whole in hundredths of a percent, and the index where one holder has everything.
const WHOLE: u128 = 10_000;
/// Totals up to this many bits are squared exactly in 128 bits with room for [`WHOLE`].
const BITS: u32 = 57;

/// The share of `part` in `whole` in hundredths of a percent, rounded; nothing of nothing.
pub(crate) fn share(part: i64, whole: i64) -> Option<u32> {
    let (part, whole) = (positive(part), positive(whole));
    let rounded = (part * WHOLE + whole / 2).checked_div(whole)?;
    u32::try_from(rounded).ok()
}

/// The Herfindahl-Hirschman index of `amounts`: the sum of the squares of their shares in percent,
/// from almost 0 (many small ones) to 10,000 (one has everything), rounded. Nothing of nothing.
///
/// # Source
///
/// U.S. Department of Justice and Federal Trade Commission, Horizontal Merger Guidelines (2010),
/// section 5.3.
pub(crate) fn hhi(amounts: impl IntoIterator<Item = i64>) -> Option<u32> {
    let amounts: Vec<u128> = amounts.into_iter().map(positive).collect();
    let total: u128 = amounts.iter().sum();
    // Beyond what can be squared, the lowest bits of everybody matter no more.
    let surplus = (u128::BITS - total.leading_zeros()).saturating_sub(BITS);
    let (mut total, mut squares) = (0_u128, 0_u128);
    for amount in amounts.into_iter().map(|amount| amount >> surplus) {
        total += amount;
        squares += amount * amount;
    }
    let square = total * total;
    let rounded = (squares * WHOLE + square / 2).checked_div(square)?;
    u32::try_from(rounded).ok()
}

fn positive(amount: i64) -> u128 {
    u128::try_from(amount).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The formula as it is written down, in floating point.
    fn slow(amounts: &[i64]) -> f64 {
        let exact = |amount: i64| f64::from(u32::try_from(amount).unwrap());
        let total: f64 = amounts.iter().map(|amount| exact(*amount)).sum();
        amounts.iter().map(|amount| (100.0 * exact(*amount) / total).powi(2)).sum()
    }

    proptest! {
        #[test]
        fn the_index_is_the_sum_of_the_squares_of_the_shares_in_percent(
            amounts in proptest::collection::vec(0_i64..1_000_000, 1..20)
        ) {
            prop_assume!(amounts.iter().any(|amount| *amount > 0));
            let found = f64::from(hhi(amounts.iter().copied()).unwrap());
            prop_assert!((found - slow(&amounts)).abs() <= 0.500_001);
        }

        #[test]
        fn the_index_stays_between_equal_holders_and_one_holder_however_large_the_amounts(
            amounts in proptest::collection::vec(0_i64..=i64::MAX, 1..40)
        ) {
            prop_assume!(amounts.iter().any(|amount| *amount > 0));
            let found = hhi(amounts.iter().copied()).unwrap();
            let least = 10_000 / u32::try_from(amounts.len()).unwrap();
            prop_assert!(found >= least && found <= 10_000);
        }

        #[test]
        fn the_order_of_the_holders_and_those_who_hold_nothing_do_not_matter(
            amounts in proptest::collection::vec(0_i64..=i64::MAX, 1..20), nothing in 0_usize..5
        ) {
            let mut sorted = amounts.clone();
            sorted.sort_unstable();
            sorted.extend(std::iter::repeat_n(0, nothing));
            prop_assert_eq!(hhi(sorted), hhi(amounts));
        }

        #[test]
        fn one_holder_is_ten_thousand_and_n_equal_holders_are_ten_thousand_by_n(
            amount in 1_i64..=i64::MAX / 128, count in 1_u32..100
        ) {
            let equal = std::iter::repeat_n(amount, usize::try_from(count).unwrap());
            prop_assert_eq!(hhi(equal).unwrap(), (10_000 + count / 2) / count);
        }

        #[test]
        fn two_holders_that_become_one_never_make_it_smaller(
            amounts in proptest::collection::vec(1_i64..1_000_000_000, 2..20)
        ) {
            let merged = std::iter::once(amounts[0] + amounts[1]).chain(amounts[2..].iter().copied());
            prop_assert!(hhi(merged) >= hhi(amounts.iter().copied()));
        }

        #[test]
        fn a_share_is_between_nothing_and_the_whole(part in 0_i64..=i64::MAX, rest in 0_i64..1 << 60) {
            let whole = part.saturating_add(rest);
            prop_assert_eq!(share(part, whole).is_none(), whole == 0);
            prop_assert!(share(part, whole).unwrap_or_default() <= 10_000);
        }
    }

    #[test]
    fn nothing_has_no_index_and_no_share() {
        assert_eq!((hhi([]), hhi([0, 0]), share(0, 0)), (None, None, None));
        assert_eq!((share(1, 3), share(2, 3)), (Some(3_333), Some(6_667)));
    }
}
