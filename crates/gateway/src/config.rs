//! The bounds that the gateway keeps.

use std::time::Duration;

/// What the administrator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Largest body of a call.
    pub body_bytes_max: usize,
    /// Largest whole answer of an upstream, and the most text kept of a streamed one.
    pub answer_bytes_max: usize,
    /// Most messages, or texts to embed, in one call.
    pub items_max: usize,
    /// Longest silence inside an answer.
    pub idle_timeout: Duration,
    /// Longest time for one call, from the first byte sent to the last received.
    pub call_timeout: Duration,
    /// Most endpoints that metrics tell apart; the rest are counted together.
    pub metric_endpoints_max: usize,
    /// Most bytes of answers that are kept in memory for who asks the same again.
    pub cache_bytes_max: usize,
    /// Whether answers are kept also where the label has a compartment: personal data and the like.
    pub cache_compartments: bool,
    /// Largest file of calls for a batch.
    pub batch_file_bytes_max: usize,
    /// Most calls in one batch.
    pub batch_lines_max: usize,
    /// Most calls of one batch under way at once.
    pub batch_calls_at_once: usize,
    /// Days after which a file and a batch are removed.
    pub batch_retention_days: usize,
    /// Days for which single calls are kept once they are summed up by the hour; 0 for ever.
    pub calls_kept_days: usize,
    /// How often ailing endpoints are asked whether they answer again; 0 for never.
    pub probe_every: Duration,
    /// Whether plain `http` may leave for public addresses. Never without a reason.
    pub allow_insecure: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            body_bytes_max: 8 << 20,
            answer_bytes_max: 32 << 20,
            items_max: 2_048,
            idle_timeout: Duration::from_mins(1),
            call_timeout: Duration::from_mins(15),
            metric_endpoints_max: 100,
            cache_bytes_max: 64 << 20,
            cache_compartments: false,
            batch_file_bytes_max: 64 << 20,
            batch_lines_max: 50_000,
            batch_calls_at_once: 4,
            batch_retention_days: 30,
            calls_kept_days: 400,
            probe_every: Duration::from_secs(15),
            allow_insecure: false,
        }
    }
}
