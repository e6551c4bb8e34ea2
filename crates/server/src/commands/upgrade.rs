//! `kaname upgrade check`: whether this version can open the data folder, before it does.

use std::cmp::Ordering;

use kaname_platform::db::latest_version;
use serde_json::json;

use super::{Done, print};
use crate::{app, config::Config};

/// Looks at the schema without changing it.
pub(crate) async fn run(config: &Config, as_json: bool) -> anyhow::Result<Done> {
    let found = app::schema_version(config).await?;
    let known = latest_version();
    let advice = match found.cmp(&known) {
        Ordering::Equal => "nothing to do: the schema is this version's",
        Ordering::Less => {
            "this version will migrate the data when it starts; make a backup first: kaname backup FILE"
        }
        Ordering::Greater => {
            "the data were made by a newer version: use that version, or restore a backup"
        }
    };
    if as_json {
        print::json(&json!({
            "schema": found, "known": known, "can_open": found <= known, "advice": advice,
        }));
    } else {
        print::line(&format!("schema {found}, this version {known}: {advice}"));
    }
    anyhow::ensure!(found <= known, "this version cannot open the data folder");
    Ok(Done::Yes)
}
