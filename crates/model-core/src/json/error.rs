//! Why a text is not read as JSON, and where in it.

use std::fmt;

/// What is wrong with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonFault {
    /// More bytes than [`Limits::bytes`](crate::json::Limits::bytes).
    TooLarge,
    /// More objects and arrays inside one another than [`Limits::depth`](crate::json::Limits::depth).
    TooDeep,
    /// Bytes that are not UTF-8.
    Utf8,
    /// A key that its object already has, compared after unescaping.
    DuplicateKey,
    /// Half of a surrogate pair: readers disagree on what such text says, so it is refused.
    LoneSurrogate,
    /// Something after the value.
    Trailing,
    /// The text ends before the value does.
    Ends,
    /// A byte that cannot stand where it does.
    Unexpected,
    /// A number that JSON does not have, such as `01` or `1.`.
    Number,
    /// An escape that JSON does not have.
    Escape,
    /// A control character inside a text.
    Control,
    /// The value is not an object, where one is needed.
    NotAnObject,
}

impl JsonFault {
    const fn text(self) -> &'static str {
        match self {
            Self::TooLarge => "the text is too large",
            Self::TooDeep => "objects and arrays are nested too deeply",
            Self::Utf8 => "the text is not valid UTF-8",
            Self::DuplicateKey => "a key occurs twice in one object",
            Self::LoneSurrogate => "an escape is half of a surrogate pair",
            Self::Trailing => "something follows the value",
            Self::Ends => "the text ends too early",
            Self::Unexpected => "a character cannot stand here",
            Self::Number => "a number is not well-formed",
            Self::Escape => "an escape is not well-formed",
            Self::Control => "a text holds a bare control character",
            Self::NotAnObject => "the value must be an object",
        }
    }
}

/// A fault, the offset of the byte at which it shows, and the path of the value it lies in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct JsonError {
    /// What is wrong.
    pub fault: JsonFault,
    /// Bytes from the beginning of the text.
    pub offset: usize,
    /// Such as `messages[2].content`; empty at the top level, cut to 200 characters.
    pub path: String,
}

impl JsonError {
    pub(crate) const fn new(fault: JsonFault, offset: usize) -> Self {
        Self { fault, offset, path: String::new() }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at byte {}", self.fault.text(), self.offset)?;
        if !self.path.is_empty() {
            write!(formatter, " in {}", self.path)?;
        }
        Ok(())
    }
}
