//! Money in millionths of a yen, so that the price of one token is a whole number.

use std::fmt;

use crate::AMOUNT_MAX;

/// An amount of money in micro-yen: 1 yen is 1,000,000. At most [`AMOUNT_MAX`]; sums saturate there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MicroYen(u64);

impl MicroYen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Micro-yen in one yen.
    pub const PER_YEN: u64 = 1_000_000;

    /// `amount` micro-yen.
    pub const fn new(amount: u64) -> Self {
        Self(if amount > AMOUNT_MAX { AMOUNT_MAX } else { amount })
    }

    /// `yen` whole yen.
    pub const fn from_yen(yen: u64) -> Self {
        Self::new(yen.saturating_mul(Self::PER_YEN))
    }

    /// The number of micro-yen.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The sum, which saturates.
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self::new(self.0.saturating_add(more.0))
    }
}

impl fmt::Display for MicroYen {
    /// Yen, with as many decimals as are needed: `12`, `0.0015`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yen, rest) = (self.0 / Self::PER_YEN, self.0 % Self::PER_YEN);
        if rest == 0 {
            return write!(f, "{yen}");
        }
        let decimals = format!("{rest:06}");
        write!(f, "{yen}.{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yen_are_written_without_needless_decimals() {
        let shown = [12_000_000, 1_500, 1, 0, 1_000_001].map(|n| MicroYen::new(n).to_string());
        assert_eq!(shown, ["12", "0.0015", "0.000001", "0", "1.000001"]);
    }

    #[test]
    fn sums_saturate_instead_of_wrapping() {
        let most = MicroYen::new(u64::MAX);
        assert_eq!(most.get(), AMOUNT_MAX);
        assert_eq!(most.plus(most), most);
        assert_eq!(MicroYen::from_yen(u64::MAX), most);
    }
}
