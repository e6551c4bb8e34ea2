//! Streams as vendors send them, event by event.

use kaname_model_core::{
    Dialect, FailureKind, Finish, Notes, Opened, Part, Signature, StreamError, StreamEvent,
    ToolCall, Usage, eventstream::Message,
};

use crate::{
    make::{ANTHROPIC, BEDROCK, CHAT, GEMINI, RESPONSES, json},
    streams::read,
};

fn told(dialect: Dialect, bytes: &[u8]) -> Vec<StreamEvent> {
    let (events, end) = read(dialect, bytes, &[]);
    assert_eq!(end, Ok(()));
    events
}

fn sse(data: &[&str]) -> Vec<u8> {
    data.iter().map(|data| format!("data: {data}\n\n")).collect::<Vec<_>>().concat().into_bytes()
}

fn delta(text: &str) -> StreamEvent {
    StreamEvent::Delta(text.into())
}

#[test]
fn chat_with_functions_and_a_usage_of_its_own() {
    let bytes = sse(&[
        r#"{"id":"c","model":"m","created":5,"choices":[],"prompt_filter_results":[]}"#,
        r#"{"id":"c","model":"m","created":5,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"reasoning_content":"え"}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t0","type":"function","function":{"name":"f","arguments":""}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"t1","type":"function","function":{"name":"g","arguments":""}}]}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        r#"{"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":1}}}"#,
        "[DONE]",
    ]);
    let call = |id: &str, name: &str| {
        StreamEvent::Open(Opened::ToolCall { id: id.into(), name: name.into() })
    };
    let usage = Usage { input_tokens: 3, output_tokens: 4, cached_tokens: 1, ..Usage::default() };
    assert_eq!(
        told(CHAT, &bytes),
        [
            StreamEvent::Start { id: "c".into(), model: "m".into(), created_s: Some(5) },
            StreamEvent::Open(Opened::Thought { id: None, is_summary: false }),
            delta("え"),
            StreamEvent::Close,
            call("t0", "f"),
            delta("{\"a\""),
            delta(":1}"),
            StreamEvent::Close,
            call("t1", "g"),
            delta("{}"),
            StreamEvent::Close,
            StreamEvent::Finish(Finish::ToolCalls),
            StreamEvent::Usage(usage),
            StreamEvent::End,
        ]
    );
}

#[test]
fn anthropic_with_a_signed_thought_and_a_cache() {
    let bytes = sse(&[
        r#"{"type":"message_start","message":{"id":"msg","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Sig="}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}"#,
        r#"{"type":"content_block_stop","index":1}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":9}}"#,
        r#"{"type":"message_stop"}"#,
    ]);
    let usage = Usage {
        input_tokens: 17,
        output_tokens: 9,
        cached_tokens: 5,
        cache_write_tokens: 2,
        reasoning_tokens: 0,
    };
    assert_eq!(
        told(ANTHROPIC, &bytes),
        [
            StreamEvent::Start { id: "msg".into(), model: "m".into(), created_s: None },
            StreamEvent::Open(Opened::Thought { id: None, is_summary: false }),
            StreamEvent::Ping,
            delta("hm"),
            StreamEvent::Signature(Signature { dialect: ANTHROPIC, value: "Sig=".into() }),
            StreamEvent::Close,
            StreamEvent::Open(Opened::ToolCall { id: "t".into(), name: "f".into() }),
            delta("{\"a\":1}"),
            StreamEvent::Close,
            StreamEvent::Finish(Finish::ToolCalls),
            StreamEvent::Usage(usage),
            StreamEvent::End,
        ]
    );
}

#[test]
fn anthropic_holds_blocks_to_their_order() {
    let start = r#"{"type":"message_start","message":{"id":"m","model":"m"}}"#;
    for wrong in [
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use"}}"#,
        r#"{"type":"message_stop"}"#,
    ] {
        let end = read(ANTHROPIC, &sse(&[start, wrong]), &[]).1;
        assert!(matches!(end, Err(StreamError::Malformed { .. })), "{wrong}");
    }
}

