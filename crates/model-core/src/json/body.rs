//! A request body as the caller sent it: where the members of the top level lie, byte by byte.

use std::{borrow::Cow, ops::Range};

use super::{Json, JsonError, JsonFault, Limits, reader::Reader};

/// One member of an object, by the bytes of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'b> {
    /// The key, unescaped.
    pub key: Cow<'b, str>,
    /// Where the value lies, without the white space around it.
    pub value: Range<usize>,
}

/// A body that is one JSON object and nothing else.
#[derive(Debug, Clone)]
pub struct Body<'b> {
    text: &'b str,
    /// Offset just past the opening brace.
    inside: usize,
    members: Vec<Member<'b>>,
}

impl<'b> Body<'b> {
    /// Reads `bytes` in one pass: see [`json`](crate::json) for what is refused.
    ///
    /// # Errors
    /// Names the offset and the path of what is wrong.
    pub fn read(bytes: &'b [u8], limits: Limits) -> Result<Self, JsonError> {
        let mut reader = Reader::over(bytes, limits, false)?;
        if reader.peek()? != b'{' {
            return Err(JsonError::new(JsonFault::NotAnObject, reader.at()));
        }
        let inside = reader.at() + 1;
        let mut members = Vec::new();
        reader.members(0, |reader, key| {
            reader.peek()?;
            let start = reader.at();
            reader.value(1)?;
            members.push(Member { key, value: start..reader.at() });
            Ok(())
        })?;
        reader.end()?;
        Ok(Self { text: reader.text(), inside, members })
    }

    /// The members of the top level, in their order.
    pub fn members(&self) -> &[Member<'b>] {
        &self.members
    }

    /// The whole text.
    pub const fn text(&self) -> &'b str {
        self.text
    }

    /// Offset just past the opening brace.
    pub(super) const fn inside(&self) -> usize {
        self.inside
    }

    /// The bytes of the value of `key`, as the caller wrote them.
    pub fn raw(&self, key: &str) -> Option<&'b str> {
        self.text.get(self.range(key)?)
    }

    /// Where the value of `key` lies.
    pub fn range(&self, key: &str) -> Option<Range<usize>> {
        self.members.iter().find(|member| member.key == key).map(|member| member.value.clone())
    }

    /// The value of `key`, read; none where there is no such member.
    pub fn value(&self, key: &str) -> Option<Json> {
        Json::parse_within(self.raw(key)?.as_bytes(), Self::READ).ok()
    }

    /// The text that `key` holds, where it holds one.
    pub fn string(&self, key: &str) -> Option<String> {
        let Json::Text(text) = self.value(key)? else { return None };
        Some(text)
    }

    /// Whether `key` holds `true`.
    pub fn is_true(&self, key: &str) -> bool {
        self.raw(key) == Some("true")
    }

    /// The whole body as a tree.
    pub fn tree(&self) -> Result<Json, JsonError> {
        Json::parse_within(self.text.as_bytes(), Self::READ)
    }

    // The bounds were held when the body was read.
    pub(super) const READ: Limits = Limits { bytes: usize::MAX, depth: 512 };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_where_they_lie() {
        let text = " { \"model\" : \"a\\u0062\" ,\n \"stream\":true, \"x\": [1, {\"y\": 2}]  } ";
        let body = Body::read(text.as_bytes(), Limits::default()).unwrap();
        assert_eq!(body.raw("model"), Some("\"a\\u0062\""));
        assert_eq!(body.string("model").unwrap(), "ab");
        assert!(body.is_true("stream"));
        assert_eq!(body.raw("x"), Some("[1, {\"y\": 2}]"));
        assert_eq!(body.raw("y"), None);
        assert_eq!(body.members().len(), 3);
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for (text, fault) in [
            ("[]", JsonFault::NotAnObject),
            ("", JsonFault::Ends),
            ("{\"a\":}", JsonFault::Unexpected),
            ("{} x", JsonFault::Trailing),
        ] {
            let error = Body::read(text.as_bytes(), Limits::default()).unwrap_err();
            assert_eq!(error.fault, fault, "{text}");
        }
    }
}
