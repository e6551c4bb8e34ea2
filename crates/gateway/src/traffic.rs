//! What this process knows of the traffic to each endpoint: breakers, calls under way, retries left.
//!
//! Kept per process. It only orders and thins the choice among endpoints that the guard would allow
//! anyway, so nothing depends on two nodes agreeing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kaname_kernel::{EndpointId, Timestamp};

use crate::{
    breaker::{Breaker, Circuit},
    model::Endpoint,
};

/// How many retries a process may make before requests have earned any.
const RETRIES_AT_START: u32 = 50;
/// What a retry costs in requests: in the long run at most one retry for five requests.
const REQUESTS_PER_RETRY: u32 = 5;
/// How often the wait for the next probe is doubled.
const PROBE_DOUBLINGS_MAX: u32 = 6;

/// The traffic of one process; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    stations: HashMap<EndpointId, Station>,
    tokens: u32,
}

impl Default for State {
    fn default() -> Self {
        Self { stations: HashMap::new(), tokens: RETRIES_AT_START * REQUESTS_PER_RETRY }
    }
}

#[derive(Debug, Default)]
struct Station {
    /// The endpoint's public name, for the metrics.
    name: String,
    breaker: Breaker,
    running: u32,
    /// Probes in a row that were not answered, and when the next may be made.
    unanswered: u32,
    next_probe_ms: i64,
}

/// Whether a call is the first of its request or tries again elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    First,
    Again,
}

impl Traffic {
    /// How `endpoint` stands at `now`.
    pub(crate) fn circuit(&self, endpoint: EndpointId, now: Timestamp) -> Circuit {
        let state = self.lock();
        let breaker = state.stations.get(&endpoint).map(|station| station.breaker);
        breaker.unwrap_or_default().circuit(now.as_millis())
    }

    /// A call to `endpoint` begins, unless as many run there as may, or no retry is left.
    pub(crate) fn enter(&self, endpoint: &Endpoint, turn: Turn, now: Timestamp) -> Option<Passage> {
        let mut state = self.lock();
        let tokens = match turn {
            Turn::First => {
                (state.tokens.saturating_add(1)).min(RETRIES_AT_START * REQUESTS_PER_RETRY)
            }
            Turn::Again => state.tokens.checked_sub(REQUESTS_PER_RETRY)?,
        };
        let station = state.stations.entry(endpoint.id).or_default();
        if endpoint.concurrent_max.is_some_and(|most| station.running >= most) {
            return None;
        }
        if station.name != endpoint.public_name {
            station.name.clone_from(&endpoint.public_name);
        }
        station.running = station.running.saturating_add(1);
        station.breaker.begin(now.as_millis());
        state.tokens = tokens;
        Some(Passage { traffic: self.clone(), endpoint: endpoint.id, tells: true, verdict: false })
    }

    /// How every endpoint stands that was called, by its public name.
    pub(crate) fn circuits(&self, now: Timestamp) -> Vec<(String, Circuit)> {
        let state = self.lock();
        // What was only probed so far has no name yet, and nobody has called it.
        let all = state.stations.values().filter(|one| !one.name.is_empty());
        all.map(|one| (one.name.clone(), one.breaker.circuit(now.as_millis()))).collect()
    }

    /// Whether `endpoint` rests, or `ails` by its records, and may be probed at `now`.
    pub(crate) fn probe_is_due(&self, endpoint: EndpointId, ails: bool, now: Timestamp) -> bool {
        let state = self.lock();
        let Some(station) = state.stations.get(&endpoint) else { return ails };
        (ails || station.breaker.is_tripped()) && now.as_millis() >= station.next_probe_ms
    }

    /// A probe was answered: the endpoint's rest ends.
    pub(crate) fn probed_well(&self, endpoint: EndpointId, now: Timestamp) {
        let mut state = self.lock();
        let station = state.stations.entry(endpoint).or_default();
        station.unanswered = 0;
        station.next_probe_ms = now.as_millis();
        station.breaker.end_pause(now.as_millis());
    }

    /// A probe was not answered: the next is made after `every`, doubled each time.
    pub(crate) fn probed_badly(&self, endpoint: EndpointId, now: Timestamp, every: Duration) {
        let mut state = self.lock();
        let station = state.stations.entry(endpoint).or_default();
        let doublings = station.unanswered.min(PROBE_DOUBLINGS_MAX);
        let wait =
            i64::try_from(every.as_millis()).unwrap_or(i64::MAX).saturating_mul(1 << doublings);
        station.unanswered = station.unanswered.saturating_add(1);
        station.next_probe_ms = now.as_millis().saturating_add(wait);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, endpoint: EndpointId, change: impl FnOnce(&mut Station)) {
        if let Some(station) = self.lock().stations.get_mut(&endpoint) {
            change(station);
        }
    }
}

/// One call under way; dropped without a verdict it says nothing about the endpoint.
#[derive(Debug)]
pub(crate) struct Passage {
    traffic: Traffic,
    endpoint: EndpointId,
    /// Whether how it goes says anything of how others would.
    tells: bool,
    verdict: bool,
}

impl Passage {
    /// Of a kind that says nothing of other calls: one that is free and bounded apart, say.
    pub(crate) fn untelling(mut self) -> Self {
        self.tells = false;
        self
    }

    /// The endpoint answered as it should.
    pub(crate) fn went_well(mut self) {
        if !self.tells {
            return;
        }
        self.verdict = true;
        self.traffic.change(self.endpoint, |station| station.breaker.succeeded());
    }

    /// The endpoint failed.
    pub(crate) fn went_badly(mut self, now: Timestamp) {
        if !self.tells {
            return;
        }
        self.verdict = true;
        self.traffic.change(self.endpoint, |station| station.breaker.failed(now.as_millis()));
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let verdict = self.verdict;
        self.traffic.change(self.endpoint, |station| {
            station.running = station.running.saturating_sub(1);
            if !verdict {
                station.breaker.let_go();
            }
        });
    }
}
