//! Logs, metrics and traces of the process; no personal data.
//!
//! Logs and metrics stay on the machine until somebody fetches them. Spans leave it only when the
//! administrator names a collector, and without content unless the administrator asks for that too.

mod exporter;
mod otlp;
mod span;

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Lines for a person.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error with `filter` (as in `info,kaname=debug`).
///
/// Does nothing when a subscriber is set already, as in tests.
pub fn start_logging(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Human => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// A histogram by its name in Prometheus, and the upper bounds of its buckets.
pub type Buckets = (&'static str, &'static [f64]);

/// Starts collecting metrics; the handle renders them for `/metrics`.
///
/// A histogram without bounds in `buckets` would be a summary. Whoever starts this also calls
/// [`MetricsHandle::run_upkeep`] now and then: until then every observation is kept.
pub fn start_metrics(buckets: &[Buckets]) -> Result<PrometheusHandle, BuildError> {
    with_buckets(buckets)?.install_recorder()
}

fn with_buckets(buckets: &[Buckets]) -> Result<PrometheusBuilder, BuildError> {
    buckets.iter().try_fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
        builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), bounds)
    })
}

pub use metrics_exporter_prometheus::PrometheusHandle as MetricsHandle;

pub use self::{
    exporter::Exporter,
    otlp::{Batch, Source},
    span::{Attribute, Span, SpanKind, TraceParent},
};
