//! The wiring: what each slice is given, and the one router that they make together.

mod answers;
#[cfg(test)]
mod crossing;
mod embedder;
mod generator;
mod telemetry;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{Router, middleware, routing::get};
use kaname_gateway::{DrillJob, Gateway};
use kaname_guard::Guard;
use kaname_identity::{Identity, Token};
use kaname_kernel::{Clock as _, IdSource, Timestamp};
use kaname_knowledge::Knowledge;
use kaname_platform::{
    Blobs, Db, Platform, Secrets, Sequencer, SystemClock, SystemEntropy, Tasks,
    db::MigrationState,
    http::{LayerConfig, around},
    jobs::Workers,
    outbound::{Outbound, PermitMint},
    params,
    telemetry::{MetricsHandle, start_metrics},
};
use kaname_workspace::Workspace;

use crate::{
    after_set_up, assets,
    config::{Config, Database},
    data_dir::DataDir,
    health, models, openapi,
};

/// How long background work may take to end.
const GRACE: Duration = Duration::from_secs(10);

/// The platform of an opened data folder, before any slice.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The platform.
    pub(crate) platform: Platform,
    /// What the migration did.
    pub(crate) migrated: MigrationState,
    data: DataDir,
}

impl Opened {
    /// Opens the data folder and the database and brings the schema up to date.
    pub(crate) async fn new(config: &Config) -> anyhow::Result<Self> {
        let data = DataDir::open(&config.data_dir)?;
        let entropy = Arc::new(SystemEntropy);
        let master_key = data.master_key(&SystemEntropy)?;
        let tasks = Tasks::new();
        let db = match &config.database {
            Database::Sqlite => Db::open_sqlite(&data.database(), &tasks).await,
            Database::Postgres(url) => Db::open_postgres(url).await,
        }
        .context("the database cannot be opened")?;
        let clock = Arc::new(SystemClock);
        let platform = Platform {
            db,
            blobs: Blobs::in_folder(&data.files())?,
            secrets: Secrets::new(&master_key, entropy.clone()),
            tasks,
            ids: IdSource::new(clock.clone(), entropy.clone()),
            clock,
            entropy,
        };
        let migrated = platform
            .db
            .migrate(SystemClock.now())
            .await
            .context("the schema cannot be brought up to date")?;
        Ok(Self { platform, migrated, data })
    }

    /// Ends everything and gives the folder back.
    pub(crate) async fn close(self) {
        self.platform.tasks.stop();
        self.platform.db.close().await;
        self.platform.tasks.shut_down(GRACE).await;
        drop(self.data);
    }
}

/// The schema's version in the data folder, without changing it. 0 where there is none.
pub(crate) async fn schema_version(config: &Config) -> anyhow::Result<i64> {
    if config.database == Database::Sqlite && !config.data_dir.join("kaname.db").exists() {
        return Ok(0);
    }
    let tasks = Tasks::new();
    let db = match &config.database {
        Database::Sqlite => Db::open_sqlite(&config.data_dir.join("kaname.db"), &tasks).await?,
        Database::Postgres(url) => Db::open_postgres(url).await?,
    };
    let mut tx = db.read().await?;
    let row = tx
        .fetch_optional("SELECT MAX(version) AS version FROM schema_migration", params![])
        .await
        .ok()
        .flatten();
    drop(tx);
    db.close().await;
    Ok(row.and_then(|row| row.get::<Option<i64>>("version").ok().flatten()).unwrap_or(0))
}

/// Everything wired together.
#[derive(Debug, Clone)]
pub(crate) struct App {
    /// The platform.
    pub(crate) platform: Platform,
    /// Who is who.
    pub(crate) identity: Identity,
    /// The door to models.
    pub(crate) gateway: Gateway,
    /// Documents.
    pub(crate) knowledge: Knowledge,
    /// Conversations.
    pub(crate) workspace: Workspace,
    metrics: MetricsHandle,
    models_dir: PathBuf,
    started_at: Timestamp,
    opened: Arc<Opened>,
}

impl App {
    /// The data folder.
    pub(crate) fn data_dir(&self) -> &Path {
        self.opened.data.root()
    }

    /// Models and dictionaries.
    pub(crate) fn models_dir(&self) -> &Path {
        &self.models_dir
    }

    /// Milliseconds since the process opened the data folder.
    pub(crate) fn uptime_ms(&self) -> i64 {
        self.platform.now().as_millis() - self.started_at.as_millis()
    }

