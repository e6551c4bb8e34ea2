//! What operators see of calls without reading the record: metrics, and spans where a collector is
//! configured. Names are those of OpenTelemetry's GenAI conventions, in one pinned version.
//!
//! Nothing here decides, waits or fails. Labels of metrics come from bounded sets alone; spans hold
//! facts, and content only where the collector is cleared for it.

mod meters;
mod shown;
mod trace;

use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use kaname_guard::{Action, Attempt, Ended, Learned, OutcomeKind, Watch};
use kaname_kernel::{ActId, Label, Timestamp};
use kaname_platform::{
    Platform,
    telemetry::{Exporter, Span, TraceParent},
};

pub use self::{meters::BUCKETS, trace::SCHEMA_URL};
use self::{
    meters::{Meters, Series},
    trace::Draft,
};
use crate::{call::Call, error::Error, gateway::Gateway, model::Endpoint, order::Order};

/// The values of `gen_ai.operation.name` that this gateway knows.
const CHAT: &str = "chat";
const EMBEDDINGS: &str = "embeddings";
/// The operation of putting documents in order; the conventions name none.
const RERANK: &str = "rerank";
pub(crate) const COUNT_TOKENS: &str = "count_tokens";

/// What is known of an order besides what the guard decides on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// The trace that the caller is in.
    pub(crate) trace: Option<TraceParent>,
    /// Whether the answer comes piece by piece.
    pub(crate) streams: bool,
    /// The operation, where the action does not say it.
    pub(crate) operation: Option<&'static str>,
    /// What the model reads, where a collector is cleared for it.
    pub(crate) shown: Option<Arc<str>>,
}

impl Context {
    /// The trace that the headers of a call name.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let trace = text("traceparent").and_then(|it| TraceParent::read(it, text("tracestate")));
        Self { trace, ..Self::default() }
    }
}

/// Counts calls and draws spans of them; clones are one.
#[derive(Debug, Clone)]
pub(crate) struct Observer {
    meters: Arc<Meters>,
    exporter: Option<Exporter>,
    platform: Platform,
}

impl Observer {
    /// Without a collector; metrics tell at most `endpoints_max` endpoints apart.
    pub(crate) fn new(platform: Platform, endpoints_max: usize) -> Self {
        Self { meters: Arc::new(Meters::new(endpoints_max)), exporter: None, platform }
    }

    /// With spans going to `exporter`.
    pub(crate) fn exporting(mut self, exporter: Exporter) -> Self {
        self.exporter = Some(exporter);
        self
    }

    /// What the model reads in `call`, if the collector is cleared for `label`.
    pub(crate) fn shown(&self, call: &Call, label: &Label) -> Option<Arc<str>> {
        self.exporter.as_ref()?.content_goes_to(label)?;
        Some(shown::input(call.neutral().ok()?)?.into())
    }

    /// A call to `endpoint` begins under `attempt`.
    pub(crate) fn begun(
        &self,
        (order, endpoint): (&Order, &Endpoint),
        attempt: &mut Attempt,
        again: bool,
    ) {
        let Some(operation) = operation_of(order) else { return };
        let series = self.meters.series(endpoint, operation);
        let exporter = self.exporter.clone().filter(|_| is_kept(order));
        let draft = exporter.map(|exporter| {
            let mut draft = Draft::begin((order, endpoint), operation, self.platform.now());
            draft.admitted(attempt, again);
            Drafted { draft, exporter }
        });
        series.begun();
        let platform = self.platform.clone();
        let streams = order.context.streams;
        let draft = Mutex::new(draft);
        attempt.watched_by(Arc::new(CallWatch { series, streams, platform, draft }));
    }

    /// The guard did not let a call to `endpoint` pass.
    pub(crate) fn refused(&self, order: &Order, endpoint: &Endpoint, error: &Error) {
        let Error::Guard(kaname_guard::Error::Denied(denial)) = error else { return };
        let Some(operation) = operation_of(order) else { return };
        self.meters.series(endpoint, operation).refused(denial);
        let Some(exporter) = self.exporter.as_ref().filter(|_| is_kept(order)) else { return };
        let now = self.platform.now();
        exporter.send(Draft::begin((order, endpoint), operation, now).refused(denial, now));
    }

    /// A call leaves `endpoint`, which failed, for the next.
    pub(crate) fn failed_over(&self, endpoint: &Endpoint, error: &Error) {
        self.meters.series(endpoint, CHAT).failed_over(error);
    }
}

/// A caller whose own trace is thrown away does not want this part of it either.
fn is_kept(order: &Order) -> bool {
    order.context.trace.as_ref().is_none_or(|trace| trace.sampled)
}

fn operation_of(order: &Order) -> Option<&'static str> {
    order.context.operation.or(match order.action {
        Action::Chat => Some(CHAT),
        Action::Embed => Some(EMBEDDINGS),
        Action::Rerank => Some(RERANK),
        Action::Probe => None,
    })
}

/// A span that is not over, and where it goes.
#[derive(Debug)]
struct Drafted {
    draft: Draft,
    exporter: Exporter,
}

/// One call under way.
#[derive(Debug)]
struct CallWatch {
    series: Arc<Series>,
    streams: bool,
    platform: Platform,
    draft: Mutex<Option<Drafted>>,
}

impl Watch for CallWatch {
    fn learned(&self, what: Learned<'_>) {
        let mut draft = self.draft.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Drafted { draft, .. }) = draft.as_mut() {
            draft.learned(what);
        }
    }

    fn ended(&self, ended: &Ended<'_>) -> Option<String> {
        self.series.ended(ended, self.streams);
        let drafted = self.draft.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Drafted { draft, exporter } = drafted?;
        let now: Timestamp = self.platform.now();
        let whom = exporter.content_goes_to(draft.label()).map(str::to_owned);
        let span: Span = draft.ended(ended, whom.is_some(), now);
        let shows = !span.content.is_empty();
        exporter.send(span);
        whom.filter(|_| shows)
    }
}

/// The stable code of what went wrong, if something did: the value of `error.type`.
fn error_type(ended: &Ended<'_>) -> Option<&'static str> {
    match ended.outcome.kind {
        OutcomeKind::Completed => None,
        kind => Some(ended.outcome.code.unwrap_or(kind.as_str())),
    }
}

/// `act` as the ids of a trace are made of it.
fn id_bytes(act: ActId) -> [u8; 16] {
    act.as_uuid().into_bytes()
}

impl Gateway {
    /// With spans of every call going to `exporter`.
    #[must_use]
    pub fn with_exporter(mut self, exporter: Exporter) -> Self {
        self.observer = self.observer.exporting(exporter);
        self
    }

    /// Writes what is only known at the moment into the metrics: to be called before they are read.
    pub fn refresh_metrics(&self) {
        for (endpoint, circuit) in self.traffic.circuits(self.platform.now()) {
            self.observer.meters.breaker(&endpoint, circuit);
        }
    }
}
