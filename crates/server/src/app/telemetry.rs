//! Wires what operators see: the collector that spans go to, and who may read `/metrics`.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use kaname_gateway::{Gateway, SCHEMA_URL};
use kaname_identity::ConsoleCaller;
use kaname_platform::{
    Platform, Tasks,
    http::{Fault, respond},
    outbound::{Collector, Outbound},
    telemetry::{Exporter, MetricsHandle, Source},
};
use subtle::ConstantTimeEq as _;

use crate::config::Config;

/// How often observations that nobody has fetched are counted together.
const UPKEEP: Duration = Duration::from_secs(5);

/// What sends spans, where a collector is configured.
pub(super) fn exporter(
    platform: &Platform,
    outbound: &Outbound,
    config: &Config,
) -> anyhow::Result<Option<Exporter>> {
    let telemetry = &config.telemetry;
    let Some(url) = &telemetry.otlp_traces_url else { return Ok(None) };
    let collector = Collector::new(url, telemetry.otlp_headers.clone())?;
    if let Some(label) = &telemetry.content {
        tracing::warn!(%label, "questions and answers up to this label go to the collector");
    }
    let source = Source {
        service: "kaname".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: uuid_text(platform),
        scope: "kaname.gateway",
        schema_url: SCHEMA_URL,
    };
    let with = (&platform.tasks, outbound.clone());
    Ok(Some(Exporter::start(with, collector, source, telemetry.content.clone())))
}

/// A name for this process that no other has.
fn uuid_text(platform: &Platform) -> String {
    let id: kaname_kernel::ActId = platform.ids.next();
    id.to_string()
}

/// Counts together what was observed, so that it does not pile up where nobody reads `/metrics`.
pub(super) fn keep_up(tasks: &Tasks, metrics: MetricsHandle) {
    let stopping = tasks.stopping();
    tasks.spawn("metrics", async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                _ = ticks.tick() => metrics.run_upkeep(),
                () = stopping.cancelled() => return,
            }
        }
    });
}

/// What `/metrics` is made of, and who may read it.
#[derive(Debug, Clone)]
pub(super) struct Page {
    gateway: Gateway,
    metrics: MetricsHandle,
    token: Option<Arc<str>>,
    is_reachable: bool,
}

impl Page {
    pub(super) fn new(gateway: Gateway, metrics: MetricsHandle, config: &Config) -> Self {
        let token = config.telemetry.metrics_token.as_deref().map(Arc::from);
        Self { gateway, metrics, token, is_reachable: config.is_reachable() }
    }

    /// Whether `request` may read: with the token where there is one, and without one only where
    /// nobody but this machine can reach the server. The console may always.
    fn admits(&self, request: &Request) -> bool {
        if request.extensions().get::<ConsoleCaller>().is_some() {
            return true;
        }
        let Some(token) = &self.token else { return !self.is_reachable };
        let shown = request.headers().get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        shown.is_some_and(|shown| shown.ct_eq(token.as_bytes()).into())
    }
}

/// Why `/metrics` was not shown.
#[derive(Debug, thiserror::Error)]
#[error("the metrics are not open to everybody")]
struct Closed;

impl Fault for Closed {
    fn code(&self) -> &'static str {
        "platform.metrics_closed"
    }

    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }

    fn fix(&self) -> Option<String> {
        let fix =
            "set telemetry.metrics_token_file and send the token as `authorization: Bearer …`";
        Some(fix.to_owned())
    }
}

/// `GET /metrics`.
pub(super) async fn page(State(page): State<Page>, request: Request) -> Response {
    if !page.admits(&request) {
        return respond(&Closed);
    }
    page.gateway.refresh_metrics();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, page.metrics.render()).into_response()
}
