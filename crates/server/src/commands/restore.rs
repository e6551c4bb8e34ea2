//! `kaname restore`: a data folder from an archive, checked before it is used.

use std::{fs::File, path::Path};

use anyhow::Context as _;
use flate2::read::GzDecoder;
use kaname_platform::{Act, params};
use serde_json::json;

use super::{Done, print};
use crate::{app::Opened, config::Config};

/// Unpacks into the (empty) data folder, replays every ledger, and records that it was restored.
pub(crate) async fn run(config: &Config, file: &Path, as_json: bool) -> anyhow::Result<Done> {
    let root = &config.data_dir;
    anyhow::ensure!(
        !root.join("kaname.db").exists(),
        "{} already holds records: restore into an empty data folder (KANAME_DATA_DIR)",
        root.display()
    );
    std::fs::create_dir_all(root)?;
    let archive = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    // `unpack` refuses paths that lead out of the folder.
    tar::Archive::new(GzDecoder::new(archive))
        .unpack(root)
        .with_context(|| format!("{} is no backup, or it is damaged", file.display()))?;
    let opened = Opened::new(config).await?;
    let result = check(&opened).await;
    opened.close().await;
    let entries = result?;
    if as_json {
        print::json(&json!({ "data_dir": root, "verified_entries": entries }));
    } else {
        print::line(&format!(
            "restored into {}; {entries} ledger entries verified",
            root.display()
        ));
    }
    Ok(Done::Yes)
}

async fn check(opened: &Opened) -> anyhow::Result<u64> {
    let platform = &opened.platform;
    let mut tx = platform.db.read().await?;
    let rows = tx.fetch_all("SELECT institution_id FROM institution", params![]).await?;
    drop(tx);
    let mut entries = 0;
    for row in rows {
        let institution = row.get("institution_id")?;
        let found = kaname_ledger::verify(platform, institution).await?;
        if let Some(fault) = found.faults.first() {
            anyhow::bail!("the restored ledger does not verify: {}: {}", fault.check, fault.detail);
        }
        entries += found.checked;
        let act = Act::by_system(institution, "ledger.restored")
            .reference("tree_size", found.tree_size)
            .reference("root", found.root.to_hex());
        platform.record(act).await?;
    }
    Ok(entries)
}
