//! `kaname traffic`: how models are used, through the API.

use serde_json::Value as Json;

use super::{Done, print};
use crate::{cli::Traffic, door::Door};

/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// Prints the traffic of the last hours by one dimension.
pub(crate) async fn run(asked: &Traffic, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    // The server's clock decides what now is: the hour that it looks at by itself ends there.
    let last = door.get("/api/v1/traffic").await?;
    let until_ms = last.get("until_ms").and_then(Json::as_i64).unwrap_or_default();
    let since_ms = until_ms - i64::from(asked.hours) * HOUR_MS;
    let query = format!("since_ms={since_ms}&until_ms={until_ms}&by={}", asked.by);
    let report = door.get(&format!("/api/v1/traffic?{query}")).await?;
    if as_json {
        print::json(&report);
        return Ok(Done::Yes);
    }
    print_report(&report);
    Ok(Done::Yes)
}

fn print_report(report: &Json) {
    print::line(&format!(
        "{:<32} {:>8} {:>8} {:>8} {:>10} {:>10} {:>14} {:>9} {:>9}",
        print::text(report, "by"),
        "calls",
        "refused",
        "errors",
        "tokens in",
        "out",
        "yen",
        "p50 ms",
        "p95 ms"
    ));
    let groups = report.get("groups").and_then(Json::as_array);
    groups.into_iter().flatten().for_each(|line| print_line(line, &title(line)));
    if let Some(total) = report.get("total") {
        print_line(total, "all");
    }
    for fault in report.get("faults").and_then(Json::as_array).into_iter().flatten() {
        let (outcome, code) = (print::text(fault, "outcome"), print::text(fault, "code"));
        print::line(&format!("{:>8}  {outcome} {code}", number(fault, "calls")));
    }
    if let Some(now) = report.get("under_way") {
        print::line(&format!("{} under way", number(now, "calls")));
    }
}

fn print_line(line: &Json, title: &str) {
    print::line(&format!(
        "{title:<32} {:>8} {:>8} {:>8} {:>10} {:>10} {:>14} {:>9} {:>9}",
        number(line, "calls"),
        number(line, "refused"),
        number(line, "errors"),
        number(line, "input_tokens"),
        number(line, "output_tokens"),
        number(line, "cost_yen"),
        number(line, "took_p50_ms"),
        number(line, "took_p95_ms"),
    ));
}

/// The name, else the key, else a dash.
fn title(line: &Json) -> String {
    let texts = [print::text(line, "name"), print::text(line, "key")];
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or("-").to_owned()
}

/// A number as it came; a dash where there is none.
fn number(line: &Json, key: &str) -> String {
    match line.get(key) {
        Some(Json::Null) | None => "-".to_owned(),
        Some(value) => value.to_string(),
    }
}
