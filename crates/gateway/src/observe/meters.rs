//! Metrics of calls. Every label is of a bounded set: an endpoint's public name up to a cap, then
//! `other`; an operation; an outcome; a stable code of an error.
//!
//! # Source
//!
//! OpenTelemetry GenAI metrics, for names and buckets; see [`super::SCHEMA_URL`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kaname_guard::{Denial, Ended};
use kaname_platform::{http::Fault as _, telemetry::Buckets};
use metrics::{Counter, Gauge, Histogram, SharedString};

use super::error_type;
use crate::{
    breaker::Circuit,
    error::Error,
    model::{Endpoint, EndpointKind},
};

const DURATION: &str = "gen_ai_client_operation_duration_seconds";
const FIRST_CHUNK: &str = "gen_ai_client_operation_time_to_first_chunk_seconds";
const TOKENS: &str = "gen_ai_client_token_usage";

/// The bounds that the conventions advise for durations.
const SECONDS: &[f64] =
    &[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/// The bounds that they advise for the first chunk.
const FIRST_SECONDS: &[f64] =
    &[0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// The bounds that they advise for tokens.
const TOKEN_COUNTS: &[f64] = &[
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// The histograms of the gateway and the bounds of their buckets.
pub const BUCKETS: &[Buckets] =
    &[(DURATION, SECONDS), (FIRST_CHUNK, FIRST_SECONDS), (TOKENS, TOKEN_COUNTS)];

/// What stands for every endpoint beyond the cap.
const OTHER: &str = "other";

/// The series of every endpoint that may be told apart.
#[derive(Debug)]
pub(crate) struct Meters {
    most: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    names: HashMap<String, SharedString>,
    series: HashMap<(String, &'static str), Arc<Series>>,
}

impl Meters {
    /// Tells at most `most` endpoints apart.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, known: Mutex::default() }
    }

    /// The series of `operation` at `endpoint`, or of all that are not told apart.
    pub(crate) fn series(&self, endpoint: &Endpoint, operation: &'static str) -> Arc<Series> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let name = known.name(&endpoint.public_name, self.most);
        let provider = if name.as_ref() == OTHER { OTHER } else { provider_of(endpoint) };
        let key = (name.as_ref().to_owned(), operation);
        let make = || Arc::new(Series::new(name, operation, provider));
        known.series.entry(key).or_insert_with(make).clone()
    }

    /// How the breaker of the endpoint called `name` stands: 0 closed, 1 trying again, 2 open.
    pub(crate) fn breaker(&self, name: &str, circuit: Circuit) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let name = known.name(name, self.most);
        // Breakers of endpoints that are not told apart have no one state.
        if name.as_ref() == OTHER {
            return;
        }
        let state = match circuit {
            Circuit::Closed => 0.0,
            Circuit::HalfOpen => 1.0,
            Circuit::Open => 2.0,
        };
        metrics::gauge!("kaname_gateway_breaker_state", "endpoint" => name).set(state);
    }
}

impl Known {
    fn name(&mut self, name: &str, most: usize) -> SharedString {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        if self.names.len() >= most {
            return SharedString::const_str(OTHER);
        }
        let shared = SharedString::from(Arc::<str>::from(name));
        self.names.insert(name.to_owned(), shared.clone());
        shared
    }
}

/// The metrics of one operation at one endpoint.
pub(crate) struct Series {
    name: SharedString,
    operation: &'static str,
    provider: &'static str,
    under_way: Gauge,
    went_well: Histogram,
    first_chunk: Histogram,
    input: Histogram,
    output: Histogram,
    cost: Counter,
}

impl std::fmt::Debug for Series {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Series").field("endpoint", &self.name).finish_non_exhaustive()
    }
}

impl Series {
    fn new(name: SharedString, operation: &'static str, provider: &'static str) -> Self {
        let labels = [
            ("endpoint", name.clone()),
            ("gen_ai_operation_name", operation.into()),
            ("gen_ai_provider_name", provider.into()),
        ];
        let tokens = |kind: &'static str| {
            let [endpoint, operation, provider] = labels.clone();
            let labels = [endpoint, operation, provider, ("gen_ai_token_type", kind.into())];
            metrics::histogram!(TOKENS, &labels)
        };
        let own = [("endpoint", name.clone()), ("operation", operation.into())];
        Self {
            under_way: metrics::gauge!("kaname_gateway_calls_under_way", &own),
            went_well: metrics::histogram!(DURATION, &labels),
            first_chunk: metrics::histogram!(FIRST_CHUNK, &labels),
            input: tokens("input"),
            output: tokens("output"),
            cost: metrics::counter!("kaname_gateway_cost_micro_yen_total", &own),
            name,
            operation,
            provider,
        }
    }

    /// A call begins.
    pub(crate) fn begun(&self) {
        self.under_way.increment(1.0);
    }

    /// A call ended.
    pub(crate) fn ended(&self, ended: &Ended<'_>, streams: bool) {
        self.under_way.decrement(1.0);
        let took = seconds(ended.took_ms);
        match error_type(ended) {
            None => self.went_well.record(took),
            Some(code) => self.failed(code).record(took),
        }
        if let Some(first) = ended.first_ms.filter(|_| streams) {
            self.first_chunk.record(seconds(first));
        }
        let usage = ended.outcome.usage;
        if let Some(tokens) = usage.prompt_tokens {
            self.input.record(float(tokens));
        }
        if let Some(tokens) = usage.completion_tokens {
            self.output.record(float(tokens));
        }
        if let Some(cost) = ended.cost_micro_yen {
            self.cost.increment(cost);
        }
        let outcome = ended.outcome.kind.as_str();
        metrics::counter!("kaname_gateway_calls_total", "endpoint" => self.name.clone(),
            "operation" => self.operation, "outcome" => outcome)
        .increment(1);
    }

    /// The histogram of calls that ended with `code`: codes are words of this program, some thirty.
    fn failed(&self, code: &'static str) -> Histogram {
        metrics::histogram!(DURATION, "endpoint" => self.name.clone(),
            "gen_ai_operation_name" => self.operation, "gen_ai_provider_name" => self.provider,
            "error_type" => code)
    }

    /// The guard refused a call.
    pub(crate) fn refused(&self, denial: &Denial) {
        for reason in denial.decision.reasons() {
            metrics::counter!("kaname_gateway_refusals_total", "endpoint" => self.name.clone(),
                "operation" => self.operation, "reason" => reason.as_str())
            .increment(1);
        }
        if let Some(exceeded) = &denial.exceeded {
            metrics::counter!("kaname_budget_refusals_total",
                "subject" => exceeded.subject.kind.as_str(), "unit" => exceeded.unit.as_str(),
                "period" => exceeded.period.as_str())
            .increment(1);
        }
    }

    /// A call left this endpoint for another.
    pub(crate) fn failed_over(&self, error: &Error) {
        metrics::counter!("kaname_gateway_failovers_total", "endpoint" => self.name.clone(),
            "error_type" => error.code())
        .increment(1);
    }
}