#[test]
fn responses_with_a_thought_that_is_only_a_token() {
    let bytes = sse(&[
        r#"{"type":"response.created","sequence_number":0,"response":{"id":"resp","model":"m","created_at":7,"status":"in_progress"}}"#,
        r#"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs","type":"reasoning","summary":[]}}"#,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"id":"rs","type":"reasoning","summary":[],"encrypted_content":"tok"}}"#,
        r#"{"type":"response.output_item.added","output_index":1,"item":{"id":"msg","type":"message","status":"in_progress","content":[],"role":"assistant"}}"#,
        r#"{"type":"response.content_part.added","item_id":"msg","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}"#,
        r#"{"type":"response.output_text.delta","item_id":"msg","output_index":1,"content_index":0,"delta":"はい"}"#,
        r#"{"type":"response.output_text.done","item_id":"msg","output_index":1,"content_index":0,"text":"はい"}"#,
        r#"{"type":"response.content_part.done","item_id":"msg","output_index":1,"content_index":0,"part":{"type":"output_text","text":"はい"}}"#,
        r#"{"type":"response.output_item.done","output_index":1,"item":{"id":"msg","type":"message"}}"#,
        r#"{"type":"response.incomplete","response":{"id":"resp","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}}"#,
        "[DONE]",
    ]);
    let usage = Usage { input_tokens: 1, output_tokens: 2, ..Usage::default() };
    assert_eq!(
        told(RESPONSES, &bytes),
        [
            StreamEvent::Start { id: "resp".into(), model: "m".into(), created_s: Some(7) },
            StreamEvent::Open(Opened::Thought { id: Some("rs".into()), is_summary: true }),
            StreamEvent::Signature(Signature { dialect: RESPONSES, value: "tok".into() }),
            StreamEvent::Close,
            StreamEvent::Open(Opened::Text),
            delta("はい"),
            StreamEvent::Close,
            StreamEvent::Finish(Finish::Length),
            StreamEvent::Usage(usage),
            StreamEvent::End,
        ]
    );
}

#[test]
fn gemini_ends_where_a_reason_and_then_the_bytes_end() {
    let parts = [
        r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"考","thought":true}]}}],"responseId":"g","modelVersion":"m"}"#,
        r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"は"}]}}],"responseId":"g"}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":1.0}},"thoughtSignature":"s"}]}}],"responseId":"g"}"#,
        r#"{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":3,"totalTokenCount":9},"responseId":"g"}"#,
    ];
    let usage =
        Usage { input_tokens: 4, output_tokens: 5, reasoning_tokens: 3, ..Usage::default() };
    assert_eq!(
        told(GEMINI, &sse(&parts)),
        [
            StreamEvent::Start { id: "g".into(), model: "m".into(), created_s: None },
            StreamEvent::Open(Opened::Thought { id: None, is_summary: true }),
            delta("考"),
            StreamEvent::Close,
            StreamEvent::Open(Opened::Text),
            delta("は"),
            StreamEvent::Close,
            StreamEvent::Open(Opened::ToolCall {
                id: "call_g_0~gemini/s".into(),
                name: "f".into()
            }),
            delta("{\"a\":1.0}"),
            StreamEvent::Close,
            StreamEvent::Finish(Finish::ToolCalls),
            StreamEvent::Usage(usage),
            StreamEvent::End,
        ]
    );
    let cut = sse(parts.split_last().unwrap().1);
    assert_eq!(read(GEMINI, &cut, &[]).1, Err(StreamError::Cut));
    let more = [sse(&parts), sse(&[parts[1]])].concat();
    assert_eq!(read(GEMINI, &more, &[]).1, Err(StreamError::AfterEnd));
}

fn bedrock(kind: &str, name: &str, payload: &str) -> Vec<u8> {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let key = if kind == "event" { ":event-type" } else { ":exception-type" };
    let headers = vec![header(":message-type", kind), header(key, name)];
    Message { headers, payload: payload.as_bytes().to_vec() }.encode()
}

