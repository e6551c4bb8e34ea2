//! A circuit breaker: an endpoint that keeps failing is left alone for a while. Pure.

/// Failures in a row that open the circuit.
const FAILURES_TO_OPEN: u32 = 3;
/// The first pause; each further failure doubles it.
const PAUSE_MS: i64 = 2_000;
/// The longest pause.
const PAUSE_MOST_MS: i64 = 60_000;

/// What is known of one endpoint's last calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Breaker {
    failures: u32,
    /// Closed for business until then, once open.
    until_ms: Option<i64>,
    /// Whether the one call that tries again is under way.
    trying: bool,
}

/// How far an endpoint is trusted at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Circuit {
    /// Calls pass.
    Closed,
    /// The pause is over: one call may try.
    HalfOpen,
    /// Left alone.
    Open,
}

impl Breaker {
    /// How it stands at `now_ms`.
    pub(crate) fn circuit(&self, now_ms: i64) -> Circuit {
        match self.until_ms {
            None => Circuit::Closed,
            Some(until) if now_ms >= until && !self.trying => Circuit::HalfOpen,
            Some(_) => Circuit::Open,
        }
    }

    /// A call begins; in a half-open circuit it is the one that tries.
    pub(crate) fn begin(&mut self, now_ms: i64) {
        if self.circuit(now_ms) == Circuit::HalfOpen {
            self.trying = true;
        }
    }

    /// A call went well.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed in a way that speaks against the endpoint.
    pub(crate) fn failed(&mut self, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        self.trying = false;
        if let Some(over) = self.failures.checked_sub(FAILURES_TO_OPEN) {
            let pause = PAUSE_MS.saturating_mul(1 << over.min(10)).min(PAUSE_MOST_MS);
            self.until_ms = Some(now_ms.saturating_add(pause));
        }
    }

    /// Whether it is anything but closed.
    pub(crate) fn is_tripped(&self) -> bool {
        self.until_ms.is_some()
    }

    /// There is reason to think that the endpoint is well again: the pause ends, and the next call
    /// tries. Whether it closes is for that call to say, since a list of models is not an answer.
    pub(crate) fn end_pause(&mut self, now_ms: i64) {
        self.until_ms = self.until_ms.map(|until| until.min(now_ms));
    }

    /// A call ended without saying anything about the endpoint: the caller went away, say.
    pub(crate) fn let_go(&mut self) {
        self.trying = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES_TO_OPEN {
            breaker.failed(0);
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_call_try_after_the_pause() {
        let mut breaker = Breaker::default();
        breaker.failed(0);
        breaker.failed(0);
        assert_eq!(breaker.circuit(0), Circuit::Closed);
        breaker.failed(0);
        assert_eq!(breaker.circuit(PAUSE_MS - 1), Circuit::Open);
        assert_eq!(breaker.circuit(PAUSE_MS), Circuit::HalfOpen);
        breaker.begin(PAUSE_MS);
        assert_eq!(breaker.circuit(PAUSE_MS), Circuit::Open);
        breaker.succeeded();
        assert_eq!(breaker.circuit(PAUSE_MS), Circuit::Closed);
    }

    #[test]
    fn a_failed_try_doubles_the_pause_and_one_that_was_let_go_gives_its_turn_back() {
        let mut breaker = opened();
        breaker.begin(PAUSE_MS);
        breaker.let_go();
        assert_eq!(breaker.circuit(PAUSE_MS), Circuit::HalfOpen);
        breaker.begin(PAUSE_MS);
        breaker.failed(PAUSE_MS);
        assert_eq!(breaker.circuit(3 * PAUSE_MS - 1), Circuit::Open);
        assert_eq!(breaker.circuit(3 * PAUSE_MS), Circuit::HalfOpen);
    }

    #[test]
    fn a_pause_that_ends_early_lets_one_call_try_and_a_closed_circuit_stays_closed() {
        let mut breaker = opened();
        breaker.end_pause(1);
        assert_eq!(breaker.circuit(1), Circuit::HalfOpen);
        breaker.begin(1);
        breaker.end_pause(2);
        assert_eq!(breaker.circuit(2), Circuit::Open);
        breaker.failed(2);
        assert_eq!(breaker.circuit(2 + 2 * PAUSE_MS - 1), Circuit::Open);
        let mut closed = Breaker::default();
        closed.end_pause(1);
        assert!(closed.circuit(1) == Circuit::Closed && !closed.is_tripped());
    }

    proptest! {
        #[test]
        fn a_pause_never_exceeds_its_bound(steps in vec((0_i64..200_000, 0_u8..4), 0..60)) {
            let mut breaker = Breaker::default();
            let mut now = 0_i64;
            for (wait, what) in steps {
                now += wait;
                match what {
                    0 => breaker.begin(now),
                    1 => breaker.succeeded(),
                    2 => breaker.failed(now),
                    _ => breaker.let_go(),
                }
                let mut waiting = breaker;
                waiting.let_go();
                prop_assert_ne!(waiting.circuit(now + PAUSE_MOST_MS), Circuit::Open);
            }
        }
    }
}
