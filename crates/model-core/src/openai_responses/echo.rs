//! What an answer in OpenAI Responses repeats of its request, as the SDKs and the schema demand.

use super::request::{write_format, write_tool, write_tool_choice};
use crate::{
    json::{Json, Number},
    openai_chat::write_metadata,
    request::{Message, Part, Request, Role},
    response::{Finish, Stamp, Usage},
};

/// The state of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State<'a> {
    InProgress,
    Ended(&'a Finish),
    Failed,
}

/// What is repeated.
#[derive(Debug)]
pub(crate) struct Echo {
    stamp: Stamp,
    head: Json,
}

impl Echo {
    pub(crate) fn of(request: &Request, stamp: Stamp) -> Self {
        let text = || Json::empty().with("format", Json::empty().with("type", "text"));
        let tools: Vec<_> = request.tools.iter().map(repeat_tool).collect();
        let reasoning = request.reasoning.clone().unwrap_or_default();
        let reasoning = Json::empty()
            .with_or_null("effort", reasoning.effort)
            .with_or_null("summary", reasoning.summary);
        let number = |number: Option<&Number>, usual: u64| match number {
            Some(number) => Json::from(number),
            None => usual.into(),
        };
        let sampling = &request.sampling;
        let choice = request.tool_choice.as_ref().map(write_tool_choice);
        let head = Json::empty()
            .with("previous_response_id", Json::Null)
            .with_or_null("instructions", instructions(request))
            .with("tools", tools)
            .with("tool_choice", choice.unwrap_or_else(|| "auto".into()))
            .with("truncation", "disabled")
            .with("parallel_tool_calls", request.parallel_tool_calls.unwrap_or(true))
            .with("text", write_format(&request.format).unwrap_or_else(text))
            .with("top_p", number(sampling.top_p.as_ref(), 1))
            .with("presence_penalty", number(sampling.presence_penalty.as_ref(), 0))
            .with("frequency_penalty", number(sampling.frequency_penalty.as_ref(), 0))
            .with("top_logprobs", 0)
            .with("temperature", number(sampling.temperature.as_ref(), 1))
            .with("reasoning", reasoning)
            .with_or_null("max_output_tokens", request.max_output_tokens)
            .with("max_tool_calls", Json::Null)
            .with("store", false)
            .with("background", false)
            .with("service_tier", "default")
            .with("metadata", write_metadata(&request.metadata).unwrap_or_else(Json::empty))
            .with("safety_identifier", Json::Null)
            .with("prompt_cache_key", Json::Null)
            .with_some("user", request.user.as_deref());
        Self { stamp, head }
    }

    /// The id of the answer.
    pub(crate) fn id(&self) -> &str {
        &self.stamp.id
    }

    /// The answer as a resource.
    pub(crate) fn resource(
        &self,
        state: State<'_>,
        output: Vec<Json>,
        usage: Option<&Usage>,
        error: Option<Json>,
    ) -> Json {
        let reason = match state {
            State::Ended(Finish::Length) => Some("max_output_tokens"),
            State::Ended(Finish::Filtered) => Some("content_filter"),
            _ => None,
        };
        let status = match (state, reason) {
            (State::InProgress, _) => "in_progress",
            (State::Failed, _) => "failed",
            (_, Some(_)) => "incomplete",
            (_, None) => "completed",
        };
        let completed_s = (status == "completed").then_some(self.stamp.created_s);
        let incomplete = reason.map(|reason| Json::empty().with("reason", reason));
        let mut resource = Json::empty()
            .with("id", self.stamp.id.as_str())
            .with("object", "response")
            .with("created_at", self.stamp.created_s)
            .with_or_null("completed_at", completed_s)
            .with("status", status)
            .with_or_null("error", error)
            .with_or_null("incomplete_details", incomplete)
            .with("model", self.stamp.model.as_str())
            .with("output", output)
            .with_or_null("usage", usage.map(write_usage));
        if let (Json::Object(all), Json::Object(head)) = (&mut resource, &self.head) {
            all.extend(head.iter().cloned());
        }
        resource
    }
}

/// An answer repeats a tool with every field, `null` where there is nothing.
fn repeat_tool(tool: &crate::request::Tool) -> Json {
    let Json::Object(mut members) = write_tool(tool) else { return Json::Null };
    for key in ["description", "parameters"] {
        if !members.iter().any(|(name, _)| name == key) {
            members.push((key.to_owned(), Json::Null));
        }
    }
    Json::Object(members)
}

fn instructions(request: &Request) -> Option<&str> {
    match request.messages.as_slice() {
        [Message { role: Role::System, parts }, ..] => match parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn write_usage(usage: &Usage) -> Json {
    let input = Json::empty()
        .with("cached_tokens", usage.cached_tokens)
        .with("cache_write_tokens", usage.cache_write_tokens);
    let output = Json::empty().with("reasoning_tokens", usage.reasoning_tokens);
    Json::empty()
        .with("input_tokens", usage.input_tokens)
        .with("input_tokens_details", input)
        .with("output_tokens", usage.output_tokens)
        .with("output_tokens_details", output)
        .with("total_tokens", usage.total_tokens())
}