#[test]
fn bedrock_is_read_message_by_message() {
    let start = bedrock("event", "messageStart", r#"{"role":"assistant"}"#);
    let text =
        bedrock("event", "contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"あ"}}"#);
    let stop = bedrock("event", "contentBlockStop", r#"{"contentBlockIndex":0}"#);
    let end = [
        bedrock("event", "messageStop", r#"{"stopReason":"end_turn"}"#),
        bedrock(
            "event",
            "metadata",
            r#"{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3,"cacheReadInputTokens":4},"metrics":{"latencyMs":5}}"#,
        ),
    ];
    let whole = [&start[..], &text, &stop, &end.concat()].concat();
    let usage = Usage { input_tokens: 5, output_tokens: 2, cached_tokens: 4, ..Usage::default() };
    assert_eq!(
        told(BEDROCK, &whole),
        [
            StreamEvent::Start { id: String::new(), model: String::new(), created_s: None },
            StreamEvent::Open(Opened::Text),
            delta("あ"),
            StreamEvent::Close,
            StreamEvent::Finish(Finish::Stop),
            StreamEvent::Usage(usage),
            StreamEvent::End,
        ]
    );
    for cut in 0..whole.len() {
        let (found, end) = read(BEDROCK, &whole[..cut], &[cut / 2]);
        assert!(matches!(end, Err(StreamError::Cut | StreamError::MissingTerminator)), "{cut}");
        assert!(!found.contains(&StreamEvent::End));
    }
    let mut flipped = whole.clone();
    flipped[start.len() + 20] ^= 1;
    assert_eq!(read(BEDROCK, &flipped, &[]).1, Err(StreamError::Checksum));
    let twice = [&whole[..], &end[1]].concat();
    assert_eq!(read(BEDROCK, &twice, &[]).1, Err(StreamError::DuplicateTerminator));
    let broken = bedrock("exception", "throttlingException", r#"{"message":"slow"}"#);
    let found = told(BEDROCK, &[start, broken].concat());
    let Some(StreamEvent::Failed(failure)) = found.last() else { panic!("{found:?}") };
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::RateLimited, "slow"));
}

#[test]
fn whole_answers_of_gemini_and_bedrock_are_read() {
    let gemini = r#"{"responseId":"g","modelVersion":"m","candidates":[{"finishReason":"MAX_TOKENS",
        "content":{"role":"model","parts":[{"text":"","thoughtSignature":"t"},{"text":"は"},
            {"inlineData":{"mimeType":"image/png","data":"AA=="}}]}}],
        "usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2}}"#;
    let mut notes = Notes::new();
    let answer = GEMINI.read_response(json(gemini), &mut notes).unwrap();
    assert_eq!((answer.id.as_str(), answer.finish), ("g", Finish::Length));
    assert_eq!(answer.parts.get(1), Some(&Part::Text("は".into())));
    assert!(
        matches!(answer.parts.first(), Some(Part::Thought(thought)) if thought.text.is_empty())
    );
    assert!(matches!(answer.parts.get(2), Some(Part::Image { .. })));
    let blocked = r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#;
    let blocked = GEMINI.read_response(json(blocked), &mut notes).unwrap();
    assert_eq!((blocked.finish, blocked.parts), (Finish::Filtered, vec![]));
    assert!(GEMINI.read_response(json(r#"{"candidates":[{}]}"#), &mut notes).is_err());

    let bedrock = r#"{"output":{"message":{"role":"assistant","content":[
            {"reasoningContent":{"reasoningText":{"text":"うむ","signature":"s"}}},
            {"text":"は"},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":1e2}}}]}},
        "stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3,
            "cacheWriteInputTokens":7},"metrics":{"latencyMs":1}}"#;
    let answer = BEDROCK.read_response(json(bedrock), &mut notes).unwrap();
    let usage =
        Usage { input_tokens: 8, output_tokens: 2, cache_write_tokens: 7, ..Usage::default() };
    assert_eq!((answer.finish, answer.usage), (Finish::ToolCalls, Some(usage)));
    let call = ToolCall { id: "t".into(), name: "f".into(), arguments: "{\"a\":1e2}".into() };
    assert_eq!(answer.parts.get(2), Some(&Part::ToolCall(call)));
}

/// Gemini's token for a call goes through a caller that has no place for it, and only to Gemini.
#[test]
fn the_token_of_a_call_comes_back_to_its_vendor_alone() {
    let chat = r#"{"model":"m","messages":[{"role":"user","content":"x"},
        {"role":"assistant","tool_calls":[{"id":"c~gemini/A+/=","type":"function",
            "function":{"name":"f","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c~gemini/A+/=","content":"y"}]}"#;
    let mut notes = Notes::new();
    let request = CHAT.read_request(json(chat), &mut notes).unwrap();
    let own = GEMINI.write_request(&request, &mut notes).unwrap().to_text();
    assert!(
        own.contains(
            r#"{"functionCall":{"id":"c","name":"f","args":{}},"thoughtSignature":"A+/="}"#
        )
    );
    assert!(own.contains(r#"{"functionResponse":{"id":"c","name":"f","#));
    for other in [CHAT, RESPONSES, ANTHROPIC, BEDROCK] {
        let written = other.write_request(&request, &mut notes).unwrap().to_text();
        assert!(!written.contains("gemini"), "{written}");
    }
}
