//! A span: what happened, when, under which trace, in names that OpenTelemetry knows.
//!
//! It holds facts about a call. Content is kept apart from them and only ever leaves when the
//! collector is cleared for the span's label; see [`super::Exporter`].

use std::fmt;

use kaname_kernel::Label;

/// The longest `tracestate` that is passed on, in bytes.
const TRACE_STATE_MAX: usize = 512;

/// Which trace a caller is in, by its `traceparent` header.
///
/// # Source
///
/// W3C Trace Context, level 1: `00-<32 hex>-<16 hex>-<2 hex>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The caller's span.
    pub span_id: [u8; 8],
    /// Whether the caller's trace is kept.
    pub sampled: bool,
    /// What vendors of the caller's put beside it; may be empty.
    pub state: String,
}

impl TraceParent {
    /// Reads the headers `traceparent` and `tracestate`. What is not well-formed is not there.
    pub fn read(parent: &str, state: Option<&str>) -> Option<Self> {
        let mut parts = parent.trim().split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let version: [u8; 1] = bytes_of(version)?;
        // Version 255 is forbidden; the first has exactly four parts, later ones may have more.
        if version == [255] || (version == [0] && parts.next().is_some()) {
            return None;
        }
        let (trace_id, span_id): ([u8; 16], [u8; 8]) = (bytes_of(trace)?, bytes_of(span)?);
        let [flags] = bytes_of::<1>(flags)?;
        if trace_id == [0; 16] || span_id == [0; 8] {
            return None;
        }
        let state = state.filter(|text| text.len() <= TRACE_STATE_MAX).unwrap_or_default();
        Some(Self { trace_id, span_id, sampled: flags & 1 == 1, state: state.to_owned() })
    }
}

/// `N` bytes written as lower-case hexadecimal digits.
fn bytes_of<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digits = digits.as_bytes();
    let nibble = |digit: &u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(high)? << 4 | nibble(low)?;
    }
    Some(bytes)
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// Text.
    Text(String),
    /// Text that the program itself knows.
    Word(&'static str),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A list of texts.
    Texts(Vec<String>),
}

/// Who was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Something inside this process.
    Internal,
    /// Another server.
    Client,
}

/// One span, ended.
#[derive(Clone, PartialEq)]
pub struct Span {
    /// What was done, as in `chat up-model`.
    pub name: String,
    /// Who was called.
    pub kind: SpanKind,
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span itself.
    pub span_id: [u8; 8],
    /// The caller's span, if the caller said one.
    pub parent: Option<TraceParent>,
    /// When it began, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
    /// A stable code, if it went wrong.
    pub error: Option<String>,
    /// Facts by name; nothing of the content.
    pub attributes: Vec<(&'static str, Attribute)>,
    /// The label of what was sent and answered: decides whether `content` may leave.
    pub label: Label,
    /// Content by name, as text.
    pub content: Vec<(&'static str, String)>,
}

impl Span {
    /// Adds a fact.
    pub fn set(&mut self, name: &'static str, value: Attribute) {
        self.attributes.push((name, value));
    }
}

/// Never prints content.
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Span").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_callers_trace_is_read_as_the_standard_writes_it() {
        let read = TraceParent::read(GOOD, Some("vendor=1")).unwrap();
        assert_eq!(read.trace_id[..3], [0x0a, 0xf7, 0x65]);
        assert_eq!(read.span_id[7], 0x31);
        assert!(read.sampled);
        assert_eq!(read.state, "vendor=1");
        let unsampled = GOOD.replace("-01", "-00");
        assert!(!TraceParent::read(&unsampled, None).unwrap().sampled);
        let later = format!("{}-more", GOOD.replace("00-0af", "01-0af"));
        assert!(TraceParent::read(&later, None).is_some());
    }

    #[test]
    fn what_is_not_well_formed_is_not_there() {
        let bad = [
            "",
            "00",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c8031-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319あ-b7ad6b7169203331-01",
        ];
        assert!(bad.iter().all(|text| TraceParent::read(text, None).is_none()));
        assert_eq!(TraceParent::read(GOOD, Some(&"x".repeat(513))).unwrap().state, "");
    }
}
