//! Content in the shape of OpenTelemetry's `gen_ai.input.messages` and `gen_ai.output.messages`.
//! Made only where a collector is cleared for it. Pictures and files are named, never copied.

use kaname_model_core::{Part, Request, Role};
use serde_json::{Value, json};

/// What the model reads.
pub(super) fn input(request: &Request) -> Option<String> {
    let messages: Vec<Value> = request
        .messages
        .iter()
        .map(|message| {
            let parts: Vec<Value> = message.parts.iter().map(part).collect();
            json!({ "role": role(message.role), "parts": parts })
        })
        .collect();
    (!messages.is_empty()).then(|| Value::Array(messages).to_string())
}

/// What came of the answer, as the record keeps it.
pub(super) fn output(answer: &[u8], finish_reason: Option<&str>) -> String {
    let text = String::from_utf8_lossy(answer);
    let message = json!({
        "role": "assistant",
        "parts": [{ "type": "text", "content": text }],
        "finish_reason": finish_reason.unwrap_or("error"),
    });
    Value::Array(vec![message]).to_string()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) | Part::Refusal(text) => json!({ "type": "text", "content": text }),
        Part::Thought(thought) => json!({ "type": "reasoning", "content": thought.text }),
        Part::ToolCall(call) => json!({
            "type": "tool_call", "id": call.id, "name": call.name, "arguments": call.arguments,
        }),
        Part::ToolResult(result) => {
            let response: Vec<Value> = result.parts.iter().map(self::part).collect();
            json!({ "type": "tool_call_response", "id": result.id, "response": response })
        }
        _ => json!({ "type": "left_out" }),
    }
}
