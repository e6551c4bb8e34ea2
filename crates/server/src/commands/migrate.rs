//! `kaname migrate`: the schema of this version, and nothing else.

use serde_json::json;

use super::{Done, print};
use crate::{app::Opened, config::Config};

/// Opens the data folder, which migrates it, and says from where to where.
pub(crate) async fn run(config: &Config, as_json: bool) -> anyhow::Result<Done> {
    let opened = Opened::new(config).await?;
    let state = opened.migrated;
    opened.close().await;
    if as_json {
        print::json(&json!({ "from": state.from, "to": state.to }));
    } else {
        print::line(&format!("schema {} → {}", state.from, state.to));
    }
    Ok(Done::Yes)
}
