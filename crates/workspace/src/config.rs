//! What an administrator may set about conversations, with the defaults and their reasons.

use std::time::Duration;

/// The slice's configuration.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Answers on their way at once, over all people; more are told to try again.
    pub answers_at_once_max: usize,
    /// How long one answer may take. A slow machine writes a few tokens a second.
    pub answer_time_max: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { answers_at_once_max: 256, answer_time_max: Duration::from_mins(10) }
    }
}
