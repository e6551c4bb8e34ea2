//! The file as written: every key optional, unknown keys refused.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::faults::Collector;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub(super) data_dir: Option<String>,
    pub(super) models_dir: Option<String>,
    pub(super) http: Http,
    pub(super) database: Database,
    pub(super) log: Log,
    pub(super) jobs: Jobs,
    pub(super) gateway: Gateway,
    pub(super) engine: Engine,
    pub(super) identity: Identity,
    pub(super) telemetry: Telemetry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Telemetry {
    pub(super) otlp_endpoint: Option<String>,
    pub(super) otlp_headers_file: Option<String>,
    pub(super) content: Option<String>,
    pub(super) metric_endpoints_max: Option<u64>,
    pub(super) metrics_token_file: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Http {
    pub(super) listen: Option<String>,
    pub(super) tls_certificate: Option<String>,
    pub(super) tls_key: Option<String>,
    pub(super) behind_proxy: Option<bool>,
    pub(super) force_plain: Option<bool>,
    pub(super) body_bytes_max: Option<u64>,
    pub(super) answer_timeout_s: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Database {
    pub(super) url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Log {
    pub(super) format: Option<String>,
    pub(super) filter: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Jobs {
    pub(super) workers: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Gateway {
    pub(super) probe_every_s: Option<u64>,
    pub(super) cache_bytes_max: Option<u64>,
    pub(super) cache_compartments: Option<bool>,
    pub(super) batch_file_bytes_max: Option<u64>,
    pub(super) batch_lines_max: Option<u64>,
    pub(super) batch_calls_at_once: Option<u64>,
    pub(super) batch_retention_days: Option<u64>,
    pub(super) calls_kept_days: Option<u64>,
    pub(super) price_table: Option<String>,
    pub(super) price_keys: Option<Vec<String>>,
    pub(super) yen_per: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Engine {
    pub(super) model: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) languages: Option<Vec<String>>,
    pub(super) threads: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Identity {
    pub(super) password_length_min: Option<u64>,
}

impl Raw {
    /// The file at `path`; what cannot be read or parsed becomes a fault.
    pub(super) fn read(path: &Path, found: &mut Collector) -> Self {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).unwrap_or_else(|error| {
                found.fault(&name, &error.to_string());
                Self::default()
            }),
            Err(error) => {
                found.fault(&name, &format!("cannot be read: {error}"));
                Self::default()
            }
        }
    }
}
