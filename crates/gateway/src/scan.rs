//! Reads a JSON text without changing it: where the values of the top level lie, byte by byte.
//!
//! Guard and upstream must read the same text, so what two readers could take for two things is
//! refused: invalid UTF-8, and a key that occurs twice in one object at any depth.

use std::{collections::HashSet, ops::Range};

use serde_json::Value;

/// Why a text is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("the body is not valid UTF-8")]
    Utf8,
    #[error("the body is not well-formed JSON: {0}")]
    Json(String),
    #[error("the body must be a JSON object")]
    NotAnObject,
    #[error("the key {0} occurs twice in one object")]
    DuplicateKey(String),
}

/// A JSON object and where the values of its top level lie.
#[derive(Debug)]
pub(crate) struct Scan<'t> {
    text: &'t str,
    value: Value,
    members: Vec<(String, Range<usize>)>,
}

impl<'t> Scan<'t> {
    /// Reads `body`.
    pub(crate) fn read(body: &'t [u8]) -> Result<Self, ScanError> {
        let text = std::str::from_utf8(body).map_err(|_| ScanError::Utf8)?;
        let value: Value =
            serde_json::from_str(text).map_err(|error| ScanError::Json(error.to_string()))?;
        if !value.is_object() {
            return Err(ScanError::NotAnObject);
        }
        let members = Walk::over(text)?;
        Ok(Self { text, value, members })
    }

    /// The parsed object.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes of the value of `key`, as the caller wrote them.
    pub(crate) fn raw(&self, key: &str) -> Option<&'t str> {
        self.range(key).and_then(|range| self.text.get(range))
    }

    /// The text with the value of `key` replaced by the JSON text `value`, every other byte kept.
    pub(crate) fn splice(&self, key: &str, value: &str) -> Option<String> {
        let range = self.range(key)?;
        let (before, after) = (self.text.get(..range.start)?, self.text.get(range.end..)?);
        Some([before, value, after].concat())
    }

    fn range(&self, key: &str) -> Option<Range<usize>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, range)| range.clone())
    }
}

/// One open object or array.
enum Level {
    Object { keys: HashSet<String>, at_key: bool },
    Array,
}

/// A walk over a text that is known to be well-formed.
struct Walk<'t> {
    text: &'t str,
    levels: Vec<Level>,
    members: Vec<(String, Range<usize>)>,
}

impl<'t> Walk<'t> {
    fn over(text: &'t str) -> Result<Vec<(String, Range<usize>)>, ScanError> {
        let mut walk = Self { text, levels: Vec::new(), members: Vec::new() };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let end = if byte == b'"' { string_end(bytes, at) } else { at + 1 };
            walk.step(byte, at..end)?;
            at = end;
        }
        Ok(walk.members)
    }

    fn step(&mut self, byte: u8, token: Range<usize>) -> Result<(), ScanError> {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b':' => {}
            b'"' if matches!(self.levels.last(), Some(Level::Object { at_key: true, .. })) => {
                self.key(token)?;
            }
            b',' => {
                if let Some(Level::Object { at_key, .. }) = self.levels.last_mut() {
                    *at_key = true;
                }
            }
            b'{' => {
                self.grow(&token);
                self.levels.push(Level::Object { keys: HashSet::new(), at_key: true });
            }
            b'[' => {
                self.grow(&token);
                self.levels.push(Level::Array);
            }
            b'}' | b']' => {
                self.levels.pop();
                self.grow(&token);
            }
            _ => self.grow(&token),
        }
        Ok(())
    }

    /// A key: new in its object, or the text is refused.
    fn key(&mut self, token: Range<usize>) -> Result<(), ScanError> {
        let raw = self.text.get(token).unwrap_or_default();
        let name: String =
            serde_json::from_str(raw).map_err(|error| ScanError::Json(error.to_string()))?;
        let top = self.levels.len() == 1;
        let Some(Level::Object { keys, at_key }) = self.levels.last_mut() else { return Ok(()) };
        *at_key = false;
        if !keys.insert(name.clone()) {
            return Err(ScanError::DuplicateKey(name));
        }
        if top {
            self.members.push((name, 0..0));
        }
        Ok(())
    }

    /// Makes the value of the newest top-level key reach over `token`.
    fn grow(&mut self, token: &Range<usize>) {
        if self.levels.is_empty() {
            return;
        }
        if let Some((_, range)) = self.members.last_mut() {
            if range.end == 0 {
                range.start = token.start;
            }
            range.end = token.end;
        }
    }
}

