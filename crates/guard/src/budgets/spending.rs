//! What a call holds while it is under way, and what of it is settled for each way of ending.

use kaname_budget_core::{Cost, Estimate, Price, Tokens};
use kaname_platform::{Act, outbound::Target};

use crate::{
    attempt::{Outcome, OutcomeKind, Usage},
    request::{Action, Request},
};

/// Tokens out of a chat call whose caller does not say how many there may be.
const OUTPUT_UNSAID: u64 = 32_768;

/// The bound of a call: what its caller says, or what the guard can tell by itself.
///
/// A token stands for at least one byte of text, so the bytes bound the tokens in. What runs in this
/// process costs nothing; for everything else only the caller knows the price.
pub(crate) fn estimate_of(request: &Request) -> Estimate {
    let price = matches!(request.place.target, Target::Embedded(_)).then_some(Price::FREE);
    let bytes: usize = request.content.iter().map(|(_, value)| value.len()).sum();
    let output = if request.action == Action::Chat { OUTPUT_UNSAID } else { 0 };
    let own = Tokens::new(u64::try_from(bytes).unwrap_or(u64::MAX), output);
    request.estimate.unwrap_or(Estimate { bound: own, price })
}

/// What a call holds.
#[derive(Debug, Clone)]
pub(crate) struct Spending {
    estimate: Estimate,
    said: bool,
    holds: bool,
    unsent: bool,
    noted: Usage,
}

/// What is settled; `None` when all that was reserved is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spent {
    pub(crate) cost: Option<Cost>,
    said: bool,
}

impl Spending {
    pub(crate) fn new(request: &Request, holds: bool) -> Self {
        Self {
            estimate: estimate_of(request),
            said: request.estimate.is_some(),
            holds,
            unsent: false,
            noted: Usage::default(),
        }
    }

    /// Whether anything is reserved.
    pub(crate) fn holds(&self) -> bool {
        self.holds
    }

    /// Nothing was sent, so nothing can have been used.
    pub(crate) fn unsent(&mut self) {
        self.unsent = true;
    }

    /// Notes what was used so far.
    pub(crate) fn note(&mut self, usage: Usage) {
        self.noted = usage.or(self.noted);
    }

    /// What was used, as the end of the call says or as was noted on the way.
    pub(crate) fn known(&self, usage: Usage) -> Usage {
        usage.or(self.noted)
    }

    /// What is settled when the call ends with `outcome` after `answer_bytes` of an answer.
    ///
    /// Whole and broken answers: what is known, else the worst case. Abandoned: what is known, else
    /// the bound of the input and of the text that came. Failed: nothing, unless the endpoint may
    /// charge. Unknown, after the process died: nothing, since nobody knows.
    pub(crate) fn settled(&self, outcome: &Outcome, answer_bytes: usize) -> Spent {
        let known = self.known(outcome.usage);
        let bound = self.estimate.bound;
        let nothing_known = known == Usage::default();
        let came = u64::try_from(answer_bytes).unwrap_or(u64::MAX).min(bound.output);
        let output = match outcome.kind {
            OutcomeKind::Unknown => None,
            OutcomeKind::Failed if nothing_known && !outcome.charged => None,
            OutcomeKind::Abandoned if self.unsent => None,
            OutcomeKind::Abandoned => Some(came),
            OutcomeKind::Completed | OutcomeKind::Broken | OutcomeKind::Failed => {
                Some(bound.output)
            }
        };
        let cost = output.map(|output| {
            let input = known.prompt_tokens.unwrap_or(bound.input);
            let cached_input = known.cached_tokens.unwrap_or_default().min(input);
            let output = known.completion_tokens.unwrap_or(output);
            let tokens = Tokens { input, cached_input, output };
            let worst = known.prompt_tokens.is_none() && known.completion_tokens.is_none();
            let settled = self.estimate.settled(tokens);
            // Without any usage nobody knows what came from the vendor's cache either.
            let money = self.estimate.price.map(|price| price.worst(tokens));
            if worst { Cost { money, ..settled } } else { settled }
        });
        Spent { cost, said: self.said }
    }
}

