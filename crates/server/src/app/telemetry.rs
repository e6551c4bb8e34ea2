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

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt as _;

    use super::*;
    use crate::app::App;

    const TOKEN: &str = "sixteen-or-more-letters";

    /// What `/metrics` answers to who shows `shown`, on a server with these variables.
    async fn answer(variables: &[(&str, &str)], shown: Option<&str>) -> (u16, String) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let environment = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            let found = found.map(|(_, value)| (*value).to_owned());
            found.or_else(|| (name == "KANAME_DATA_DIR").then(|| data.clone()))
        };
        let config = Config::from_sources(None, &environment).unwrap();
        let app = App::open(&config).await.unwrap();
        let mut request = Request::get("/metrics");
        if let Some(shown) = shown {
            request = request.header("authorization", format!("Bearer {shown}"));
        }
        let router = app.router(&config).unwrap();
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        app.close().await;
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn metrics_are_open_only_where_nobody_else_can_reach_the_server() {
        assert_eq!(answer(&[], None).await.0, 200);
        let behind = [("KANAME_BEHIND_PROXY", "true")];
        let (status, problem) = answer(&behind, None).await;
        assert_eq!(status, 401);
        assert!(problem.contains("platform.metrics_closed"), "{problem}");
        assert!(problem.contains("telemetry.metrics_token_file"), "{problem}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn with_a_token_it_must_be_shown_everywhere() {
        let variables = [("KANAME_BEHIND_PROXY", "true"), ("KANAME_METRICS_TOKEN", TOKEN)];
        assert_eq!(answer(&variables, Some(TOKEN)).await.0, 200);
        assert_eq!(answer(&variables, Some("another-of-the-length.")).await.0, 401);
        assert_eq!(answer(&variables, None).await.0, 401);
        assert_eq!(answer(&variables[1..], None).await.0, 401);
    }
}
