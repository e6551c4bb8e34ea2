//! Reads a JSON text in one pass, strictly.
//!
//! With `keep` it builds a tree; without, it only checks and walks past, and allocates nothing but
//! the keys that need unescaping.

use std::{borrow::Cow, collections::HashSet};

use super::{Json, JsonError, JsonFault, Number};

/// Keys of one object that are compared one by one; above it they are hashed.
const FEW_KEYS: usize = 12;
const PATH_CHARS_MAX: usize = 200;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a text.
    pub bytes: usize,
    /// The most objects and arrays inside one another; above 512 counts as 512.
    pub depth: usize,
}

impl Default for Limits {
    /// 32 MiB, 128 levels.
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 128 }
    }
}

impl Json {
    /// Reads one value, within the usual [`Limits`].
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        Self::parse_within(text, Limits::default())
    }

    /// Reads one value.
    pub fn parse_within(text: &[u8], limits: Limits) -> Result<Self, JsonError> {
        let mut reader = Reader::over(text, limits, true)?;
        let value = reader.value(0)?;
        reader.end()?;
        Ok(value)
    }
}

/// A place in a text.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth_max: usize,
    keep: bool,
}

impl<'t> Reader<'t> {
    /// At the beginning of `text`, which must be UTF-8 and within `limits`.
    pub(super) fn over(text: &'t [u8], limits: Limits, keep: bool) -> Result<Self, JsonError> {
        if text.len() > limits.bytes {
            return Err(JsonError::new(JsonFault::TooLarge, limits.bytes));
        }
        let text = std::str::from_utf8(text)
            .map_err(|error| JsonError::new(JsonFault::Utf8, error.valid_up_to()))?;
        Ok(Self { text, at: 0, depth_max: limits.depth.min(512), keep })
    }

