//! Configuration: a TOML file and the environment, turned once into typed values.
//!
//! The only place that reads the environment. Every fault is collected with its key, so that an
//! administrator mends the file in one go; each value remembers where it came from.

mod faults;
mod prices;
mod raw;
mod telemetry;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use kaname_engine::ModelDigest;
use kaname_gateway::{Language, Prices};
use kaname_ledger_core::VerifyingKey;

use self::{faults::Collector, raw::Raw};
pub(crate) use self::{faults::ConfigError, prices::signed as signed_prices, telemetry::Telemetry};

/// Where a value came from, for `kaname config check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// Key path in the file.
    pub(crate) key: &'static str,
    /// The value, secrets left out.
    pub(crate) value: String,
    /// `default`, `file` or the name of an environment variable.
    pub(crate) source: String,
}

/// Where records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// `kaname.db` in the data folder.
    Sqlite,
    /// A PostgreSQL server.
    Postgres(String),
}

/// Certificate and key of the server itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tls {
    /// PEM file with the certificate chain.
    pub(crate) certificate: PathBuf,
    /// PEM file with the private key.
    pub(crate) key: PathBuf,
}

/// A model file that the embedded engine runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EngineModel {
    /// The GGUF file.
    pub(crate) path: PathBuf,
    /// The hash that it must have.
    pub(crate) sha256: ModelDigest,
    /// The languages that it can be trusted with, as the administrator judged.
    pub(crate) languages: Vec<Language>,
}

/// What is in force.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// This program, to be run again as the engine's child.
    pub(crate) program: PathBuf,
    /// Address that the server listens on.
    pub(crate) listen: SocketAddr,
    /// Own certificate, if the server speaks TLS itself.
    pub(crate) tls: Option<Tls>,
    /// Whether a proxy in front speaks TLS.
    pub(crate) behind_proxy: bool,
    /// Largest body of a request.
    pub(crate) body_bytes_max: usize,
    /// Time until the head of an answer.
    pub(crate) answer_timeout: Duration,
    /// The data folder.
    pub(crate) data_dir: PathBuf,
    /// Models and dictionaries.
    pub(crate) models_dir: PathBuf,
    /// Records.
    pub(crate) database: Database,
    /// Logs as JSON.
    pub(crate) json_logs: bool,
    /// What is logged.
    pub(crate) log_filter: String,
    /// Background workers.
    pub(crate) workers: usize,
    /// The prices that are offered; none after a fault.
    pub(crate) prices: Option<Prices>,
    /// Who may sign a table of prices.
    pub(crate) price_keys: Vec<VerifyingKey>,
    /// The model that the embedded engine runs, if any.
    pub(crate) engine_model: Option<EngineModel>,
    /// Threads of the embedded engine.
    pub(crate) engine_threads: usize,
    /// Shortest password.
    pub(crate) password_length_min: usize,
    /// What leaves as metrics and traces.
    pub(crate) telemetry: Telemetry,
    /// The bounds of the gateway.
    pub(crate) gateway: kaname_gateway::Config,
    /// Every value with its source.
    pub(crate) in_force: Vec<InForce>,
}

