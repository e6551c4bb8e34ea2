//! Sends spans to the collector that the administrator configured, and to nobody else.
//!
//! A bounded queue and one task: whoever made a span never waits, and what does not fit is dropped
//! and counted. Telemetry may be lost; the ledger may not, and does not pass here. Content leaves
//! only under labels that the collector is cleared for; everything else is cut off before the queue.

use std::{fmt, sync::Arc, time::Duration};

use http::StatusCode;
use http_body_util::{BodyExt as _, Limited};
use kaname_kernel::Label;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    otlp::{Batch, Source, rejected},
    span::Span,
};
use crate::{
    Tasks,
    outbound::{Collector, Outbound},
};

/// Spans that wait at most, without content and with it: content is large.
const QUEUE: usize = 4_096;
const QUEUE_WITH_CONTENT: usize = 256;
/// Spans that are sent together at most.
const BATCH: usize = 512;
/// How long a span waits for others.
const GATHER: Duration = Duration::from_secs(1);
/// How long one delivery may take.
const DELIVERY: Duration = Duration::from_secs(10);
/// Deliveries of one batch at most, and the pause before the second; it doubles.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// The most that is read of the collector's answer.
const ANSWER_MAX: usize = 64 << 10;

/// Why a span was dropped: the values of the label `reason`.
#[derive(Debug, Clone, Copy)]
enum Dropped {
    QueueFull,
    Unreachable,
    Refused,
    Rejected,
}

impl Dropped {
    fn count(self, spans: u64) {
        let reason = match self {
            Self::QueueFull => "queue_full",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
        };
        metrics::counter!("kaname_telemetry_spans_dropped_total", "reason" => reason)
            .increment(spans);
    }
}

/// Takes spans; clones share the queue.
#[derive(Clone)]
pub struct Exporter {
    queue: mpsc::Sender<Span>,
    cleared: Option<Arc<Label>>,
    collector: Arc<str>,
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").field("collector", &self.collector).finish_non_exhaustive()
    }
}

impl Exporter {
    /// Starts the task that sends to `collector` what `source` did. Content leaves under labels that
    /// `cleared` dominates; with `None`, never.
    pub fn start(
        (tasks, outbound): (&Tasks, Outbound),
        collector: Collector,
        source: Source,
        cleared: Option<Label>,
    ) -> Self {
        let places = if cleared.is_some() { QUEUE_WITH_CONTENT } else { QUEUE };
        let (queue, spans) = mpsc::channel(places);
        let name = collector.name().into();
        let stopping = tasks.stopping();
        let line = Line { outbound, collector, source };
        tasks.spawn("telemetry", line.run(spans, stopping));
        Self { queue, cleared: cleared.map(Arc::new), collector: name }
    }

    /// Whom content labelled `label` is shown to, if it may leave at all.
    pub fn content_goes_to(&self, label: &Label) -> Option<&str> {
        self.cleared.as_ref().filter(|cleared| cleared.dominates(label)).map(|_| &*self.collector)
    }

    /// Queues `span`, or drops and counts it. Never waits.
    pub fn send(&self, mut span: Span) {
        if self.content_goes_to(&span.label).is_none() {
            span.content.clear();
        }
        if self.queue.try_send(span).is_err() {
            Dropped::QueueFull.count(1);
        }
    }
}

/// The task's own.
struct Line {
    outbound: Outbound,
    collector: Collector,
    source: Source,
}

impl Line {
    async fn run(self, mut spans: mpsc::Receiver<Span>, stopping: CancellationToken) {
        loop {
            let first = tokio::select! {
                span = spans.recv() => span,
                () = stopping.cancelled() => None,
            };
            let Some(first) = first else { break };
            let mut batch = vec![first];
            let until = Instant::now() + GATHER;
            while batch.len() < BATCH && !stopping.is_cancelled() {
                match timeout_at(until, spans.recv()).await {
                    Ok(Some(span)) => batch.push(span),
                    _ => break,
                }
            }
            self.deliver(batch, &stopping).await;
        }
        // What waits at the end gets one delivery each, and the process's grace bounds them all.
        spans.close();
        let mut rest = Vec::new();
        while spans.recv_many(&mut rest, BATCH).await > 0 {
            self.deliver(std::mem::take(&mut rest), &stopping).await;
        }
    }

