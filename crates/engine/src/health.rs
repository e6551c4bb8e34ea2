//! What the engine shows of itself.

use crate::protocol::{ModelFacts, Sandbox, Stats};

/// Where the engine is in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EngineState {
    /// No child runs; the next request starts one.
    #[default]
    Idle,
    /// The model's hash is checked, or the child loads it.
    Starting,
    /// The child answers.
    Ready,
    /// After a crash, the next start waits a moment.
    BackingOff,
    /// The engine is shut down.
    Stopped,
}

/// A snapshot of the engine. Counters of the child begin anew when it is started again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Health {
    /// Where the engine is in its life.
    pub state: EngineState,
    /// The child's process id while it runs.
    pub pid: Option<u32>,
    /// The loaded model.
    pub model: Option<ModelFacts>,
    /// How well the child is locked in.
    pub sandbox: Option<Sandbox>,
    /// Requests that are being decoded.
    pub active: u32,
    /// Requests that wait in the child for a place.
    pub waiting: u32,
    /// Decoding steps so far.
    pub decode_steps: u64,
    /// The most requests that one decoding step served.
    pub max_sequences_in_decode: u32,
    /// Prompt tokens decoded so far.
    pub prompt_tokens: u64,
    /// Tokens generated so far.
    pub completion_tokens: u64,
    /// How often a child was started, over the engine's life.
    pub starts: u64,
    /// How often a child ended unexpectedly, over the engine's life.
    pub crashes: u64,
    /// The latest failure to start or run, in words.
    pub last_failure: Option<String>,
}

impl Health {
    pub(crate) fn apply(&mut self, stats: Stats) {
        self.active = stats.active;
        self.waiting = stats.waiting;
        self.decode_steps = stats.decode_steps;
        self.max_sequences_in_decode = stats.max_sequences_in_decode;
        self.prompt_tokens = stats.prompt_tokens;
        self.completion_tokens = stats.completion_tokens;
    }

    pub(crate) fn child_gone(&mut self, state: EngineState) {
        self.apply(Stats::default());
        self.state = state;
        self.pid = None;
    }
}
