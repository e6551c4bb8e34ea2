//! `kaname model …`: the catalogue, what of it is here, and fetching the rest.

use std::process::Command;

use anyhow::Context as _;
use serde_json::json;

use super::{Done, print};
use crate::{cli::ModelCommand, config::Config, models};

/// Runs one command on models.
pub(crate) fn run(command: ModelCommand, config: &Config, as_json: bool) -> anyhow::Result<Done> {
    match command {
        ModelCommand::List => list(config, as_json),
        ModelCommand::Check => check(config, as_json),
        ModelCommand::BuildDictionary => {
            let folder = models::build_dictionary(&config.models_dir)?;
            print::note(&format!("the dictionary is in {}", folder.display()));
            Ok(Done::Yes)
        }
        ModelCommand::Fetch { id } => fetch(config, id.as_deref(), as_json),
    }
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<Done> {
    let rows: Vec<_> = models::catalogue()?
        .into_iter()
        .map(|model| {
            let here = model.is_here(&config.models_dir);
            json!({
                "id": model.id, "kind": model.kind, "size_bytes": model.size_bytes(),
                "licence": model.licence, "default": model.default, "here": here,
                "notes": model.notes,
            })
        })
        .collect();
    if as_json {
        print::json(&json!({ "models": rows }));
    } else {
        for row in &rows {
            let here = row.get("here").and_then(serde_json::Value::as_bool).unwrap_or_default();
            let size =
                row.get("size_bytes").and_then(serde_json::Value::as_u64).unwrap_or_default();
            print::line(&format!(
                "{} {:<28} {:<22} {:>5} MB  {}",
                if here { "✓" } else { "-" },
                print::text(row, "id"),
                print::text(row, "kind"),
                size / 1_000_000,
                print::text(row, "licence")
            ));
        }
    }
    Ok(Done::Yes)
}

fn check(config: &Config, as_json: bool) -> anyhow::Result<Done> {
    let mut faults = Vec::new();
    for model in models::catalogue()? {
        if model.is_here(&config.models_dir) {
            faults.extend(model.check(&config.models_dir));
        } else if model.default {
            faults.push(format!("{}: not here; run `kaname model fetch`", model.id));
        }
    }
    if as_json {
        print::json(&json!({ "ok": faults.is_empty(), "faults": faults }));
    } else {
        for fault in &faults {
            print::line(fault);
        }
        if faults.is_empty() {
            print::line("every model that is here has the hash of the catalogue");
        }
    }
    Ok(if faults.is_empty() { Done::Yes } else { Done::NotVerified })
}

/// Runs the set-up's own script, which this program carries, with the system's Python.
fn fetch(config: &Config, id: Option<&str>, as_json: bool) -> anyhow::Result<Done> {
    let folder = config.models_dir.join(".fetch");
    std::fs::create_dir_all(&folder)?;
    let script = folder.join("fetch.py");
    let catalogue = folder.join("catalogue.toml");
    std::fs::write(&script, models::FETCH_SCRIPT)?;
    std::fs::write(&catalogue, models::CATALOGUE)?;
    let mut python = Command::new("python3");
    python.arg(&script).arg("--catalogue").arg(&catalogue).arg("--dest").arg(&config.models_dir);
    match id {
        Some(id) => python.args(["--id", id]),
        None => python.arg("--all-default"),
    };
    if as_json {
        python.arg("--json");
    }
    let status = python.status().context("python3 (3.11 or newer) is needed to fetch models")?;
    anyhow::ensure!(status.success(), "fetching did not succeed");
    models::build_dictionary(&config.models_dir)?;
    Ok(Done::Yes)
}