    /// Sends `spans`, again if the collector asks for that, and counts what is lost.
    async fn deliver(&self, spans: Vec<Span>, stopping: &CancellationToken) {
        let batch = Batch::of(&self.source, spans);
        let mut pause = PAUSE;
        for attempt in 1..=TRIES {
            match self.post(&batch).await {
                Posted::Taken { rejected } => {
                    let taken = batch.spans().saturating_sub(rejected);
                    metrics::counter!("kaname_telemetry_spans_sent_total").increment(taken);
                    if rejected > 0 {
                        Dropped::Rejected.count(rejected);
                    }
                    return;
                }
                Posted::Refused(status) => {
                    tracing::warn!(http.status = status.as_u16(), "the collector refused spans");
                    return Dropped::Refused.count(batch.spans());
                }
                Posted::Again if attempt < TRIES && !stopping.is_cancelled() => {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => pause *= 2,
                        () = stopping.cancelled() => {}
                    }
                }
                Posted::Again => break,
            }
        }
        tracing::warn!(spans = batch.spans(), "the collector cannot be reached");
        Dropped::Unreachable.count(batch.spans());
    }

    async fn post(&self, batch: &Batch) -> Posted {
        let delivered = async {
            let answer = self.outbound.export(&self.collector, batch).await.ok()?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
            Some((status, body.map(http_body_util::Collected::to_bytes).unwrap_or_default()))
        };
        match tokio::time::timeout(DELIVERY, delivered).await {
            Ok(Some((status, body))) if status.is_success() => {
                Posted::Taken { rejected: rejected(&body).min(batch.spans()) }
            }
            Ok(Some((status, _))) if !may_pass_later(status) => Posted::Refused(status),
            _ => Posted::Again,
        }
    }
}

/// What came of one delivery.
enum Posted {
    Taken { rejected: u64 },
    Refused(StatusCode),
    Again,
}

/// The answers after which OTLP says to try again.
fn may_pass_later(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::telemetry::SpanKind;

    fn span(label: Label) -> Span {
        Span {
            name: "chat".to_owned(),
            kind: SpanKind::Client,
            trace_id: [1; 16],
            span_id: [2; 8],
            parent: None,
            started_ms: 0,
            ended_ms: 0,
            error: None,
            attributes: Vec::new(),
            label,
            content: vec![("gen_ai.input.messages", "ひみつ".to_owned())],
        }
    }

    fn exporter(cleared: Option<Label>) -> (Exporter, mpsc::Receiver<Span>) {
        let (queue, spans) = mpsc::channel(QUEUE);
        let exporter =
            Exporter { queue, cleared: cleared.map(Arc::new), collector: "http://here".into() };
        (exporter, spans)
    }

    #[test]
    fn what_the_queue_cannot_hold_is_dropped_and_counted_and_nobody_waits() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let (exporter, mut spans) = exporter(None);
        metrics::with_local_recorder(&recorder, || {
            (0..QUEUE + 7).for_each(|_| exporter.send(span(Label::default())));
        });
        let counted = "kaname_telemetry_spans_dropped_total{reason=\"queue_full\"} 7";
        assert!(handle.render().contains(counted), "{}", handle.render());
        let waiting = std::iter::from_fn(|| spans.try_recv().ok());
        assert_eq!(waiting.count(), QUEUE);
    }

    #[test]
    fn content_is_cut_off_unless_the_collector_is_cleared_for_the_label() {
        for (cleared, rank, leaves) in [(None, 0, false), (Some(1), 1, true), (Some(1), 2, false)] {
            let (exporter, mut spans) = exporter(cleared.map(Label::of_rank));
            exporter.send(span(Label::of_rank(rank)));
            let sent = spans.try_recv().unwrap();
            assert_eq!(!sent.content.is_empty(), leaves, "{cleared:?} for {rank}");
        }
    }

    #[tokio::test]
    async fn a_collector_that_is_not_there_costs_spans_and_the_end_is_not_held_up() {
        let (outbound, _mint) = Outbound::new(Duration::from_secs(5)).unwrap();
        let collector = Collector::new("http://127.0.0.1:1/v1/traces", HeaderMap::new()).unwrap();
        let tasks = Tasks::new();
        let source = Source {
            service: String::new(),
            version: String::new(),
            instance: String::new(),
            scope: "test",
            schema_url: "",
        };
        let exporter = Exporter::start((&tasks, outbound), collector, source, None);
        exporter.send(span(Label::default()));
        assert!(tasks.shut_down(Duration::from_secs(9)).await, "the exporter went on");
    }
}
