//! What would go past the door: things that a vendor would keep, fetch or run by itself.
//!
//! A request that asks for one is refused, whatever the endpoint, since nothing that the vendor
//! does on its own is labelled, decided on or recorded here.

use kaname_model_core::{Dialect, json::Json};

/// Tools of Anthropic's that the caller's own program runs.
const CALLERS_TOOLS: [&str; 5] = ["custom", "bash_", "text_editor_", "computer_", "memory_"];

/// What is asked for, and why it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bypass {
    /// The field.
    pub(crate) field: &'static str,
    /// Why, as a sentence.
    pub(crate) why: &'static str,
}

const KEPT: &str = "Kaname keeps the record itself; what the vendor stores would be past the door";
const RUN: &str = "tools that the vendor runs would be past the door; give a function instead";
const FILE: &str = "files kept at the vendor would be past the door; send the content instead";

/// Fields that are refused when they say something, by dialect.
const FIELDS: [(Dialect, &str, &str); 9] = [
    (Dialect::OpenAiChat, "store", KEPT),
    (Dialect::OpenAiChat, "web_search_options", RUN),
    (Dialect::OpenAiResponses, "store", KEPT),
    (Dialect::OpenAiResponses, "previous_response_id", KEPT),
    (Dialect::OpenAiResponses, "conversation", KEPT),
    (Dialect::OpenAiResponses, "background", KEPT),
    (Dialect::OpenAiResponses, "prompt", KEPT),
    (Dialect::Anthropic, "mcp_servers", RUN),
    (Dialect::Anthropic, "container", KEPT),
];

/// The first thing in `body` that would go past the door.
pub(crate) fn check(dialect: Dialect, body: &Json) -> Result<(), Bypass> {
    for (_, field, why) in FIELDS.into_iter().filter(|(of, ..)| *of == dialect) {
        if body.get(field).is_some_and(says_something) {
            return Err(Bypass { field, why });
        }
    }
    let tools = body.get("tools").map(items).unwrap_or_default();
    if tools.iter().any(|tool| !is_callers(dialect, tool)) {
        return Err(Bypass { field: "tools", why: RUN });
    }
    for field in ["messages", "input", "system"] {
        if body.get(field).is_some_and(names_a_file) {
            return Err(Bypass { field, why: FILE });
        }
    }
    Ok(())
}

fn says_something(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false))
        && !matches!(value, Json::List(items) if items.is_empty())
}

fn items(value: &Json) -> &[Json] {
    match value {
        Json::List(items) => items,
        _ => &[],
    }
}

/// Whether a tool is run by the caller, not by the vendor.
fn is_callers(dialect: Dialect, tool: &Json) -> bool {
    let kind = tool.get("type").and_then(Json::as_str);
    match (dialect, kind) {
        (Dialect::Anthropic, None) => true,
        (Dialect::Anthropic, Some(kind)) => {
            CALLERS_TOOLS.iter().any(|known| kind.starts_with(known))
        }
        (_, kind) => matches!(kind, Some("function" | "custom")),
    }
}

/// Whether a part of a message names a file that lies at the vendor.
fn names_a_file(value: &Json) -> bool {
    match value {
        Json::List(items) => items.iter().any(names_a_file),
        Json::Object(members) => members.iter().any(|(key, value)| match key.as_str() {
            "file_id" => says_something(value),
            // An item of an earlier response, by its id at the vendor.
            "type" => value.as_str() == Some("item_reference"),
            // What a tool was called with, or gave back as JSON, is the caller's own text.
            "arguments" => false,
            _ => names_a_file(value),
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(dialect: Dialect, text: &str) -> Option<&'static str> {
        check(dialect, &Json::parse(text.as_bytes()).unwrap()).err().map(|bypass| bypass.field)
    }

    #[test]
    fn what_the_vendor_would_keep_run_or_fetch_is_refused() {
        let responses = Dialect::OpenAiResponses;
        assert_eq!(
            field(responses, r#"{"previous_response_id":"resp_1"}"#),
            Some("previous_response_id")
        );
        assert_eq!(field(responses, r#"{"previous_response_id":null,"store":false}"#), None);
        assert_eq!(field(responses, r#"{"tools":[{"type":"web_search"}]}"#), Some("tools"));
        assert_eq!(field(responses, r#"{"tools":[{"type":"function","name":"f"}]}"#), None);
        let file = r#"{"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}"#;
        assert_eq!(field(responses, file), Some("input"));
        let item = r#"{"input":[{"type":"item_reference","id":"msg_1"}]}"#;
        assert_eq!(field(responses, item), Some("input"));
        assert_eq!(field(Dialect::OpenAiChat, r#"{"store":true}"#), Some("store"));
        let anthropic = Dialect::Anthropic;
        assert_eq!(field(anthropic, r#"{"tools":[{"name":"f","input_schema":{}}]}"#), None);
        assert_eq!(field(anthropic, r#"{"tools":[{"type":"bash_20250124","name":"bash"}]}"#), None);
        let search = r#"{"tools":[{"type":"web_search_20250305","name":"web_search"}]}"#;
        assert_eq!(field(anthropic, search), Some("tools"));
        let source = r#"{"messages":[{"content":[{"type":"document","source":{"type":"file","file_id":"x"}}]}]}"#;
        assert_eq!(field(anthropic, source), Some("messages"));
    }
}
