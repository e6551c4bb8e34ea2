//! Writes a value as compact JSON.

use std::fmt::{self, Write as _};

use super::Json;

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

impl Json {
    /// The value as compact JSON: no white space, no escape that is not needed.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(number.as_str()),
            Self::Text(text) => write_text(text, out),
            Self::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    comma(index, out);
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    comma(index, out);
                    write_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

/// A text with its quotes.
pub(super) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for piece in
        text.split_inclusive(|letter: char| letter == '"' || letter == '\\' || letter < ' ')
    {
        let mut letters = piece.chars();
        match letters.next_back() {
            Some(last) if last == '"' || last == '\\' || last < ' ' => {
                out.push_str(letters.as_str());
                escape(last, out);
            }
            _ => out.push_str(piece),
        }
    }
    out.push('"');
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(other));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_written_so_that_another_reader_reads_it(text in ".*") {
            let mut written = String::new();
            write_text(&text, &mut written);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
