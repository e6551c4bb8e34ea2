//! One call as a span, in the names of OpenTelemetry's GenAI conventions and a few of our own.
//!
//! The trace's id is the id of the request's act, and the span's the tail of the attempt's, so that
//! whoever has a span finds the ledger's entries. Holds no content, no person and no key.

use http::Uri;
use kaname_guard::{Attempt, Denial, Ended, Learned, OutcomeKind};
use kaname_kernel::{ActId, Label, Timestamp};
use kaname_platform::telemetry::{Attribute, Span, SpanKind};

use super::{error_type, id_bytes, meters::provider_of, shown};
use crate::{model::Endpoint, order::Order};

/// The version of OpenTelemetry's semantic conventions whose names are used: the last that holds the
/// GenAI names before they moved to a repository of their own.
pub const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.41.0";

/// Beyond this many bytes a text of content is left out whole.
const CONTENT_MAX: usize = 64 << 10;

/// A span that is not over.
#[derive(Debug)]
pub(crate) struct Draft {
    span: Span,
    streams: bool,
    shown: Option<std::sync::Arc<str>>,
    finish_reason: Option<String>,
    model: Option<String>,
}

impl Draft {
    /// `operation` at `endpoint` begins at `now`.
    pub(crate) fn begin(
        (order, endpoint): (&Order, &Endpoint),
        operation: &'static str,
        now: Timestamp,
    ) -> Self {
        let trace = order.context.trace.clone();
        let label = order.joined_label();
        let text = |value: &str| Attribute::Text(value.to_owned());
        let mut attributes = Vec::with_capacity(28);
        attributes.extend([
            ("gen_ai.operation.name", Attribute::Word(operation)),
            ("gen_ai.provider.name", Attribute::Word(provider_of(endpoint))),
            ("gen_ai.request.model", text(&endpoint.model)),
            ("kaname.endpoint", text(&endpoint.public_name)),
            ("kaname.institution.id", Attribute::Text(order.caller.institution().to_string())),
            ("kaname.label", Attribute::Text(label.to_string())),
            ("kaname.purpose", Attribute::Word(order.purpose.as_str())),
        ]);
        if order.context.streams {
            attributes.push(("gen_ai.request.stream", Attribute::Flag(true)));
        }
        if let Some(route) = order.route {
            attributes.push(("kaname.route.id", Attribute::Text(route.to_string())));
        }
        server(endpoint, &mut attributes);
        let is_near = endpoint.kind.is_embedded();
        let span = Span {
            name: format!("{operation} {}", endpoint.model),
            kind: if is_near { SpanKind::Internal } else { SpanKind::Client },
            trace_id: trace.as_ref().map_or([0; 16], |trace| trace.trace_id),
            span_id: [0; 8],
            parent: trace,
            started_ms: now.as_millis(),
            ended_ms: now.as_millis(),
            error: None,
            attributes,
            label,
            content: Vec::new(),
        };
        let context = &order.context;
        Self {
            span,
            streams: context.streams,
            shown: context.shown.clone(),
            finish_reason: None,
            model: None,
        }
    }

    /// The label of what is sent.
    pub(crate) fn label(&self) -> &Label {
        &self.span.label
    }

    /// The guard let it pass.
    pub(crate) fn admitted(&mut self, attempt: &Attempt, again: bool) {
        self.identify(attempt.request_act(), attempt.attempt_act());
        self.span.set("kaname.attempt.id", Attribute::Text(attempt.attempt_act().to_string()));
        self.span.set("kaname.decision", Attribute::Word("allowed"));
        self.span.set("kaname.failover", Attribute::Flag(again));
    }

    /// The guard did not.
    pub(crate) fn refused(mut self, denial: &Denial, now: Timestamp) -> Span {
        self.identify(denial.request, denial.request);
        let reasons = denial.decision.summary();
        self.span.set("kaname.decision", Attribute::Word("denied"));
        self.span.set("kaname.outcome", Attribute::Word("denied"));
        self.span.set("error.type", Attribute::Text(reasons.clone()));
        self.span.error = Some(reasons);
        self.span.ended_ms = now.as_millis();
        self.span
    }

    fn identify(&mut self, request: ActId, own: ActId) {
        self.span.set("kaname.act.id", Attribute::Text(request.to_string()));
        if self.span.parent.is_none() {
            self.span.trace_id = id_bytes(request);
        }
        // The tail of an id is random; the head is the time, which spans of one trace share.
        self.span.span_id = id_bytes(own).last_chunk().copied().unwrap_or_default();
    }

    /// The answer says something of itself.
    pub(crate) fn learned(&mut self, what: Learned<'_>) {
        match what {
            Learned::FinishReason(reason) => self.finish_reason = Some(reason.to_owned()),
            Learned::Model(model) => self.model = Some(model.to_owned()),
        }
    }

    /// The span, over at `now`; with its content where that may be `shown`.
    pub(crate) fn ended(mut self, ended: &Ended<'_>, shows: bool, now: Timestamp) -> Span {
        let whole = |tokens: u64| Attribute::Whole(i64::try_from(tokens).unwrap_or(i64::MAX));
        let usage = ended.outcome.usage;
        let first = ended.first_ms.filter(|_| self.streams).and_then(|ms| u32::try_from(ms).ok());
        let optional = [
            ("gen_ai.usage.input_tokens", usage.prompt_tokens.map(whole)),
            ("gen_ai.usage.output_tokens", usage.completion_tokens.map(whole)),
            ("gen_ai.response.model", self.model.map(Attribute::Text)),
            (
                "gen_ai.response.finish_reasons",
                self.finish_reason.clone().map(|reason| Attribute::Texts(vec![reason])),
            ),
            (
                "gen_ai.response.time_to_first_chunk",
                first.map(|ms| Attribute::Number(f64::from(ms) / 1_000.0)),
            ),
            ("error.type", error_type(ended).map(Attribute::Word)),
            ("kaname.cost_micro_yen", ended.cost_micro_yen.map(whole)),
            ("kaname.outcome", Some(Attribute::Word(ended.outcome.kind.as_str()))),
        ];
        let known = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        self.span.attributes.extend(known);
        // That nobody waited any more is no fault of the call.
        let is_fault = ended.outcome.kind != OutcomeKind::Abandoned;
        self.span.error = error_type(ended).filter(|_| is_fault).map(str::to_owned);
        self.span.ended_ms = now.as_millis();
        if shows && let Some(input) = self.shown {
            let output = shown::output(ended.answer, self.finish_reason.as_deref());
            let both =
                [("gen_ai.input.messages", input.to_string()), ("gen_ai.output.messages", output)];
            let small = |(_, text): &(&str, String)| text.len() <= CONTENT_MAX;
            self.span.content.extend(both.into_iter().filter(small));
        }
        self.span
    }
}

/// Where the endpoint is: host and port, never the path.
fn server(endpoint: &Endpoint, attributes: &mut Vec<(&'static str, Attribute)>) {
    let uri = endpoint.base_url.as_deref().and_then(|url| url.parse::<Uri>().ok());
    let Some((uri, host)) = uri.as_ref().and_then(|uri| Some((uri, uri.host()?))) else { return };
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let port = uri.port_u16().unwrap_or(usual);
    attributes.push(("server.address", Attribute::Text(host.to_owned())));
    attributes.push(("server.port", Attribute::Whole(port.into())));
}
