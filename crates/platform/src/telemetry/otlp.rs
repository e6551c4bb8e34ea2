//! Spans in the bytes of OTLP: the part of `opentelemetry/proto/trace/v1` that is sent.
//!
//! # Source
//!
//! opentelemetry-proto 1.x, `trace.proto`, `common.proto`, `resource.proto`, `trace_service.proto`;
//! the numbers of the fields are theirs.

use bytes::Bytes;
use prost::Message;

use super::span::{Attribute, Span, SpanKind};

/// `SPAN_KIND_INTERNAL` and `SPAN_KIND_CLIENT`.
const KIND_INTERNAL: i32 = 1;
const KIND_CLIENT: i32 = 3;
/// `STATUS_CODE_ERROR`.
const STATUS_ERROR: i32 = 2;

/// Who sends, and by which version of which names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `service.name`.
    pub service: String,
    /// `service.version`.
    pub version: String,
    /// `service.instance.id`: one process.
    pub instance: String,
    /// The instrumentation scope.
    pub scope: &'static str,
    /// The schema URL of the names that are used.
    pub schema_url: &'static str,
}

/// Spans as they go out. Made here alone, so that nothing else leaves by the collector's door.
#[derive(Debug, Clone)]
pub struct Batch {
    body: Bytes,
    spans: u64,
}

impl Batch {
    /// `spans` of `source`.
    pub(crate) fn of(source: &Source, spans: Vec<Span>) -> Self {
        let count = u64::try_from(spans.len()).unwrap_or(u64::MAX);
        let scope = ScopeSpans {
            scope: Some(Scope { name: source.scope.to_owned(), version: source.version.clone() }),
            spans: spans.into_iter().map(wire).collect(),
            schema_url: source.schema_url.to_owned(),
        };
        let own = [
            ("service.name", &source.service),
            ("service.version", &source.version),
            ("service.instance.id", &source.instance),
        ];
        let attributes = own.map(|(name, text)| pair(name, Attribute::Text(text.clone())));
        let resource = ResourceSpans {
            resource: Some(Resource { attributes: attributes.into() }),
            scope_spans: vec![scope],
            schema_url: source.schema_url.to_owned(),
        };
        let body = Request { resource_spans: vec![resource] }.encode_to_vec();
        Self { body: Bytes::from(body), spans: count }
    }

    /// The bytes.
    pub(crate) fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// How many spans it holds.
    pub(crate) fn spans(&self) -> u64 {
        self.spans
    }
}

/// How many spans the collector says it refused.
pub(super) fn rejected(answer: &[u8]) -> u64 {
    let read = Answer::decode(answer).ok().and_then(|answer| answer.partial_success);
    read.and_then(|partial| u64::try_from(partial.rejected_spans).ok()).unwrap_or(0)
}

fn wire(span: Span) -> WireSpan {
    let content = span.content.into_iter().map(|(name, text)| (name, Attribute::Text(text)));
    let attributes = span.attributes.into_iter().chain(content);
    let (parent_span_id, trace_state) = span.parent.map_or_else(
        || (Vec::new(), String::new()),
        |parent| (parent.span_id.to_vec(), parent.state),
    );
    WireSpan {
        trace_id: span.trace_id.to_vec(),
        span_id: span.span_id.to_vec(),
        trace_state,
        parent_span_id,
        name: span.name,
        kind: if span.kind == SpanKind::Client { KIND_CLIENT } else { KIND_INTERNAL },
        start_time_unix_nano: nanos(span.started_ms),
        end_time_unix_nano: nanos(span.ended_ms.max(span.started_ms)),
        attributes: attributes.map(|(name, value)| pair(name, value)).collect(),
        status: span.error.map(|message| Status { message, code: STATUS_ERROR }),
        flags: 1,
    }
}

fn nanos(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0).saturating_mul(1_000_000)
}

fn pair(name: &str, value: Attribute) -> KeyValue {
    KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value.into()) }) }
}

impl From<Attribute> for Value {
    fn from(value: Attribute) -> Self {
        match value {
            Attribute::Text(text) => Self::Text(text),
            Attribute::Word(word) => Self::Text(word.to_owned()),
            Attribute::Whole(number) => Self::Whole(number),
            Attribute::Number(number) => Self::Number(number),
            Attribute::Flag(flag) => Self::Flag(flag),
            Attribute::Texts(texts) => Self::List(ListValue {
                values: texts
                    .into_iter()
                    .map(|text| AnyValue { value: Some(Self::Text(text)) })
                    .collect(),
            }),
        }
    }
}

#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected_spans: i64,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
    #[prost(string, tag = "3")]
    schema_url: String,
}

#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, optional, tag = "1")]
    scope: Option<Scope>,
    #[prost(message, repeated, tag = "2")]
    spans: Vec<WireSpan>,
    #[prost(string, tag = "3")]
    schema_url: String,
}

#[derive(Clone, PartialEq, Message)]
struct Scope {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    version: String,
}

#[derive(Clone, PartialEq, Message)]
struct WireSpan {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    span_id: Vec<u8>,
    #[prost(string, tag = "3")]
    trace_state: String,
    #[prost(bytes = "vec", tag = "4")]
    parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    name: String,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(fixed64, tag = "7")]
    start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<KeyValue>,
    #[prost(message, optional, tag = "15")]
    status: Option<Status>,
    #[prost(fixed32, tag = "16")]
    flags: u32,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(string, tag = "2")]
    message: String,
    #[prost(int32, tag = "3")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(oneof = "Value", tags = "1, 2, 3, 4, 5")]
    value: Option<Value>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Value {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Flag(bool),
    #[prost(int64, tag = "3")]
    Whole(i64),
    #[prost(double, tag = "4")]
    Number(f64),
    #[prost(message, tag = "5")]
    List(ListValue),
}

#[derive(Clone, PartialEq, Message)]
struct ListValue {
    #[prost(message, repeated, tag = "1")]
    values: Vec<AnyValue>,
}
