//! Reads a chat body for the embedded generator. What it cannot do is refused, never ignored.

use serde_json::Value;

use crate::{embedded::GeneratorRequest, error::Error};

/// Fields that change the answer in ways the embedded generator cannot follow.
const UNSUPPORTED: [&str; 10] = [
    "tools",
    "functions",
    "tool_choice",
    "function_call",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "audio",
    "frequency_penalty",
    "presence_penalty",
];

/// Reads `body`, which is a JSON object.
pub(crate) fn read(body: &Value) -> Result<GeneratorRequest, Error> {
    for field in UNSUPPORTED {
        let set = body.get(field).is_some_and(|value| !is_neutral(value));
        if set {
            return Err(Error::bad_call(
                field,
                format!("the embedded model does not support `{field}`"),
            ));
        }
    }
    if body.get("n").is_some_and(|n| !n.is_null() && n.as_u64() != Some(1)) {
        return Err(Error::bad_call("n", "the embedded model gives one choice"));
    }
    let max_tokens = match whole(body, "max_completion_tokens")? {
        None => whole(body, "max_tokens")?,
        given => given,
    };
    Ok(GeneratorRequest {
        messages: messages(body)?,
        max_tokens,
        temperature: real(body, "temperature", 2.0)?,
        top_p: real(body, "top_p", 1.0)?,
        seed: whole(body, "seed")?,
        stop: stop(body)?,
        json_schema: schema(body)?,
    })
}

/// Whether a value says no more than its absence would.
fn is_neutral(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => text == "none",
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    }
}

fn messages(body: &Value) -> Result<Vec<(String, String)>, Error> {
    let fault = |detail: &str| Error::bad_call("messages", detail);
    let list = body.get("messages").and_then(Value::as_array);
    let list = list.ok_or_else(|| fault("`messages` must be a list"))?;
    list.iter()
        .map(|message| {
            let role = match message.get("role").and_then(Value::as_str) {
                Some("developer") => "system",
                Some(role @ ("system" | "user" | "assistant")) => role,
                _ => return Err(fault("a role must be system, user or assistant")),
            };
            let text = message.get("content").and_then(text_of);
            Ok((role.to_owned(), text.ok_or_else(|| fault("a message must be text"))?))
        })
        .collect()
}

/// The text of a message: a string, or a list of text parts.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts
            .iter()
            .map(|part| {
                let is_text = part.get("type").and_then(Value::as_str) == Some("text");
                part.get("text").and_then(Value::as_str).filter(|_| is_text)
            })
            .collect(),
        _ => None,
    }
}

fn whole(body: &Value, field: &'static str) -> Result<Option<u32>, Error> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number
                .map(Some)
                .ok_or_else(|| Error::bad_call(field, format!("`{field}` must be a whole number")))
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the value lies between 0 and 2")]
fn real(body: &Value, field: &'static str, most: f64) -> Result<Option<f32>, Error> {
    match body.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_f64() {
            Some(number) if (0.0..=most).contains(&number) => Ok(Some(number as f32)),
            _ => {
                Err(Error::bad_call(field, format!("`{field}` must be a number from 0 to {most}")))
            }
        },
    }
}

fn stop(body: &Value) -> Result<Vec<String>, Error> {
    let fault = || Error::bad_call("stop", "`stop` must be a text or at most four texts");
    match body.get("stop") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(list)) if list.len() <= 4 => {
            list.iter().map(|text| text.as_str().map(str::to_owned).ok_or_else(fault)).collect()
        }
        Some(_) => Err(fault()),
    }
}

fn schema(body: &Value) -> Result<Option<Value>, Error> {
    let Some(format) = body.get("response_format").filter(|format| !format.is_null()) else {
        return Ok(None);
    };
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some(serde_json::json!({"type": "object"}))),
        Some("json_schema") => match format.pointer("/json_schema/schema") {
            Some(schema) => Ok(Some(schema.clone())),
            None => Err(Error::bad_call("response_format", "`json_schema.schema` is missing")),
        },
        _ => Err(Error::bad_call(
            "response_format",
            "the type must be text, json_object or json_schema",
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_it_can_do_is_read() {
        let body = json!({
            "model": "m", "n": 1, "tools": [], "presence_penalty": 0, "stop": "。", "temperature": 0.5,
            "max_completion_tokens": 7, "max_tokens": 9, "seed": null,
            "messages": [
                {"role": "developer", "content": "短く。"},
                {"role": "user", "content": [{"type": "text", "text": "粗大"}, {"type": "text", "text": "ごみ"}]},
            ],
            "response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "string"}}},
        });
        let request = read(&body).unwrap();
        let expected = [("system", "短く。"), ("user", "粗大ごみ")];
        let messages: Vec<_> =
            request.messages.iter().map(|(r, t)| (r.as_str(), t.as_str())).collect();
        assert_eq!(messages, expected);
        assert_eq!((request.max_tokens, request.seed), (Some(7), None));
        assert_eq!(request.json_schema, Some(json!({"type": "string"})));
    }

    #[test]
    fn what_it_cannot_do_is_refused_by_name() {
        let messages = json!([{"role": "user", "content": "a"}]);
        let cases = [
            (json!({"messages": messages, "tools": [{}]}), "tools"),
            (json!({"messages": messages, "n": 2}), "n"),
            (json!({"messages": messages, "logprobs": true}), "logprobs"),
            (json!({"messages": messages, "temperature": 3}), "temperature"),
            (json!({"messages": messages, "max_tokens": -1}), "max_tokens"),
            (json!({"messages": [{"role": "tool", "content": "a"}]}), "messages"),
            (
                json!({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
                "messages",
            ),
            (json!({"messages": "a"}), "messages"),
            (json!({"messages": messages, "response_format": {"type": "xml"}}), "response_format"),
        ];
        for (body, field) in cases {
            let refused = read(&body);
            assert!(
                matches!(refused, Err(Error::BadCall { param: Some(param), .. }) if *param == *field),
                "{body}"
            );
        }
    }
}
