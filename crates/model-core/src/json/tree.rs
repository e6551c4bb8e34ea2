//! A JSON value that keeps the order of members and the spelling of numbers.

use std::fmt;

/// The members of an object, in their order.
pub type Members = Vec<(String, Json)>;

/// A number as it was spelled: `1.0` stays `1.0` and `1e2` stays `1e2`.
#[derive(Clone, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// A number by its spelling.
    pub fn parse(spelling: &str) -> Option<Self> {
        let json = Json::parse(spelling.as_bytes()).ok()?;
        if let Json::Number(number) = json { Some(number) } else { None }
    }

    /// The spelling must be JSON's.
    pub(crate) const fn spelled(spelling: String) -> Self {
        Self(spelling)
    }

    /// The spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, where it is a whole number from 0 to 2^64 - 1 and is spelled so.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    /// The nearest double; infinite where the number is too large for one.
    pub fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(value.to_string())
    }
}

/// A JSON value. Equal values are spelled alike, but for white space and escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, unescaped.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object; no key occurs twice.
    Object(Members),
}

impl Json {
    /// An object without members.
    pub const fn empty() -> Self {
        Self::Object(Vec::new())
    }

    /// The value of `key`, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text, where this is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, where this is one.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(number) = self { number.as_u64() } else { None }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// This object with one more member; a value that is not an object stays as it is.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Self>) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((key.to_owned(), value.into()));
        }
        self
    }

    /// This object with one more member, where there is a value.
    #[must_use]
    pub(crate) fn with_some(self, key: &str, value: Option<impl Into<Self>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// This object with one more member, `null` where there is no value.
    #[must_use]
    pub(crate) fn with_or_null(self, key: &str, value: Option<impl Into<Self>>) -> Self {
        let value = value.map_or(Self::Null, Into::into);
        self.with(key, value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Json {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<Number> for Json {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl From<&Number> for Json {
    fn from(value: &Number) -> Self {
        Self::Number(value.clone())
    }
}

impl<T: Into<Self>> From<Vec<T>> for Json {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
