//! One door to every model: endpoints, OpenAI's dialect, and the verbs that other slices call.
//!
//! Invariants: every call goes through `guard` and has its outcome on disk before its last byte is
//! given out; in the same dialect the caller's bytes pass as they are but for the model's name; an
//! answer that is cut, stalled or malformed is said to be so and never patched. API keys are sealed
//! and never given out. Knows nothing of documents or conversations.

mod answer_once;
mod ask_endpoint;
mod base_url;
mod batches;
mod block;
mod breaker;
mod bypass;
mod cache;
mod call;
mod candidates;
mod change_endpoint;
mod chat;
mod chat_stream;
mod config;
mod continuity;
mod create_endpoint;
mod embed;
mod embedded;
mod endpoint_fields;
mod ensure_embedded_endpoints;
mod error;
mod failure;
mod gateway;
mod generator_request;
mod health;
mod hearing;
mod hours;
mod model;
mod observe;
mod order;
mod pieces;
mod prices;
mod recorded;
mod remove_endpoint;
mod routes;
mod store;
mod test_endpoint;
mod traffic;
mod upstream;
mod usage;
mod wire;

pub mod http;
pub mod v1;

pub use self::{
    base_url::is_near,
    batches::{
        Batch, BatchError, BatchFile, BatchState, CallPath, FilePurpose, LineFault, Moments,
        NewBatch, NewFile,
    },
    block::{Block, Blocked, NewBlock},
    chat_stream::{ChatEvent, ChatMessage, ChatRequest, ChatStream},
    config::Config,
    continuity::{
        Ability, Amounts, CheckAnswer, CheckOutcome, CheckQuestion, CheckResult, CheckTally,
        Checks, ContinuityError, Dimension, Drill, DrillJob, DrillState, Exit, ExitOutcome, Exits,
        Figures, Group, Latency, Layer, LayerShares, Measured, NamedEndpoint, NewDrill, Report,
        Shares, Shown, WayKind, WithoutAnswer,
    },
    embed::{EmbedRequest, Embedded},
    embedded::{
        EmbeddedEmbedder, EmbeddedError, EmbeddedFault, EmbeddedGenerator, Generated,
        GeneratorEvent, GeneratorRequest,
    },
    endpoint_fields::{EndpointChange, NewEndpoint},
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::{Capability, Endpoint, EndpointKind, Health, HealthState, Language, Price, Speaks},
    observe::{BUCKETS, SCHEMA_URL},
    prices::{PriceEntry, PriceStatus, PriceTable, PriceTableError, PriceUnit, Prices},
    routes::{Bounds, Conditions, Leg, NewRoute, Route, RouteChange},
    test_endpoint::{ProbeResult, TestError, TestResult},
    usage::{
        CallsUnderWay, TrafficBy, TrafficFault, TrafficLine, TrafficPoint, TrafficReport,
        TrafficScope, Window,
    },
};
