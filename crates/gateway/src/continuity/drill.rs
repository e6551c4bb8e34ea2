//! A drill: doing without something for a time under real traffic, and the report of it.

use kaname_kernel::{ActId, DrillId, InstitutionId};
use kaname_platform::named_variants;
use serde::{Deserialize, Serialize};

use super::{
    checks::{CheckQuestion, Checks},
    ways::WayKind,
};
use crate::block::{Blocked, NewBlock};

named_variants! {
    /// Where a drill stands.
    DrillState {
        /// Its check questions are asked for the first time; nothing is out of service yet.
        Checking = "checking",
        /// It is under way.
        Running = "running",
        /// It has ended and its report stands.
        Ended = "ended",
    }
}

/// A new drill.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
pub struct NewDrill {
    /// What is to be out of service, for how long, and why.
    #[serde(flatten)]
    pub block: NewBlock,
    /// What is asked before it and again in it, 20 questions at most. The block and its time begin
    /// when every question has been asked once.
    #[serde(default)]
    pub checks: Vec<CheckQuestion>,
}

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Drill {
    /// Its id.
    #[schema(value_type = String)]
    pub id: DrillId,
    /// Whose it is.
    #[serde(skip)]
    pub institution: InstitutionId,
    /// What is done without.
    #[serde(flatten)]
    pub without: Blocked,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: DrillState,
    /// Since when; while questions are asked first, since when they are.
    pub from_ms: i64,
    /// Until when it was to last; while questions are asked first, as if it had begun with them.
    pub until_ms: i64,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// The block that takes what it is about out of service.
    #[schema(value_type = String)]
    pub block_id: ActId,
    /// The act of its start.
    #[schema(value_type = String)]
    pub start_act_id: ActId,
    /// The act of its end, which commits to the report.
    #[schema(value_type = Option<String>)]
    pub end_act_id: Option<ActId>,
    /// The report; while it runs, as of now, and in no list.
    pub report: Option<Report>,
    /// The hash of the report as the act of the end commits to it.
    pub report_sha256: Option<String>,
}

/// What was seen during a drill, beside as long a time just before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// From this moment on. The time before is as long and ends here.
    pub from_ms: i64,
    /// Until just before this one; the same one where nothing was out of service yet.
    pub to_ms: i64,
    /// Whether the drill has ended; else these are figures of a drill under way.
    pub is_final: bool,
    /// What was seen during the drill.
    pub during: Figures,
    /// What was seen before it.
    pub before: Figures,
    /// Ways on which requests were left without an answer, the most first, 50 at most.
    pub without_answer: Vec<WithoutAnswer>,
    /// What came of the check questions, if there are any.
    #[serde(default)]
    pub checks: Option<Checks>,
    /// What the figures do not tell: `answer_quality`, or `unchecked_quality` where there are check
    /// questions; `length_stops`, `quoted_instead`.
    pub not_measured: Vec<String>,
}

/// What was seen over a span. Probes and tests of endpoints do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figures {
    /// Requests that reached an endpoint, or were denied.
    pub requests: i64,
    /// Calls of endpoints; a request that moves on makes several.
    pub calls: i64,
    /// Calls whose whole answer came.
    pub completed: i64,
    /// Calls that failed before any of their answer came.
    pub failed: i64,
    /// Calls whose answer broke off.
    pub broken: i64,
    /// Calls for whose answer nobody waited any more.
    pub abandoned: i64,
    /// Calls that a stop of the program cut off.
    pub unknown: i64,
    /// Calls under way when the figures were taken.
    pub under_way: i64,
    /// Refusals by rule: label, rights, budget.
    pub denied: i64,
    /// Requests that tried more than one endpoint.
    pub failovers: i64,
    /// Requests that reached an endpoint and got no answer from any.
    pub unanswered: i64,
    /// Requests that nothing in service was left to answer.
    pub unserved: i64,
    /// Calls that went to what the drill does without: in it, those chosen just before it began.
    pub to_subject: i64,
    /// Tokens in, as far as endpoints said.
    pub prompt_tokens: i64,
    /// Tokens out, as far as endpoints said.
    pub completion_tokens: i64,
    /// Millionths of a yen, as far as prices are stated.
    pub cost_micro_yen: i64,
    /// Of the calls that ended, the share whose whole answer came, in hundredths of a percent.
    pub completed_share: Option<u32>,
    /// Of the calls that ended, the share whose answer broke off, in hundredths of a percent.
    pub broken_share: Option<u32>,
    /// Tokens of a whole answer in the mean, over those that said.
    pub answer_tokens_mean: Option<i64>,
    /// How long whoever asked a chat model waited.
    pub latency: Latency,
}

/// How long the requests to chat models took that were answered in full, from the first call of the
/// request on, in milliseconds. By the nearest rank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Latency {
    /// Half of the answers were whole by then.
    pub whole_p50_ms: Option<i64>,
    /// 95 of 100 were.
    pub whole_p95_ms: Option<i64>,
    /// Half of the answers had begun by then.
    pub first_p50_ms: Option<i64>,
    /// 95 of 100 had.
    pub first_p95_ms: Option<i64>,
}

/// A way on which requests were left without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WithoutAnswer {
    /// What kind of way.
    pub kind: WayKind,
    /// The id of the route or endpoint, or the name of the use.
    pub id: String,
    /// The name that callers write, as it was then; empty where it was gone.
    pub public_name: String,
    /// Requests on this way that reached an endpoint, or were denied.
    pub requests: i64,
    /// Those that got no answer from any.
    pub unanswered: i64,
    /// Requests that nothing in service was left to answer.
    pub unserved: i64,
}
