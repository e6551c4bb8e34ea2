//! `kaname drill …`: doing without something for a time, and the report, through the API.

use std::{fs, path::Path};

use anyhow::{Context as _, bail};
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
        DrillCommand::Start { wanted, checks } => {
            let mut body = without::body(wanted, door).await?;
            if let (Json::Object(body), Some(file)) = (&mut body, checks) {
                body.insert("checks".to_owned(), read_checks(file)?);
            }
            door.post(PATH, &body).await?
        }
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
        DrillCommand::Start { .. } => print_one(&answer),
        DrillCommand::Show { .. } | DrillCommand::End { .. } => print_report(&answer),
    }
    Ok(Done::Yes)
}

/// The check questions in `file`: a list, or an object that holds one as `checks`.
fn read_checks(file: &Path) -> anyhow::Result<Json> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    let checks: Json =
        serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
    match checks {
        Json::Array(_) => Ok(checks),
        Json::Object(mut body) if body.contains_key("checks") => {
            Ok(body.remove("checks").unwrap_or_default())
        }
        _ => bail!("{name} holds no list of check questions"),
    }
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
    if let Some(checks) = report.get("checks") {
        print_checks(checks);
    }
    let open = report.get("not_measured").and_then(Json::as_array).into_iter().flatten();
    let open: Vec<&str> = open.filter_map(Json::as_str).collect();
    print::line(&format!("not measured: {}", open.join(", ")));
    if let Some(hash) = drill.get("report_sha256").and_then(Json::as_str) {
        print::line(&format!("act {}  sha256 {hash}", print::text(drill, "end_act_id")));
    }
}

/// The check questions: each round in numbers, then question by question.
fn print_checks(checks: &Json) {
    print::line(
        "check questions: a check of the chosen questions, no measure of quality in general",
    );
    for round in ["during", "before"] {
        let number = |name: &str| {
            checks.pointer(&format!("/{round}/{name}")).and_then(Json::as_i64).unwrap_or_default()
        };
        print::line(&format!(
            "  {round:<8} {} asked, {} answered, {} as expected, {} without an answer",
            number("asked"),
            number("answered"),
            number("as_expected"),
            number("unanswered"),
        ));
    }
    for check in checks.get("questions").and_then(Json::as_array).into_iter().flatten() {
        print::line(&format!(
            "  {}: {}",
            print::text(check, "model"),
            print::text(check, "question")
        ));
        for round in ["during", "before"] {
            print::line(&format!("    {round:<8} {}", came_of(check.get(round))));
        }
    }
}

/// What came of a question in one round, in a line.
fn came_of(answer: Option<&Json>) -> String {
    let Some(answer) = answer.filter(|answer| !answer.is_null()) else {
        return "not asked to the end".to_owned();
    };
    let outcome = print::text(answer, "outcome").replace('_', " ");
    let cut = answer.get("cut_short") == Some(&Json::Bool(true));
    let took = answer.get("took_ms").map(|took| format!("{took} ms"));
    let said = [
        Some(outcome.as_str()),
        answer.get("code").and_then(Json::as_str),
        answer.get("endpoint").and_then(Json::as_str),
        took.as_deref(),
        cut.then_some("stopped at its longest"),
        answer.get("act_id").and_then(Json::as_str),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_came_of_a_question_is_said_in_a_line() {
        let answer = json!({
            "outcome": "not_as_expected", "code": null, "endpoint": "one/second",
            "cut_short": true, "took_ms": 12, "act_id": "a-1",
        });
        let line = "not as expected  one/second  12 ms  stopped at its longest  a-1";
        assert_eq!(came_of(Some(&answer)), line);
        let silent = json!({ "outcome": "unanswered", "code": "gateway.resting", "took_ms": 3 });
        assert_eq!(came_of(Some(&silent)), "unanswered  gateway.resting  3 ms");
        assert_eq!(came_of(Some(&Json::Null)), "not asked to the end");
        assert_eq!(came_of(None), "not asked to the end");
    }

    #[test]
    fn check_questions_are_read_as_a_list_or_with_their_name() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let file = folder.path().join("checks.json");
            fs::write(&file, text).unwrap();
            read_checks(&file)
        };
        assert_eq!(read(r#"[{"question":"a"}]"#).unwrap(), json!([{ "question": "a" }]));
        assert_eq!(read(r#"{"checks":[1]}"#).unwrap(), json!([1]));
        assert!(read("{}").is_err() && read("[").is_err() && read("1").is_err());
    }
}
