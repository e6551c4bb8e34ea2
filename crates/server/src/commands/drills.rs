//! `kaname drill …`: doing without something for a time, and the report, through the API.

use http::Method;
use serde_json::Value as Json;

use super::{Done, print, without};
use crate::{cli::DrillCommand, door::Door};

const PATH: &str = "/api/v1/drills";

/// The figures of a report that are printed: name, path, unit.
const FIGURES: [(&str, &str, &str); 19] = [
    ("requests", "/requests", ""),
    ("calls", "/calls", ""),
    ("completed", "/completed", ""),
    ("failed", "/failed", ""),
    ("broken off", "/broken", ""),
    ("abandoned", "/abandoned", ""),
    ("under way", "/under_way", ""),
    ("denied", "/denied", ""),
    ("failed over", "/failovers", ""),
    ("without an answer", "/unanswered", ""),
    ("nothing left to ask", "/unserved", ""),
    ("to what is left out", "/to_subject", ""),
    ("tokens in", "/prompt_tokens", ""),
    ("tokens out", "/completion_tokens", ""),
    ("cost", "/cost_micro_yen", " µ¥"),
    ("whole, half by", "/latency/whole_p50_ms", " ms"),
    ("whole, 95 % by", "/latency/whole_p95_ms", " ms"),
    ("begun, half by", "/latency/first_p50_ms", " ms"),
    ("begun, 95 % by", "/latency/first_p95_ms", " ms"),
];

/// Runs one command on drills.
pub(crate) async fn run(command: DrillCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = match &command {
        DrillCommand::List => door.get(&format!("{PATH}?limit=200")).await?,
        DrillCommand::Start(wanted) => door.post(PATH, &without::body(wanted, door).await?).await?,
        DrillCommand::Show { id } => door.get(&format!("{PATH}/{id}")).await?,
        DrillCommand::End { id } => {
            door.json(Method::POST, &format!("{PATH}/{id}/end"), None).await?
        }
    };
    if as_json {
        print::json(&answer);
        return Ok(Done::Yes);
    }
    match command {
        DrillCommand::List => print::items(&answer).iter().for_each(print_one),
        DrillCommand::Start(_) => print_one(&answer),
        DrillCommand::Show { .. } | DrillCommand::End { .. } => print_report(&answer),
    }
    Ok(Done::Yes)
}

fn print_one(drill: &Json) {
    print::line(&format!(
        "{}  {:<8} {:<16} {:<24} {} to {}  {}",
        print::text(drill, "id"),
        print::text(drill, "state"),
        print::text(drill, "subject"),
        print::text(drill, "value"),
        print::time(drill, "from_ms"),
        print::time(drill, "until_ms"),
        print::text(drill, "reason"),
    ));
}

fn print_report(drill: &Json) {
    print_one(drill);
    let Some(report) = drill.get("report").filter(|report| !report.is_null()) else { return };
    print::line(&format!("{:<22} {:>14} {:>14}", "", "during", "before"));
    for (name, path, unit) in FIGURES {
        let told = |span: &str| match report.pointer(&format!("/{span}{path}")) {
            None | Some(Json::Null) => "-".to_owned(),
            Some(number) => format!("{number}{unit}"),
        };
        print::line(&format!("{name:<22} {:>14} {:>14}", told("during"), told("before")));
    }
    for way in report.get("without_answer").and_then(Json::as_array).into_iter().flatten() {
        let number = |key: &str| way.get(key).map(ToString::to_string).unwrap_or_default();
        print::line(&format!(
            "left without an answer: {} {} ({} with nothing left to ask)",
            print::text(way, "public_name"),
            number("unanswered"),
            number("unserved"),
        ));
    }
    let open = report.get("not_measured").and_then(Json::as_array).into_iter().flatten();
    let open: Vec<&str> = open.filter_map(Json::as_str).collect();
    print::line(&format!("not measured: {}", open.join(", ")));
    if let Some(hash) = drill.get("report_sha256").and_then(Json::as_str) {
        print::line(&format!("act {}  sha256 {hash}", print::text(drill, "end_act_id")));
    }
}
