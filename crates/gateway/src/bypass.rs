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
const PICTURE: &str =
    "the vendor would fetch this address past the door; send the picture inline as a data URL";
const INLINE: &str =
    "the vendor would fetch this address past the door; send the content inline as base64";
const DOCUMENT: &str =
    "the vendor would fetch this address past the door; send the file inline as base64";

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
        if let Some(why) = body.get(field).and_then(past_the_door) {
            return Err(Bypass { field, why });
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

/// Why a part of a message cannot pass: it names a file that lies at the vendor, or an address that
/// the vendor would fetch.
fn past_the_door(value: &Json) -> Option<&'static str> {
    match value {
        Json::List(items) => items.iter().find_map(past_the_door),
        Json::Object(members) => {
            let kind = value.get("type").and_then(Json::as_str).unwrap_or_default();
            members.iter().find_map(|(key, member)| match key.as_str() {
                "file_id" if says_something(member) => Some(FILE),
                // An item of an earlier response, by its id at the vendor.
                "type" if member.as_str() == Some("item_reference") => Some(FILE),
                // What a tool was called with is the caller's own text, and JSON of its own making.
                "arguments" => None,
                "input" if kind == "tool_use" => None,
                "image_url" => is_elsewhere(member).then_some(PICTURE),
                "file_url" => is_elsewhere(member).then_some(DOCUMENT),
                "url" if kind == "url" => is_elsewhere(member).then_some(INLINE),
                _ => past_the_door(member),
            })
        }
        _ => None,
    }
}

/// Whether `address`, a text or an object with a `url`, is anything but a data URL.
fn is_elsewhere(address: &Json) -> bool {
    let text = address.as_str().or_else(|| address.get("url").and_then(Json::as_str));
    let is_data =
        |text: &str| text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    text.map_or_else(|| says_something(address), |text| !is_data(text.trim_start()))
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

    fn why(dialect: Dialect, text: &str) -> Option<&'static str> {
        check(dialect, &Json::parse(text.as_bytes()).unwrap()).err().map(|bypass| bypass.why)
    }

    #[test]
    fn an_address_that_the_vendor_would_fetch_is_refused_and_what_lies_in_the_call_is_not() {
        let part = |part: &str| format!(r#"[{{"role":"user","content":[{part}]}}]"#);
        for address in ["https://example.com/a.png", "HTTP://10.0.0.1/", "gs://b/a.png", "", "/a"] {
            let image =
                part(&format!(r#"{{"type":"image_url","image_url":{{"url":"{address}"}}}}"#));
            let chat = format!(r#"{{"messages":{image}}}"#);
            assert_eq!(why(Dialect::OpenAiChat, &chat), Some(PICTURE), "{address}");
            let image = part(&format!(r#"{{"type":"input_image","image_url":"{address}"}}"#));
            let responses = format!(r#"{{"input":{image}}}"#);
            assert_eq!(why(Dialect::OpenAiResponses, &responses), Some(PICTURE), "{address}");
            let file = part(&format!(r#"{{"type":"input_file","file_url":"{address}"}}"#));
            let responses = format!(r#"{{"input":{file}}}"#);
            assert_eq!(why(Dialect::OpenAiResponses, &responses), Some(DOCUMENT), "{address}");
            for kind in ["image", "document"] {
                let source = format!(r#"{{"type":"url","url":"{address}"}}"#);
                let inside = format!(r#"{{"type":"{kind}","source":{source}}}"#);
                let result =
                    format!(r#"{{"type":"tool_result","tool_use_id":"t","content":[{inside}]}}"#);
                for said in [inside, result] {
                    let messages = format!(r#"{{"messages":{}}}"#, part(&said));
                    assert_eq!(why(Dialect::Anthropic, &messages), Some(INLINE), "{address}");
                }
            }
        }
        let data = "data:image/png;base64,iVBORw0KGgo=";
        let inline = [
            (Dialect::OpenAiChat, "messages", format!(r#"{{"type":"image_url","image_url":{{"url":"{data}"}}}}"#)),
            (Dialect::OpenAiResponses, "input", format!(r#"{{"type":"input_image","image_url":"{data}"}}"#)),
            (Dialect::OpenAiResponses, "input", r#"{"type":"input_image","image_url":null}"#.to_owned()),
            (Dialect::Anthropic, "messages", r#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}"#.to_owned()),
            (Dialect::Anthropic, "messages", r#"{"type":"tool_use","id":"t","name":"f","input":{"image_url":"https://example.com/"}}"#.to_owned()),
            (Dialect::OpenAiChat, "messages", r#"{"type":"text","text":"see https://example.com/"}"#.to_owned()),
        ];
        for (dialect, field, said) in inline {
            let text = format!(r#"{{"{field}":{}}}"#, part(&said));
            assert_eq!(why(dialect, &text), None, "{said}");
        }
    }
}