impl Spent {
    /// What it cost in millionths of a yen, if its caller named a price.
    pub(crate) fn money(&self) -> Option<u64> {
        Some(self.cost.and_then(|cost| cost.money).filter(|_| self.said)?.get())
    }

    /// Says in the act of the outcome what the call cost, if its caller named a price.
    pub(crate) fn describe(&self, act: Act) -> Act {
        match self.money() {
            Some(money) => act.reference("cost_micro_yen", money),
            None => act,
        }
    }
}

impl Usage {
    /// What this knows, and what it does not know from `other`.
    fn or(self, other: Self) -> Self {
        Self {
            prompt_tokens: self.prompt_tokens.or(other.prompt_tokens),
            completion_tokens: self.completion_tokens.or(other.completion_tokens),
            cached_tokens: self.cached_tokens.or(other.cached_tokens),
        }
    }
}

#[cfg(test)]
mod tests {
    use kaname_budget_core::MicroYen;

    use super::*;

    fn spending() -> Spending {
        let price = Price {
            input_per_million: MicroYen::from_yen(1_000_000),
            cached_input_per_million: MicroYen::from_yen(500_000),
            output_per_million: MicroYen::from_yen(10_000_000),
            per_request: MicroYen::ZERO,
        };
        Spending {
            estimate: Estimate::new(100, 50, price),
            said: true,
            holds: true,
            unsent: false,
            noted: Usage::default(),
        }
    }

    fn usage(prompt: Option<u64>, completion: Option<u64>) -> Usage {
        Usage { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: None }
    }

    /// Tokens and yen that are settled.
    fn settled(spending: &Spending, outcome: &Outcome, bytes: usize) -> Option<(u64, u64)> {
        let cost = spending.settled(outcome, bytes).cost?;
        Some((cost.tokens, cost.money.unwrap().get() / MicroYen::PER_YEN))
    }

    #[test]
    fn every_way_of_ending_settles_what_is_known_and_else_the_worst() {
        let known = usage(Some(10), Some(5));
        let none = Usage::default();
        let fault = |kind| Outcome::fault(kind, "gateway.upstream_cut");
        let cases = [
            (Outcome::completed(known), Some((15, 60))),
            (Outcome::completed(Usage { cached_tokens: Some(4), ..known }), Some((15, 58))),
            (Outcome::completed(Usage { cached_tokens: Some(99), ..known }), Some((15, 55))),
            (Outcome::completed(none), Some((150, 600))),
            (Outcome::completed(usage(Some(10), None)), Some((60, 510))),
            (fault(OutcomeKind::Broken), Some((150, 600))),
            (fault(OutcomeKind::Broken).using(known), Some((15, 60))),
            (fault(OutcomeKind::Failed), None),
            (fault(OutcomeKind::Failed).charged(), Some((150, 600))),
            (fault(OutcomeKind::Failed).using(known), Some((15, 60))),
            (Outcome::of(OutcomeKind::Abandoned), Some((107, 170))),
            (Outcome::of(OutcomeKind::Unknown), None),
        ];
        for (outcome, expected) in cases {
            assert_eq!(settled(&spending(), &outcome, 7), expected, "{outcome:?}");
        }
    }

    #[test]
    fn what_was_noted_on_the_way_counts_when_nobody_waits_any_more() {
        let mut on_its_way = spending();
        on_its_way.note(usage(Some(10), None));
        on_its_way.note(usage(None, Some(3)));
        let abandoned = Outcome::of(OutcomeKind::Abandoned);
        assert_eq!(settled(&on_its_way, &abandoned, 999), Some((13, 40)));
        let mut unsent = spending();
        unsent.unsent();
        assert_eq!(settled(&unsent, &abandoned, 0), None);
        assert_eq!(settled(&spending(), &abandoned, 999), Some((150, 600)), "never over the bound");
    }
}
