//! The two languages of the screens, held side by side.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Fault;

/// Messages by key.
pub type Messages = BTreeMap<String, String>;

/// Reads one language.
///
/// # Errors
///
/// A sentence, when it is not an object of texts.
pub fn read(text: &str) -> Result<Messages, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Object(object) = value else { return Err("not an object".to_owned()) };
    object
        .into_iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key, text)),
            _ => Err(format!("{key} is no text")),
        })
        .collect()
}

/// Keys that one language has and the other has not, and empty texts.
pub fn differences(ja: &Messages, en: &Messages) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, own, other) in [("web/messages/ja.json", ja, en), ("web/messages/en.json", en, ja)] {
        for (key, text) in own {
            if text.trim().is_empty() {
                faults.push(Fault::new(path, 1, format!("`{key}` is empty"), "write it"));
            }
        }
        for key in other.keys().filter(|key| !own.contains_key(*key)) {
            let what = format!("`{key}` is only in the other language");
            faults.push(Fault::new(path, 1, what, "translate it"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_one_language_and_an_empty_text_are_found() {
        let ja = read(r#"{"a": "あ", "b": "い"}"#).unwrap();
        let en = read(r#"{"a": " "}"#).unwrap();
        assert_eq!(differences(&ja, &en).len(), 2);
        assert_eq!(differences(&ja, &ja), []);
        assert!(read(r#"{"a": 1}"#).is_err());
    }
}
