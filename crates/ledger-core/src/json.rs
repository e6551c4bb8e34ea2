//! Canonical JSON: one spelling for each value, so that a hash over it means the value.
//!
//! The form is that of RFC 8785, restricted to what has no doubt: null, booleans, integers within
//! plus or minus 2^53, strings, arrays and objects. Whatever is spelt otherwise is refused.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// The largest integer, and with a minus sign the smallest, that every JSON reader keeps exactly.
pub const MAX_INTEGER: i64 = 1 << 53;

/// Why a text is not canonical JSON, or a value has no canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("not JSON")]
    Syntax,
    /// A number that is no integer within plus or minus 2^53.
    #[error("a number is not an integer within 2^53")]
    Number,
    /// JSON, but not in the one canonical spelling.
    #[error("the JSON is not in its canonical form")]
    NotCanonical,
}

impl JsonError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax => "json-syntax",
            Self::Number => "json-number",
            Self::NotCanonical => "json-not-canonical",
        }
    }
}

/// The canonical bytes of a value.
///
/// # Source
/// RFC 8785 section 3.2.
pub fn encode(value: &Value) -> Result<String, JsonError> {
    let mut text = String::new();
    write_value(&mut text, value)?;
    Ok(text)
}

/// Reads a value, and refuses every spelling but the canonical one.
///
/// Two keys of the same name are refused too: the value read back would be spelt shorter.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| JsonError::Syntax)?;
    if encode(&value)?.as_bytes() == bytes { Ok(value) } else { Err(JsonError::NotCanonical) }
}

fn write_value(text: &mut String, value: &Value) -> Result<(), JsonError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(yes) => text.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => write_number(text, number)?,
        Value::String(string) => write_string(text, string),
        Value::Array(items) => write_array(text, items)?,
        Value::Object(members) => write_object(text, members)?,
    }
    Ok(())
}

fn write_number(text: &mut String, number: &Number) -> Result<(), JsonError> {
    let integer = number.as_i64().filter(|n| (-MAX_INTEGER..=MAX_INTEGER).contains(n));
    text.push_str(&integer.ok_or(JsonError::Number)?.to_string());
    Ok(())
}

fn write_array(text: &mut String, items: &[Value]) -> Result<(), JsonError> {
    text.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write_value(text, item)?;
    }
    text.push(']');
    Ok(())
}

fn write_object(text: &mut String, members: &Map<String, Value>) -> Result<(), JsonError> {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (place, (key, value)) in sorted.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write_string(text, key);
        text.push(':');
        write_value(text, value)?;
    }
    text.push('}');
    Ok(())
}

fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            // Writing to a string cannot fail.
            '\0'..='\u{1f}' => drop(write!(text, "\\u{:04x}", u32::from(c))),
            _ => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_by_utf16_code_units() {
        // U+1F600 is above U+FB33 as a character, but its first code unit D83D is below FB33.
        let value = json!({"\u{fb33}": 1, "\u{1f600}": 2, "a": 3, "": 4, "A": 5});
        assert_eq!(
            encode(&value).unwrap(),
            "{\"\":4,\"A\":5,\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
    }

    #[test]
    fn control_characters_have_one_spelling() {
        let value = json!("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}é\u{2028}");
        let spelt = "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}é\u{2028}\"";
        assert_eq!(encode(&value).unwrap(), spelt);
        assert_eq!(parse(spelt.as_bytes()), Ok(value));
    }

    #[test]
    fn what_is_not_canonical_is_refused_by_name() {
        let refused: [(&[u8], JsonError); 14] = [
            (b"", JsonError::Syntax),
            (b"{", JsonError::Syntax),
            (b"\"\xff\"", JsonError::Syntax),
            (b"\"\\ud800\"", JsonError::Syntax),
            (b"1.5", JsonError::Number),
            (b"1.0", JsonError::Number),
            (b"1e2", JsonError::Number),
            (b"-0", JsonError::Number),
            (b"9007199254740993", JsonError::Number),
            (b" 1", JsonError::NotCanonical),
            (b"1\n", JsonError::NotCanonical),
            (b"{\"a\":1,\"a\":1}", JsonError::NotCanonical),
            (b"{\"b\":1,\"a\":1}", JsonError::NotCanonical),
            (b"\"\\u0041\"", JsonError::NotCanonical),
        ];
        for (text, error) in refused {
            assert_eq!(parse(text), Err(error), "{}", String::from_utf8_lossy(text));
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-MAX_INTEGER..=MAX_INTEGER).prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,4}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_comes_back(value in any_value()) {
            prop_assert_eq!(parse(encode(&value).unwrap().as_bytes()), Ok(value));
        }

        #[test]
        fn parsing_never_panics(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }
    }
}