/// One past the closing quote of the string that opens at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use serde_json::{Map, json};

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
            Just(json!("\"}],{\\ 要")),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("\\PC{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn any_body() -> impl Strategy<Value = Map<String, Value>> {
        proptest::collection::btree_map("[a-z\"\\\\要]{1,5}", any_value(), 0..5)
            .prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        /// The slow model: parse, replace, compare as values; and byte for byte around the splice.
        #[test]
        fn a_splice_changes_the_model_and_nothing_else(body in any_body(), place in 0_usize..6, pretty: bool) {
            let mut members: Vec<(String, Value)> =
                body.into_iter().filter(|(key, _)| key != "model").collect();
            members.insert(place.min(members.len()), ("model".to_owned(), json!("kaname/標準")));
            let gap = if pretty { " \n\t" } else { "" };
            let write = |model: &str| {
                let parts: Vec<String> = members.iter().map(|(key, value)| {
                    let value = if key == "model" { model.to_owned() } else { value.to_string() };
                    format!("{gap}{}{gap}:{gap}{value}{gap}", Value::from(key.as_str()))
                }).collect();
                format!("{gap}{{{}}}{gap}", parts.join(","))
            };
            let text = write("\"kaname/標準\"");
            let scan = Scan::read(text.as_bytes()).unwrap();
            prop_assert_eq!(scan.raw("model"), Some("\"kaname/標準\""));
            prop_assert_eq!(scan.splice("model", "\"up\"").unwrap(), write("\"up\""));
            for (key, value) in &members {
                prop_assert_eq!(scan.raw(key).unwrap(), value.to_string());
            }
        }

        #[test]
        fn arbitrary_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..64)) {
            let _either = Scan::read(&bytes);
        }
    }

    #[test]
    fn a_key_twice_is_refused_at_every_depth_and_in_every_spelling() {
        let cases = [
            r#"{"model":"a","model":"b"}"#,
            r#"{"model":"a","mod\u0065l":"b"}"#,
            r#"{"a":[1,{"b":{"c":1,"d":2,"c":3}}]}"#,
            r#"{"a":{},"b":[],"a":1}"#,
        ];
        for text in cases {
            assert!(
                matches!(Scan::read(text.as_bytes()), Err(ScanError::DuplicateKey(_))),
                "{text}"
            );
        }
        assert!(Scan::read(br#"{"a":{"x":1},"b":{"x":2},"c":[{"x":3},{"x":4}],"x":5}"#).is_ok());
    }

    #[test]
    fn what_two_readers_could_take_for_two_things_is_refused() {
        assert_eq!(Scan::read(b"{\"a\":\"\xff\"}").unwrap_err(), ScanError::Utf8);
        assert_eq!(Scan::read(b"[1]").unwrap_err(), ScanError::NotAnObject);
        for text in [r#"{"a":1,}"#, r#"{"a":1} {}"#, r#"{"a":"\ud800"}"#, "{\"a\":NaN}", ""] {
            assert!(matches!(Scan::read(text.as_bytes()), Err(ScanError::Json(_))), "{text}");
        }
    }

    #[test]
    fn nulls_and_unknown_fields_survive() {
        let text = r#"{ "x" : null, "model":"a" ,"y":{"z":[1e2, 1.50]} }"#;
        let spliced = Scan::read(text.as_bytes()).unwrap().splice("model", "\"b\"").unwrap();
        assert_eq!(spliced, r#"{ "x" : null, "model":"b" ,"y":{"z":[1e2, 1.50]} }"#);
    }
}