    /// Opens the data folder and wires every slice.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let opened = Opened::new(config).await?;
        let platform = opened.platform.clone();
        let identity = Identity::new(
            platform.clone(),
            kaname_identity::Config {
                secure_cookies: config.secure_cookies(),
                password_length_min: config.password_length_min,
                ..kaname_identity::Config::default()
            },
        )?;
        let (outbound, mint) = Outbound::new(config.answer_timeout)?;
        let exporter = telemetry::exporter(&platform, &outbound, config)?;
        let gateway = gateway(&platform, outbound, mint, config);
        let gateway = match exporter {
            Some(exporter) => gateway.with_exporter(exporter),
            None => gateway,
        };
        let knowledge = Knowledge::new(
            identity.clone(),
            gateway.clone(),
            config.models_dir.join(models::DICTIONARY).join("dictionary"),
            kaname_knowledge::Config::in_folder(opened.data.index()),
        );
        let workspace = Workspace::new(
            identity.clone(),
            gateway.guard().clone(),
            Arc::new(answers::FromDocuments(knowledge.clone())),
            kaname_workspace::Config::default(),
        );
        let metrics = metrics()?;
        Ok(Self {
            started_at: platform.now(),
            models_dir: config.models_dir.clone(),
            platform,
            identity,
            gateway,
            knowledge,
            workspace,
            metrics,
            opened: Arc::new(opened),
        })
    }

    /// Starts the sequencer and the workers, once what a killed process left has been put right.
    pub(crate) async fn start_background(&self, config: &Config) -> anyhow::Result<()> {
        let alone = config.database == Database::Sqlite;
        let mut handlers = self.knowledge.job_handlers();
        handlers.push(Arc::new(DrillJob::new(self.gateway.clone())));
        handlers.extend(self.gateway.job_handlers(&self.identity));
        let workers = Workers::new(self.platform.clone(), handlers);
        // On PostgreSQL other nodes may be at work: only what is older than any answer is closed.
        let age_ms = if alone { 0 } else { i64::try_from(config.answer_timeout.as_millis())? * 10 };
        self.gateway.guard().close_open_attempts(age_ms).await?;
        self.workspace.close_open_messages(age_ms).await?;
        self.gateway.ensure_embedded_endpoints().await?;
        if alone {
            workers.recover().await?;
        }
        Sequencer::new(self.platform.clone()).start();
        self.prepare_dictionary();
        telemetry::keep_up(&self.platform.tasks, self.metrics.clone());
        self.gateway.start_sweep();
        self.gateway.start_roll_up();
        self.gateway.start_health_probes();
        workers.start(config.workers);
        Ok(())
    }

    /// Compiles the dictionary where only its source is there: two seconds, once per machine.
    fn prepare_dictionary(&self) {
        let folder = self.models_dir.clone();
        self.platform.tasks.spawn("dictionary", async move {
            let built =
                tokio::task::spawn_blocking(move || models::build_dictionary(&folder)).await;
            if let Ok(Err(error)) = built {
                tracing::warn!(error = format!("{error:#}"), "documents cannot be searched");
            }
        });
    }

    /// The one-time token for the first administrator, if there is none yet.
    pub(crate) async fn start_set_up(&self) -> anyhow::Result<Option<Token>> {
        Ok(kaname_identity::start_set_up(&self.platform).await?)
    }

    /// Every route: API, OpenAI's dialect, public ledger, health, and the web app.
    pub(crate) fn router(&self, config: &Config) -> anyhow::Result<Router> {
        let (api, document) = openapi::routes(self).split_for_parts();
        let document: Arc<str> = openapi::finish(document)?.into();
        let metrics = telemetry::Page::new(self.gateway.clone(), self.metrics.clone(), config);
        let platform = self.platform.clone();
        let router = api
            .route("/openapi.json", get(move || async move { openapi::answer(&document) }))
            .route("/metrics", get(telemetry::page).with_state(metrics))
            .route("/healthz", get(|| async { "ok" }))
            .route("/readyz", get(move || health::ready(platform)))
            .fallback(assets::serve)
            .layer(middleware::from_fn_with_state(self.clone(), after_set_up::make_endpoints));
        let layers = LayerConfig {
            body_bytes_max: config.body_bytes_max,
            answer_timeout: config.answer_timeout,
        };
        Ok(around(router, layers))
    }

    /// Ends background work and closes the data folder.
    pub(crate) async fn close(self) {
        let Self { opened, platform, .. } = self;
        platform.tasks.stop();
        platform.db.close().await;
        platform.tasks.shut_down(GRACE).await;
        drop(opened);
    }
}

/// Numbers are counted for the whole process, however many applications it opens.
fn metrics() -> anyhow::Result<MetricsHandle> {
    static STARTED: Mutex<Option<MetricsHandle>> = Mutex::new(None);
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = started.as_ref() {
        return Ok(handle.clone());
    }
    let handle = start_metrics(kaname_gateway::BUCKETS).context("metrics cannot be collected")?;
    Ok(started.insert(handle).clone())
}

/// The gateway with whatever models this process can run itself.
fn gateway(platform: &Platform, outbound: Outbound, mint: PermitMint, config: &Config) -> Gateway {
    let guard = Guard::new(platform.clone(), mint);
    let limits = kaname_gateway::Config {
        metric_endpoints_max: config.telemetry.metric_endpoints_max,
        ..config.gateway
    };
    let gateway = Gateway::new(platform.clone(), guard, outbound, limits);
    let folder = config.models_dir.join(models::EMBEDDING);
    let gateway = match config.prices.clone() {
        Some(prices) => gateway.with_prices(prices),
        None => gateway,
    };
    let gateway = gateway.with_embedder(Arc::new(embedder::LocalEmbedder::in_folder(folder)));
    match generator::from_config(config, &platform.tasks) {
        Some(generator) => gateway.with_generator(Arc::new(generator)),
        None => gateway,
    }
}
