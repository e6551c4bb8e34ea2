//! `kaname ledger …`: head, proof and verification; a receipt is checked without any server.

use std::path::Path;

use anyhow::Context as _;
use kaname_ledger_core::{Receipt, VerifyingKey};
use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::{cli::LedgerCommand, door::Door};

/// Whether the command needs neither a server nor a data folder.
pub(crate) fn is_offline(command: &LedgerCommand) -> bool {
    matches!(command, LedgerCommand::Verify { receipt: Some(_), .. })
}

/// Checks one receipt against a public key.
pub(crate) fn run_offline(command: LedgerCommand, as_json: bool) -> anyhow::Result<Done> {
    let LedgerCommand::Verify { receipt: Some(path), vkey } = command else {
        return Ok(Done::Yes);
    };
    let vkey =
        vkey.context("--vkey is needed to check a receipt: GET /ledger/<institution>/vkey")?;
    match check_receipt(&path, &vkey)? {
        Ok(summary) => {
            if as_json {
                print::json(&json!({ "ok": true, "entry": summary }));
            } else {
                print::line(&format!("verified: {summary}"));
            }
            Ok(Done::Yes)
        }
        Err(why) => {
            if as_json {
                print::json(&json!({ "ok": false, "detail": why }));
            } else {
                print::line(&format!("NOT verified: {why}"));
            }
            Ok(Done::NotVerified)
        }
    }
}

fn check_receipt(path: &Path, vkey: &str) -> anyhow::Result<Result<String, String>> {
    let bytes =
        std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let key =
        VerifyingKey::from_vkey(vkey.trim()).context("--vkey is no public key of a ledger")?;
    let verified = Receipt::parse(&bytes).and_then(|receipt| receipt.verify(&key));
    Ok(verified
        .map(|found| {
            format!(
                "{} {} at {} ms, leaf {} of {}",
                found.entry.kind,
                found.entry.id,
                found.entry.at_ms,
                found.leaf_index,
                found.checkpoint.head.size
            )
        })
        .map_err(|error| error.to_string()))
}

/// Runs one command that asks the server.
pub(crate) async fn run(
    command: LedgerCommand,
    door: &Door,
    as_json: bool,
) -> anyhow::Result<Done> {
    match command {
        LedgerCommand::Head => {
            let head = door.get("/api/v1/ledger/head").await?;
            if as_json {
                print::json(&head);
            } else {
                print::line(print::text(&head, "checkpoint").trim_end());
                print::note(&format!("vkey: {}", print::text(&head, "vkey")));
            }
            Ok(Done::Yes)
        }
        LedgerCommand::Prove { act_id } => {
            print::json(&door.get(&format!("/api/v1/acts/{act_id}/receipt")).await?);
            Ok(Done::Yes)
        }
        LedgerCommand::Verify { .. } => {
            let found = door.post("/api/v1/ledger/verify", &json!({})).await?;
            if as_json {
                print::json(&found);
            } else {
                report(&found);
            }
            let ok = found.get("ok").and_then(Json::as_bool).unwrap_or_default();
            Ok(if ok { Done::Yes } else { Done::NotVerified })
        }
    }
}

fn report(found: &Json) {
    let count = |key: &str| found.get(key).and_then(Json::as_u64).unwrap_or_default();
    print::line(&format!(
        "{} entries replayed, head of {} leaves, {} pending, root {}",
        count("checked_entries"),
        count("tree_size"),
        count("pending"),
        print::text(found, "root")
    ));
    let faults = found.get("faults").and_then(Json::as_array);
    for fault in faults.into_iter().flatten() {
        print::line(&format!(
            "FAULT {}: {}",
            print::text(fault, "code"),
            print::text(fault, "detail")
        ));
    }
}
