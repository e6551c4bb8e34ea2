//! `kaname backup`: records, files and keys in one archive, and the word on what it opens.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::door::Door;

/// Asks whoever owns the data folder to write the archive.
pub(crate) async fn run(file: &Path, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let file = std::path::absolute(file)?;
    let made = door.post("/console/backup", &json!({ "file": file })).await?;
    if as_json {
        print::json(&made);
        return Ok(Done::Yes);
    }
    let count = |key: &str| made.get(key).and_then(Json::as_u64).unwrap_or_default();
    print::line(&format!(
        "{} ({} bytes, {} files)",
        file.display(),
        count("size_bytes"),
        count("files")
    ));
    let keys = made.get("keys").and_then(Json::as_array);
    for key in keys.into_iter().flatten().filter_map(Json::as_str) {
        print::line(&format!("holds a key: {key}"));
    }
    print::note(
        "Whoever has this archive can read everything in it. Keep it as you keep the server.",
    );
    Ok(Done::Yes)
}