/// Which provider's telemetry an endpoint's resembles, in the words of the conventions.
pub(super) fn provider_of(endpoint: &Endpoint) -> &'static str {
    let host = endpoint.base_url.as_deref().unwrap_or_default();
    match endpoint.kind {
        EndpointKind::EmbeddedGeneration | EndpointKind::EmbeddedEmbedding => "kaname",
        EndpointKind::OpenaiCompatible if host.contains(".openai.azure.com") => "azure.ai.openai",
        EndpointKind::OpenaiCompatible => "openai",
        EndpointKind::Anthropic => "anthropic",
        EndpointKind::Gemini => "gcp.gemini",
        EndpointKind::Bedrock => "aws.bedrock",
    }
}

fn seconds(ms: i64) -> f64 {
    float(u64::try_from(ms).unwrap_or(0)) / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a count far below 2^53 is exact")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use kaname_guard::{Outcome, OutcomeKind, Usage};
    use kaname_kernel::{IdSource, Label};
    use kaname_testkit::{FixedClock, SeededEntropy};
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::{Capability, Health, HealthState};

    fn endpoint(public_name: String) -> Endpoint {
        let ids = IdSource::new(Arc::new(FixedClock::default()), Arc::new(SeededEntropy::new(5)));
        Endpoint {
            id: ids.next(),
            institution: ids.next(),
            name: String::new(),
            kind: EndpointKind::OpenaiCompatible,
            base_url: None,
            has_api_key: false,
            model: String::new(),
            public_name,
            capabilities: vec![Capability::Chat],
            languages: Vec::new(),
            clearance: Label::default(),
            enabled: true,
            vendor: String::new(),
            operator_country: String::new(),
            hosting_country: String::new(),
            open_weights: false,
            licence: String::new(),
            dialects: Vec::new(),
            region: String::new(),
            context_tokens: None,
            concurrent_max: None,
            price: None,
            cache_seconds: 0,
            created_at_ms: 0,
            health: Health {
                state: HealthState::Unknown,
                checked_at_ms: None,
                detail: String::new(),
            },
        }
    }

    fn one_call(meters: &Meters, endpoint: &Endpoint, outcome: &Outcome) {
        let series = meters.series(endpoint, "chat");
        series.begun();
        let ended = Ended {
            outcome,
            first_ms: Some(40),
            took_ms: 900,
            cost_micro_yen: Some(5),
            answer: b"",
        };
        series.ended(&ended, true);
    }

    fn whole() -> Outcome {
        let usage = Usage::of(100, 20);
        Outcome::completed(usage)
    }

    /// Every value of `label` in `text`.
    fn values<'a>(text: &'a str, label: &str) -> std::collections::BTreeSet<&'a str> {
        let start = format!("{label}=\"");
        text.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn ten_thousand_names_make_no_more_series_than_the_cap() {
        let recorder = with_buckets().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            let meters = Meters::new(20);
            for number in 0..10_000 {
                let endpoint = endpoint(format!("town/{number}"));
                one_call(&meters, &endpoint, &whole());
                let failed = Outcome::fault(OutcomeKind::Failed, "gateway.upstream_timeout");
                one_call(&meters, &endpoint, &failed);
                meters.breaker(&endpoint.public_name, Circuit::Open);
            }
        });
        let text = handle.render();
        let names = values(&text, "endpoint");
        assert_eq!(names.len(), 21, "{names:?}");
        assert!(names.contains(OTHER));
        // Twenty endpoints and the rest, each with a bounded number of series.
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert!(lines < 21 * 140, "{lines} series");
        let all = format!("kaname_gateway_calls_total{{endpoint=\"{OTHER}\"");
        assert!(text.contains(&format!("{all},operation=\"chat\",outcome=\"completed\"}} 9980")));
    }

    fn with_buckets() -> PrometheusBuilder {
        BUCKETS.iter().fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
            let matcher = metrics_exporter_prometheus::Matcher::Full((*name).to_owned());
            builder.set_buckets_for_metric(matcher, bounds).unwrap()
        })
    }

    #[test]
    fn a_call_is_told_in_the_names_of_the_conventions() {
        let recorder = with_buckets().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            let meters = Meters::new(5);
            one_call(&meters, &endpoint("town/one".to_owned()), &whole());
        });
        let text = handle.render();
        let labels =
            "endpoint=\"town/one\",gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\"";
        for line in [
            format!("{DURATION}_bucket{{{labels},le=\"0.64\"}} 0"),
            format!("{DURATION}_bucket{{{labels},le=\"1.28\"}} 1"),
            format!("{FIRST_CHUNK}_bucket{{{labels},le=\"0.04\"}} 1"),
            format!("{TOKENS}_sum{{{labels},gen_ai_token_type=\"input\"}} 100"),
            "kaname_gateway_calls_under_way{endpoint=\"town/one\",operation=\"chat\"} 0".to_owned(),
            "kaname_gateway_cost_micro_yen_total{endpoint=\"town/one\",operation=\"chat\"} 5"
                .to_owned(),
        ] {
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
    }
}