    pub(super) const fn text(&self) -> &'t str {
        self.text
    }

    /// Past white space: the next byte, which is not consumed.
    pub(super) fn peek(&mut self) -> Result<u8, JsonError> {
        self.space();
        self.byte().ok_or_else(|| self.fault(JsonFault::Ends))
    }

    /// Offset of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at < self.text.len() { Err(self.fault(JsonFault::Trailing)) } else { Ok(()) }
    }

    /// One value, `depth` levels below the top.
    pub(super) fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b'"' => {
                let text = self.string()?;
                Ok(if self.keep { Json::Text(text.into_owned()) } else { Json::Null })
            }
            b't' => self.literal("true", Json::Bool(true)),
            b'f' => self.literal("false", Json::Bool(false)),
            b'n' => self.literal("null", Json::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.fault(JsonFault::Unexpected)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut members = Vec::new();
        self.members(depth, |reader, key| {
            let value = reader.value(depth + 1)?;
            if reader.keep {
                members.push((key.into_owned(), value));
            }
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    /// An object: `member` is called past each colon and reads the value.
    pub(super) fn members(
        &mut self,
        depth: usize,
        mut member: impl FnMut(&mut Self, Cow<'t, str>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.open(depth, b'{')?;
        let mut keys = Keys::default();
        if self.closes(b'}')? {
            return Ok(());
        }
        loop {
            if self.peek()? != b'"' {
                return Err(self.fault(JsonFault::Unexpected));
            }
            let key_at = self.at;
            let key = self.string()?;
            let fresh = keys.add(key.clone());
            let read = if fresh {
                self.punctuation(b':').and_then(|()| member(self, key.clone()))
            } else {
                Err(JsonError::new(JsonFault::DuplicateKey, key_at))
            };
            read.map_err(|error| within(error, &key))?;
            if self.closes(b'}')? {
                return Ok(());
            }
            self.punctuation(b',')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.open(depth, b'[')?;
        let mut values = Vec::new();
        if self.closes(b']')? {
            return Ok(Json::List(values));
        }
        for index in 0_usize.. {
            let read = self.value(depth + 1);
            let value = read.map_err(|error| within(error, &format!("[{index}]")))?;
            if self.keep {
                values.push(value);
            }
            if self.closes(b']')? {
                break;
            }
            self.punctuation(b',')?;
        }
        Ok(Json::List(values))
    }

    fn open(&mut self, depth: usize, brace: u8) -> Result<(), JsonError> {
        if self.peek()? != brace {
            return Err(self.fault(JsonFault::Unexpected));
        }
        if depth >= self.depth_max {
            return Err(self.fault(JsonFault::TooDeep));
        }
        self.at += 1;
        Ok(())
    }

    fn closes(&mut self, brace: u8) -> Result<bool, JsonError> {
        let closes = self.peek()? == brace;
        if closes {
            self.at += 1;
        }
        Ok(closes)
    }

    fn punctuation(&mut self, mark: u8) -> Result<(), JsonError> {
        if self.peek()? != mark {
            return Err(self.fault(JsonFault::Unexpected));
        }
        self.at += 1;
        Ok(())
    }

    fn literal(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.fault(JsonFault::Unexpected));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.skip_one(b"-");
        let whole = self.digits();
        let zero_first = self.text.as_bytes().get(self.at - whole) == Some(&b'0');
        let mut well_formed = whole == 1 || (whole > 1 && !zero_first);
        if self.skip_one(b".") {
            well_formed &= self.digits() > 0;
        }
        if self.skip_one(b"eE") {
            self.skip_one(b"+-");
            well_formed &= self.digits() > 0;
        }
        let Some(spelling) = self.text.get(start..self.at).filter(|_| well_formed) else {
            return Err(JsonError::new(JsonFault::Number, start));
        };
        Ok(if self.keep { Json::Number(Number::spelled(spelling.to_owned())) } else { Json::Null })
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn skip_one(&mut self, any_of: &[u8]) -> bool {
        let skips = self.byte().is_some_and(|byte| any_of.contains(&byte));
        if skips {
            self.at += 1;
        }
        skips
    }

    /// A text, from its opening quote to past the closing one.
    fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let start = self.at;
            let plain = self.rest().iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=31));
            let Some(plain) = plain else {
                self.at = self.text.len();
                return Err(self.fault(JsonFault::Ends));
            };
            self.at += plain;
            let piece = self.text.get(start..self.at).unwrap_or_default();
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    if unescaped.is_empty() {
                        return Ok(Cow::Borrowed(piece));
                    }
                    unescaped.push_str(piece);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    unescaped.push_str(piece);
                    unescaped.push(self.escape()?);
                }
                _ => return Err(self.fault(JsonFault::Control)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let letter = *self.rest().get(1).ok_or_else(|| self.fault(JsonFault::Ends))?;
        self.at += 2;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(start),
            _ => return Err(JsonError::new(JsonFault::Escape, start)),
        })
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let lone = || JsonError::new(JsonFault::LoneSurrogate, start);
        let first = self.hex(start)?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or_else(lone);
        }
        if first >= 0xDC00 || !self.rest().starts_with(b"\\u") {
            return Err(lone());
        }
        self.at += 2;
        let second = self.hex(start)?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(lone());
        }
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(code).ok_or_else(lone)
    }

    fn hex(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self.rest().get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        code.ok_or_else(|| JsonError::new(JsonFault::Escape, start))
    }

    fn space(&mut self) {
        let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(blank).count();
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, fault: JsonFault) -> JsonError {
        JsonError::new(fault, self.at)
    }
}

/// The error with one more step in front of its path.
fn within(mut error: JsonError, step: &str) -> JsonError {
    let dot = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
    error.path = [step, dot, &error.path].concat().chars().take(PATH_CHARS_MAX).collect();
    error
}

/// The keys of one object.
#[derive(Default)]
struct Keys<'t> {
    few: Vec<Cow<'t, str>>,
    many: HashSet<Cow<'t, str>>,
}

