//! Printing: the one place of the command line that writes to standard output and error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line prints here")]

use serde_json::{Value as Json, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::door::Refused;

/// A line of text for a person.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// A line beside the result: progress, notes. Never part of what a program reads.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// A JSON value for a program.
pub(crate) fn json(value: &Json) {
    println!("{value:#}");
}

/// Why a command failed, with the whole chain of causes.
pub(crate) fn error(error: &anyhow::Error, as_json: bool) {
    let code = error.downcast_ref::<Refused>().map(|refused| refused.code.clone());
    if as_json {
        let code = code.unwrap_or_else(|| "cli.failed".to_owned());
        eprintln!("{}", json!({ "code": code, "detail": format!("{error:#}") }));
    } else if let Some(code) = code {
        eprintln!("kaname: {error:#} [{code}]");
    } else {
        eprintln!("kaname: {error:#}");
    }
}

/// Every field of an object that says something, one a line.
pub(crate) fn facts(value: &Json) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let said = match value {
            Json::Null => continue,
            Json::String(text) => text.clone(),
            Json::Array(items) if items.iter().all(Json::is_string) => {
                items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        if !said.is_empty() {
            line(&format!("{name:<18} {said}"));
        }
    }
}

/// The text under `key`, or nothing.
pub(crate) fn text<'a>(value: &'a Json, key: &str) -> &'a str {
    value.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The items of a list answer.
pub(crate) fn items(value: &Json) -> &[Json] {
    value.get("items").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The moment under `key`, in UTC, or nothing.
pub(crate) fn time(value: &Json, key: &str) -> String {
    let ms = value.get(key).and_then(Json::as_i64);
    let at = ms.and_then(|ms| OffsetDateTime::from_unix_timestamp(ms / 1_000).ok());
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