impl Config {
    /// Reads `file`, or `kaname.toml` in the data folder if there is one, and the environment.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with every fault that was found.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(file, &|name| {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one reader of the environment"
            )]
            std::env::var(name).ok()
        })
    }

    /// As [`Config::load`], with `environment` in place of the process's.
    pub(crate) fn from_sources(
        file: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut found = Collector::default();
        let home = environment("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let shared = environment("XDG_DATA_HOME")
            .map_or_else(|| home.join(".local/share"), PathBuf::from)
            .join("kaname");
        let default_data =
            environment("KANAME_DATA_DIR").map_or_else(|| shared.join("data"), PathBuf::from);
        let beside = default_data.join("kaname.toml");
        let path = file.map(Path::to_owned).or_else(|| beside.exists().then_some(beside));
        let raw = path.as_deref().map_or_else(Raw::default, |path| Raw::read(path, &mut found));
        let mut take = Take { environment, found };
        let config = Self::build(&raw, &mut take, &shared);
        take.found.finish(config)
    }

    fn build(raw: &Raw, take: &mut Take<'_>, shared: &Path) -> Self {
        let listen =
            take.text("http.listen", "KANAME_LISTEN", raw.http.listen.as_ref(), "127.0.0.1:8080");
        let listen = listen.parse().unwrap_or_else(|_| {
            take.found
                .fault("http.listen", "must be an address and a port, such as 127.0.0.1:8080");
            SocketAddr::from(([127, 0, 0, 1], 8080))
        });
        let tls = take.tls(raw);
        let behind_proxy =
            take.flag("http.behind_proxy", "KANAME_BEHIND_PROXY", raw.http.behind_proxy);
        let force_plain = take.flag("http.force_plain", "KANAME_FORCE_PLAIN", raw.http.force_plain);
        if !listen.ip().is_loopback() && tls.is_none() && !behind_proxy && !force_plain {
            take.found.fault(
                "http.listen",
                "an address beyond this machine needs TLS: set http.tls_certificate and http.tls_key, \
                 or http.behind_proxy = true behind a proxy that speaks TLS, or http.force_plain = true",
            );
        }
        let data_default = shared.join("data").display().to_string();
        let data = take.text("data_dir", "KANAME_DATA_DIR", raw.data_dir.as_ref(), &data_default);
        let models_default = shared.join("models").display().to_string();
        let models =
            take.text("models_dir", "KANAME_MODELS", raw.models_dir.as_ref(), &models_default);
        Self {
            listen,
            tls,
            behind_proxy,
            body_bytes_max: take.number(
                "http.body_bytes_max",
                raw.http.body_bytes_max,
                (120 << 20, 1 << 10, 1 << 32),
            ),
            answer_timeout: Duration::from_secs(take.number(
                "http.answer_timeout_s",
                raw.http.answer_timeout_s,
                (120, 1, 3_600),
            ) as u64),
            data_dir: PathBuf::from(data),
            models_dir: PathBuf::from(models),
            database: take.database(raw),
            json_logs: take.log_format(raw),
            log_filter: take.text("log.filter", "KANAME_LOG", raw.log.filter.as_ref(), "info"),
            workers: take.number("jobs.workers", raw.jobs.workers, (2, 1, 64)),
            price_keys: prices::keys(&raw.gateway, &mut take.found),
            prices: prices::prices(&raw.gateway, &mut take.found),
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("kaname")),
            engine_model: take.engine_model(raw),
            engine_threads: take.number("engine.threads", raw.engine.threads, (2, 1, 256)),
            password_length_min: take.number(
                "identity.password_length_min",
                raw.identity.password_length_min,
                (15, 8, 64),
            ),
            telemetry: take.telemetry(&raw.telemetry),
            gateway: take.gateway(raw),
            in_force: std::mem::take(&mut take.found.in_force),
        }
    }

    /// Whether anybody but this machine can reach the server.
    pub(crate) fn is_reachable(&self) -> bool {
        self.behind_proxy || !self.listen.ip().is_loopback()
    }

    /// Whether cookies may travel over TLS only.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.tls.is_some() || self.behind_proxy
    }
}

/// Takes one value after the other and notes where it came from.
struct Take<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    found: Collector,
}

