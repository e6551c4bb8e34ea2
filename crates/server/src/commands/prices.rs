//! `kaname price …`: the table of prices.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use http::Method;
use serde_json::json;

use super::{Done, print};
use crate::{
    config::{Config, signed_prices},
    door::Door,
};

/// Prints the prices that are offered.
pub(crate) async fn list(door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = door.json(Method::GET, "/api/v1/prices", None).await?;
    if as_json {
        print::json(&answer);
        return Ok(Done::Yes);
    }
    let items = answer.get("items").and_then(|items| items.as_array());
    for item in items.into_iter().flatten() {
        let words = ["vendor", "model", "currency", "input", "output", "as_of", "status", "source"];
        let line: Vec<String> =
            words.iter().map(|word| print::text(item, word).to_string()).collect();
        print::line(&line.join("  "));
    }
    Ok(Done::Yes)
}

/// Checks a table and prints how many prices it has and who signed it.
pub(crate) fn check(config: &Config, file: &Path, as_json: bool) -> anyhow::Result<Done> {
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (table, by) = signed_prices(&bytes, &config.price_keys)
        .map_err(|fault| anyhow!("{} {fault}", file.display()))?;
    if as_json {
        print::json(
            &json!({ "entries": table.entries.len(), "as_of": table.as_of, "signed_by": by }),
        );
    } else {
        print::line(&format!(
            "{} prices as of {}, signed by {by}",
            table.entries.len(),
            table.as_of
        ));
    }
    Ok(Done::Yes)
}