impl<'t> Keys<'t> {
    /// Whether the key was not there yet.
    fn add(&mut self, key: Cow<'t, str>) -> bool {
        if self.few.contains(&key) {
            return false;
        }
        if self.few.len() < FEW_KEYS {
            self.few.push(key);
            return true;
        }
        self.many.insert(key)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fault(text: &str) -> (JsonFault, usize, String) {
        let error = Json::parse(text.as_bytes()).unwrap_err();
        (error.fault, error.offset, error.path)
    }

    #[test]
    fn what_two_readers_could_take_for_two_things_is_refused() {
        assert_eq!(fault(r#"{"a":1,"a":2}"#), (JsonFault::DuplicateKey, 7, "a".into()));
        assert_eq!(fault(r#"{"a":1,"\u0061":2}"#).0, JsonFault::DuplicateKey);
        assert_eq!(
            fault(r#"{"m":[{},{"x":{"b":1,"b":2}}]}"#),
            (JsonFault::DuplicateKey, 21, "m[1].x.b".into())
        );
        assert_eq!(fault(r#""\ud800""#), (JsonFault::LoneSurrogate, 1, String::new()));
        assert_eq!(fault(r#""\udc00\ud800""#).0, JsonFault::LoneSurrogate);
        assert_eq!(fault("{} {}"), (JsonFault::Trailing, 3, String::new()));
        assert_eq!(Json::parse(b"\"\xff\"").unwrap_err().fault, JsonFault::Utf8);
        let many: Vec<_> = (0..40).map(|key| format!("\"k{key}\":0")).collect();
        assert!(Json::parse(format!("{{{}}}", many.join(",")).as_bytes()).is_ok());
        assert_eq!(fault(&format!("{{{},\"k39\":1}}", many.join(","))).0, JsonFault::DuplicateKey);
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let limits = Limits { bytes: 10, depth: 3 };
        let read = |text: &str| Json::parse_within(text.as_bytes(), limits);
        assert!(read("[[[1]]]").is_ok());
        assert_eq!(read("[[[[1]]]]").unwrap_err().fault, JsonFault::TooDeep);
        assert_eq!(read("[1,2,3,4,5,6]").unwrap_err().fault, JsonFault::TooLarge);
        let deep = "[".repeat(1_000_000);
        assert_eq!(fault(&deep).0, JsonFault::TooDeep);
    }

    #[test]
    fn spellings_stay_as_they_are() {
        let text = r#"{"b":1.0,"a":[1e2,-0,12345678901234567890123,0.1E-7],"z":null}"#;
        assert_eq!(Json::parse(text.as_bytes()).unwrap().to_text(), text);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in
            ["", "01", "1.", ".5", "+1", "-", "1e", "nul", "[1,]", "{\"a\":1,}", "{a:1}", "'a'"]
        {
            assert!(Json::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(fault("\"a\nb\"").0, JsonFault::Control);
        assert_eq!(fault(r#""\x""#).0, JsonFault::Escape);
        assert_eq!(fault(r#""\u12g4""#).0, JsonFault::Escape);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes: Vec<u8>) {
            let _ = Json::parse(&bytes);
        }

        #[test]
        fn it_accepts_nothing_that_another_reader_refuses(
            text in r#"[\[\]{}:,"a1e.\\ u0dtrulfsn-]{0,24}"#
        ) {
            let ours = Json::parse(text.as_bytes());
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            if let Ok(value) = &ours {
                // Numbers beyond a double are well-formed JSON that the other reader cannot hold.
                if let Ok(theirs) = &theirs {
                    let again: serde_json::Value = serde_json::from_str(&value.to_text()).unwrap();
                    prop_assert_eq!(theirs, &again);
                } else {
                    prop_assert!(text.contains('e'), "{}", text);
                }
            } else if theirs.is_ok() {
                let fault = ours.unwrap_err().fault;
                prop_assert!(fault == JsonFault::DuplicateKey, "{:?} {}", fault, text);
            }
        }
    }
}