impl Take<'_> {
    fn text(
        &mut self,
        key: &'static str,
        variable: &'static str,
        in_file: Option<&String>,
        default: &str,
    ) -> String {
        if let Some(value) = (self.environment)(variable).filter(|value| !value.is_empty()) {
            return self.found.note(key, value, variable);
        }
        match in_file {
            Some(value) => self.found.note(key, value.clone(), "file"),
            None => self.found.note(key, default.to_owned(), "default"),
        }
    }

    fn flag(&mut self, key: &'static str, variable: &'static str, in_file: Option<bool>) -> bool {
        let in_file = in_file.map(|flag| flag.to_string());
        match self.text(key, variable, in_file.as_ref(), "false").as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                self.found.fault(key, "must be true or false");
                false
            }
        }
    }

    /// A secret out of the environment or the file that `in_file` names, and where it came from.
    fn secret(
        &mut self,
        key: &'static str,
        variable: &'static str,
        in_file: Option<&String>,
    ) -> Option<(String, String)> {
        let from_environment = (self.environment)(variable).filter(|value| !value.is_empty());
        match (from_environment, in_file) {
            (Some(value), _) => Some((value, variable.to_owned())),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => Some((text, format!("the file {path}"))),
                Err(error) => {
                    self.found.fault(key, &format!("{path} cannot be read: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }

    fn number(
        &mut self,
        key: &'static str,
        in_file: Option<u64>,
        (default, low, high): (u64, u64, u64),
    ) -> usize {
        let value = in_file.unwrap_or(default);
        if value < low || value > high {
            self.found.fault(key, &format!("must be from {low} to {high}"));
        }
        let source = if in_file.is_some() { "file" } else { "default" };
        self.found.note(key, value.to_string(), source);
        usize::try_from(value).unwrap_or(usize::MAX)
    }

    fn tls(&mut self, raw: &Raw) -> Option<Tls> {
        match (&raw.http.tls_certificate, &raw.http.tls_key) {
            (Some(certificate), Some(key)) => {
                self.found.note("http.tls_certificate", certificate.clone(), "file");
                self.found.note("http.tls_key", key.clone(), "file");
                Some(Tls { certificate: certificate.into(), key: key.into() })
            }
            (None, None) => None,
            (Some(_), None) => {
                self.found.fault("http.tls_key", "is needed beside http.tls_certificate");
                None
            }
            (None, Some(_)) => {
                self.found.fault("http.tls_certificate", "is needed beside http.tls_key");
                None
            }
        }
    }

    fn database(&mut self, raw: &Raw) -> Database {
        let variable = "KANAME_DATABASE_URL";
        let from_environment = (self.environment)(variable).filter(|url| !url.is_empty());
        let source = if from_environment.is_some() { variable } else { "file" };
        let Some(url) = from_environment.or_else(|| raw.database.url.clone()) else {
            self.found.note("database.url", "SQLite in the data folder".to_owned(), "default");
            return Database::Sqlite;
        };
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            self.found.fault("database.url", "must begin with postgresql://");
        }
        // The URL may hold a password: only its tail after the user is shown.
        let shown = url.rsplit('@').next().unwrap_or_default().to_owned();
        self.found.note("database.url", format!("postgresql at {shown}"), source);
        Database::Postgres(url)
    }

    fn engine_model(&mut self, raw: &Raw) -> Option<EngineModel> {
        let path = raw.engine.model.as_ref()?;
        self.found.note("engine.model", path.clone(), "file");
        let sha256 = raw.engine.sha256.clone().unwrap_or_default();
        let Ok(sha256) = sha256.parse() else {
            self.found.fault(
                "engine.sha256",
                "must be the SHA-256 of engine.model: 64 hexadecimal digits",
            );
            return None;
        };
        let mut languages = Vec::new();
        for name in raw.engine.languages.iter().flatten() {
            match name.parse() {
                Ok(language) => languages.push(language),
                Err(()) => self.found.fault("engine.languages", "each must be ja or en"),
            }
        }
        Some(EngineModel { path: PathBuf::from(path), sha256, languages })
    }

    fn gateway(&mut self, raw: &Raw) -> kaname_gateway::Config {
        let file = &raw.gateway;
        kaname_gateway::Config {
            probe_every: Duration::from_secs(self.number(
                "gateway.probe_every_s",
                file.probe_every_s,
                (15, 0, 3_600),
            ) as u64),
            cache_bytes_max: self.number(
                "gateway.cache_bytes_max",
                file.cache_bytes_max,
                (64 << 20, 0, 1 << 36),
            ),
            cache_compartments: self.flag(
                "gateway.cache_compartments",
                "KANAME_CACHE_COMPARTMENTS",
                file.cache_compartments,
            ),
            batch_file_bytes_max: self.number(
                "gateway.batch_file_bytes_max",
                file.batch_file_bytes_max,
                (64 << 20, 1 << 10, 1 << 30),
            ),
            batch_lines_max: self.number(
                "gateway.batch_lines_max",
                file.batch_lines_max,
                (50_000, 1, 1_000_000),
            ),
            batch_calls_at_once: self.number(
                "gateway.batch_calls_at_once",
                file.batch_calls_at_once,
                (4, 1, 64),
            ),
            batch_retention_days: self.number(
                "gateway.batch_retention_days",
                file.batch_retention_days,
                (30, 1, 3_650),
            ),
            calls_kept_days: self.calls_kept_days(file.calls_kept_days),
            ..kaname_gateway::Config::default()
        }
    }

    /// A drill of a week is compared with the week before it, from single calls.
    fn calls_kept_days(&mut self, in_file: Option<u64>) -> usize {
        let key = "gateway.calls_kept_days";
        let days = self.number(key, in_file, (400, 0, 3_650));
        if (1..30).contains(&days) {
            self.found.fault(key, "must be 0, which keeps all, or from 30 to 3650");
        }
        days
    }

    fn log_format(&mut self, raw: &Raw) -> bool {
        match self
            .text("log.format", "KANAME_LOG_FORMAT", raw.log.format.as_ref(), "human")
            .as_str()
        {
            "json" => true,
            "human" => false,
            _ => {
                self.found.fault("log.format", "must be human or json");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kaname.toml");
        std::fs::write(&path, file).unwrap();
        Config::from_sources(Some(&path), &|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let config = load("[http]\nlisten = '127.0.0.1:1'", &[("KANAME_LISTEN", "127.0.0.1:2")]);
        assert_eq!(config.unwrap().listen.port(), 2);
        assert_eq!(load("[http]\nlisten = '127.0.0.1:1'", &[]).unwrap().listen.port(), 1);
        assert_eq!(load("", &[]).unwrap().listen.port(), 8080);
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_key() {
        let file = "[http]\nlisten = 'here'\n[jobs]\nworkers = 0\n[log]\nformat = 'xml'";
        let ConfigError(faults) = load(file, &[]).unwrap_err();
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, ["http.listen", "log.format", "jobs.workers"]);
    }

    #[test]
    fn beyond_loopback_needs_tls_a_proxy_or_force() {
        let open = "[http]\nlisten = '0.0.0.0:80'\n";
        assert!(load(open, &[]).is_err());
        assert!(load(&format!("{open}behind_proxy = true"), &[]).unwrap().secure_cookies());
        assert!(!load(&format!("{open}force_plain = true"), &[]).unwrap().secure_cookies());
    }

    #[test]
    fn telemetry_is_off_until_a_collector_is_named_and_no_secret_is_shown() {
        let config = load("", &[]).unwrap();
        assert!(config.telemetry.otlp_traces_url.is_none() && config.telemetry.content.is_none());
        let variables = [
            ("KANAME_OTLP_ENDPOINT", "https://otel.example.jp:4318"),
            ("KANAME_OTLP_HEADERS", "x-key=hidden-header"),
            ("KANAME_METRICS_TOKEN", "hidden-metrics-token"),
        ];
        let config = load("[telemetry]\ncontent = '1'", &variables).unwrap();
        let url = config.telemetry.otlp_traces_url.as_deref();
        assert_eq!(url, Some("https://otel.example.jp:4318/v1/traces"));
        assert_eq!(config.telemetry.otlp_headers["x-key"], "hidden-header");
        assert_eq!(config.telemetry.content, Some(kaname_kernel::Label::of_rank(1)));
        assert!(config.in_force.iter().all(|entry| !entry.value.contains("hidden")));
        assert!(config.in_force.iter().any(|entry| entry.value == "1 header(s)"));
    }

    #[test]
    fn telemetry_that_makes_no_sense_is_told_with_its_key() {
        let file = "[telemetry]\ncontent = 'everything'\nmetric_endpoints_max = 0\n\
                    metrics_token_file = '/nowhere/at/all'";
        let ConfigError(faults) = load(file, &[]).unwrap_err();
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
        let content = "telemetry.content";
        let most = "telemetry.metric_endpoints_max";
        assert_eq!(keys, [content, content, most, "telemetry.metrics_token_file"]);
    }

    #[test]
    fn an_unknown_key_is_refused_and_a_password_is_not_shown() {
        assert!(load("[http]\nlisten_on = 'x'", &[]).is_err());
        let config = load("[database]\nurl = 'postgresql://me:secret@db/kaname'", &[]).unwrap();
        assert!(config.in_force.iter().all(|entry| !entry.value.contains("secret")));
    }
}
