//! The decision over every limit above a caller: all hold, or the call is refused.

use crate::{Claim, Cost, Limit, Opening, Standing};

/// Which limit refuses a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Its place in the list.
    pub place: usize,
    /// When it opens again.
    pub opening: Opening,
}

/// Claims the worst case `cost` of a call from every limit, or from none.
///
/// Gives one claim per limit, in order. Where several refuse, the one that opens last is named: only
/// then does it make sense to come back.
///
/// # Errors
///
/// The limit that refuses.
pub fn admit(
    limits: &[(Limit, Standing)],
    cost: &Cost,
    now_ms: i64,
) -> Result<Vec<Claim>, Refusal> {
    let mut claims = Vec::with_capacity(limits.len());
    let mut refusal: Option<Refusal> = None;
    for (place, (limit, standing)) in limits.iter().enumerate() {
        match limit.claim(*standing, cost, now_ms) {
            Ok(claim) => claims.push(claim),
            Err(opening) if refusal.is_none_or(|known| known.opening < opening) => {
                refusal = Some(Refusal { place, opening });
            }
            Err(_) => {}
        }
    }
    refusal.map_or(Ok(claims), Err)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{MicroYen, Period, Unit};

    fn any_limit() -> impl Strategy<Value = (Limit, Standing)> {
        let kinds = [
            (Unit::Yen, Period::Day),
            (Unit::Tokens, Period::Month),
            (Unit::Requests, Period::FiscalYear),
            (Unit::Tokens, Period::Minute),
            (Unit::Requests, Period::AtOnce),
        ];
        (0..kinds.len(), 0..20_u64, 0..20_u64, 0..20_u64).prop_map(
            move |(kind, amount, used, reserved)| {
                let (unit, period) = kinds[kind];
                let scale = if period == Period::Minute { 60_000 } else { 1 };
                let standing = Standing { used: used * scale, reserved, changed_at_ms: 7 };
                (Limit::new(unit, period, amount).unwrap(), standing)
            },
        )
    }

    proptest! {
        #[test]
        fn a_call_passes_exactly_when_every_limit_alone_lets_it_pass(
            limits in vec(any_limit(), 0..6), tokens in 0..20_u64, money in 0..20_u64
        ) {
            let cost = Cost { tokens, money: Some(MicroYen::new(money)) };
            let alone: Vec<_> =
                limits.iter().map(|(limit, standing)| limit.claim(*standing, &cost, 7)).collect();
            match admit(&limits, &cost, 7) {
                Ok(claims) => {
                    let expected: Result<Vec<_>, _> = alone.into_iter().collect();
                    prop_assert_eq!(Ok(claims), expected);
                }
                Err(refusal) => {
                    prop_assert_eq!(alone[refusal.place], Err(refusal.opening));
                    let last = alone.into_iter().filter_map(Result::err).max();
                    prop_assert_eq!(Some(refusal.opening), last);
                }
            }
        }
    }
}
