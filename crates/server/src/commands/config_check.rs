//! `kaname config check`: what is in force, and where each value came from.

use serde_json::json;

use super::{Done, print};
use crate::config::Config;

/// Prints every value with its source. Faults have ended the command before this.
pub(crate) fn run(config: &Config, as_json: bool) -> Done {
    if as_json {
        let values: Vec<_> = config
            .in_force
            .iter()
            .map(|entry| json!({ "key": entry.key, "value": entry.value, "source": entry.source }))
            .collect();
        print::json(&json!({ "in_force": values }));
    } else {
        for entry in &config.in_force {
            print::line(&format!("{:<30} {:<40} {}", entry.key, entry.value, entry.source));
        }
    }
    Done::Yes
}
