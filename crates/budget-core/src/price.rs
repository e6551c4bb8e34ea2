//! What a call costs: at worst before it is made, and by its tokens once they are known.

use crate::{AMOUNT_MAX, MicroYen};

/// Tokens that prices are stated for.
const PER: u128 = 1_000_000;

/// The tokens of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// All tokens in, those from the vendor's cache included.
    pub input: u64,
    /// Of those, the tokens that came from the vendor's cache.
    pub cached_input: u64,
    /// Tokens out, hidden reasoning included.
    pub output: u64,
}

impl Tokens {
    /// `input` tokens in, none cached, and `output` tokens out.
    pub fn new(input: u64, output: u64) -> Self {
        Self { input, cached_input: 0, output }
    }

    /// All of them.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output).min(AMOUNT_MAX)
    }
}

/// What an endpoint charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// For a million tokens in.
    pub input_per_million: MicroYen,
    /// For a million tokens in that the vendor had in its cache. May be higher than the plain price.
    pub cached_input_per_million: MicroYen,
    /// For a million tokens out.
    pub output_per_million: MicroYen,
    /// For the call itself.
    pub per_request: MicroYen,
}

impl Price {
    /// What runs on the institution's own machine.
    pub const FREE: Self = Self {
        input_per_million: MicroYen::ZERO,
        cached_input_per_million: MicroYen::ZERO,
        output_per_million: MicroYen::ZERO,
        per_request: MicroYen::ZERO,
    };

    /// The price of a call that used `tokens`, rounded up to the next micro-yen.
    pub fn cost(&self, tokens: Tokens) -> MicroYen {
        let cached = tokens.cached_input.min(tokens.input);
        let parts = [
            (tokens.input - cached, self.input_per_million),
            (cached, self.cached_input_per_million),
            (tokens.output, self.output_per_million),
        ];
        // Each product is below 2^125, so the sum of three fits.
        let sum: u128 = parts
            .into_iter()
            .map(|(count, price)| u128::from(count) * u128::from(price.get()))
            .sum();
        let charged = u64::try_from(sum.div_ceil(PER)).unwrap_or(u64::MAX);
        MicroYen::new(charged).plus(self.per_request)
    }

    /// The highest price of a call with at most `bound` tokens, whatever the vendor's cache holds.
    pub fn worst(&self, bound: Tokens) -> MicroYen {
        let plain = Tokens { cached_input: 0, ..bound };
        let cached = Tokens { cached_input: bound.input, ..bound };
        self.cost(plain).max(self.cost(cached))
    }
}

/// What a call uses at most, said before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Tokens at most.
    pub bound: Tokens,
    /// What the endpoint charges; `None` when nobody knows, which no budget in yen lets pass.
    pub price: Option<Price>,
}

impl Estimate {
    /// At most `input` and `output` tokens at `price`.
    pub fn new(input: u64, output: u64, price: Price) -> Self {
        Self { bound: Tokens::new(input, output), price: Some(price) }
    }

    /// At most `input` and `output` tokens at a price that nobody knows.
    pub fn unpriced(input: u64, output: u64) -> Self {
        Self { bound: Tokens::new(input, output), price: None }
    }

    /// What the call costs at worst.
    pub fn worst(&self) -> Cost {
        let money = self.price.map(|price| price.worst(self.bound));
        Cost { tokens: self.bound.total(), money }
    }

    /// What the call costs if it used `tokens`.
    pub fn settled(&self, tokens: Tokens) -> Cost {
        Cost { tokens: tokens.total(), money: self.price.map(|price| price.cost(tokens)) }
    }
}

/// What one call takes from limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Tokens in and out.
    pub tokens: u64,
    /// Money; `None` when the price is not known.
    pub money: Option<MicroYen>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_price() -> impl Strategy<Value = Price> {
        (0..5_000_000_000_u64, 0..5_000_000_000_u64, 0..5_000_000_000_u64, 0..10_000_000_u64)
            .prop_map(|(input, cached, output, request)| Price {
                input_per_million: MicroYen::new(input),
                cached_input_per_million: MicroYen::new(cached),
                output_per_million: MicroYen::new(output),
                per_request: MicroYen::new(request),
            })
    }

    proptest! {
        /// The obvious model: count in millionths of a micro-yen, and round up at the end.
        #[test]
        fn a_cost_is_the_exact_sum_rounded_up(
            price in any_price(), input in 0..4_000_000_u64, part in 0..=100_u64, output in 0..4_000_000_u64
        ) {
            let cached = input * part / 100;
            let tokens = Tokens { input, cached_input: cached, output };
            let exact = u128::from(input - cached) * u128::from(price.input_per_million.get())
                + u128::from(cached) * u128::from(price.cached_input_per_million.get())
                + u128::from(output) * u128::from(price.output_per_million.get());
            let charged = u128::from(price.cost(tokens).get() - price.per_request.get());
            prop_assert!(charged * 1_000_000 >= exact && charged * 1_000_000 < exact + 1_000_000);
        }

        #[test]
        fn whatever_is_used_within_the_bound_costs_no_more_than_the_worst_case(
            price in any_price(), bound in (0..4_000_000_u64, 0..4_000_000_u64),
            share in (0..=100_u64, 0..=100_u64, 0..=100_u64)
        ) {
            let input = bound.0 * share.0 / 100;
            let tokens = Tokens {
                input,
                cached_input: input * share.1 / 100,
                output: bound.1 * share.2 / 100,
            };
            let estimate = Estimate::new(bound.0, bound.1, price);
            prop_assert!(estimate.settled(tokens).money <= estimate.worst().money);
            prop_assert!(estimate.settled(tokens).tokens <= estimate.worst().tokens);
        }
    }

    #[test]
    fn the_largest_numbers_saturate() {
        let most = MicroYen::new(u64::MAX);
        let price = Price {
            input_per_million: most,
            cached_input_per_million: most,
            output_per_million: most,
            per_request: most,
        };
        let tokens = Tokens { input: u64::MAX, cached_input: u64::MAX, output: u64::MAX };
        assert_eq!(price.cost(tokens), most);
        assert_eq!(tokens.total(), AMOUNT_MAX);
    }

    #[test]
    fn one_token_of_anything_priced_is_never_free() {
        let price = Price { input_per_million: MicroYen::new(1), ..Price::FREE };
        assert_eq!(price.cost(Tokens::new(1, 0)), MicroYen::new(1));
        assert_eq!(price.cost(Tokens::default()), MicroYen::ZERO);
    }
}
