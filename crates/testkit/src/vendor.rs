//! What a model server answers in each of the callers' dialects: whole, and as events.
//!
//! Written out by hand, so that no code of Kaname's is held to its own words.

use std::fmt::Write as _;

/// The pieces of text of every streamed answer.
pub const PIECES: [&str; 3] = ["粗大ごみは", "一点五百円", "です。"];

/// A good answer: three tokens in, four out.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The events of a stream; the last is the terminator.
    pub events: Vec<String>,
    /// The place of the event with the first piece; the others follow.
    pub first: usize,
    /// The event that reports an error.
    pub error: &'static str,
    /// The body of a whole answer.
    pub whole: String,
}

/// The answer at `path`; with `counts` it tells its usage.
pub fn answer(path: &str, counts: bool) -> Answer {
    if path.contains("/messages") {
        messages(counts)
    } else if path.contains("/responses") {
        responses(counts)
    } else {
        chat(counts)
    }
}

/// The events of a good answer in Chat Completions, without the terminator.
pub fn good_events() -> Vec<String> {
    let mut events = chat(true).events;
    events.pop();
    events
}

fn chat(counts: bool) -> Answer {
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"up-model\",\
             \"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}],\
             \"x_unknown\":null}}\n\n"
        )
    };
    let usage = r#"{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}"#;
    let mut events: Vec<String> =
        PIECES.iter().map(|text| chunk(&format!("{{\"content\":\"{text}\"}}"), "null")).collect();
    events.push(chunk("{}", "\"stop\""));
    if counts {
        events.push(format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"up-model\",\
             \"choices\":[],\"usage\":{usage}}}\n\n"
        ));
    }
    events.push("data: [DONE]\n\n".to_owned());
    let text = PIECES.concat();
    let usage = if counts { format!("\"usage\":{usage},") } else { String::new() };
    let whole = format!(
        r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"up-model","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],{usage}"x_unknown":null}}"#
    );
    let error = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n";
    Answer { events, first: 0, error, whole }
}

fn messages(counts: bool) -> Answer {
    let event =
        |kind: &str, rest: &str| format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n");
    let (read, written) = if counts {
        (",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}", ",\"usage\":{\"output_tokens\":4}")
    } else {
        ("", "")
    };
    let head = format!(
        ",\"message\":{{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"up-model\",\
         \"content\":[],\"stop_reason\":null,\"stop_sequence\":null{read}}}"
    );
    let mut events = vec![
        event("message_start", &head),
        event(
            "content_block_start",
            ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}",
        ),
    ];
    events.extend(PIECES.iter().map(|text| {
        let delta = format!(
            ",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}},\"x_unknown\":null"
        );
        event("content_block_delta", &delta)
    }));
    events.push(event("content_block_stop", ",\"index\":0"));
    let end =
        format!(",\"delta\":{{\"stop_reason\":\"end_turn\",\"stop_sequence\":null}}{written}");
    events.push(event("message_delta", &end));
    events.push(event("message_stop", ""));
    let text = PIECES.concat();
    let usage = if counts { ",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}" } else { "" };
    let whole = format!(
        r#"{{"id":"msg_1","type":"message","role":"assistant","model":"up-model","content":[{{"type":"text","text":"{text}"}}],"stop_reason":"end_turn","stop_sequence":null,"x_unknown":null{usage}}}"#
    );
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"out of memory\"}}\n\n";
    Answer { events, first: 2, error, whole }
}

fn responses(counts: bool) -> Answer {
    let text = PIECES.concat();
    let part = |text: &str| format!(r#"{{"type":"output_text","text":"{text}","annotations":[]}}"#);
    let item = |status: &str, content: &str| {
        format!(
            r#"{{"id":"msg_1","type":"message","role":"assistant","status":"{status}","content":[{content}]}}"#
        )
    };
    let usage = if counts {
        r#","usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7}"#
    } else {
        ""
    };
    let response = |status: &str, output: &str, usage: &str| {
        format!(
            r#"{{"id":"resp_1","object":"response","created_at":1,"model":"up-model","status":"{status}","output":[{output}],"x_unknown":null{usage}}}"#
        )
    };
    let done = item("completed", &part(&text));
    let place = r#""item_id":"msg_1","output_index":0,"content_index":0"#;
    let mut told = vec![
        ("created", format!("\"response\":{}", response("in_progress", "", ""))),
        ("output_item.added", format!("\"output_index\":0,\"item\":{}", item("in_progress", ""))),
        ("content_part.added", format!("{place},\"part\":{}", part(""))),
    ];
    told.extend(PIECES.map(|text| ("output_text.delta", format!("{place},\"delta\":\"{text}\""))));
    told.push(("output_text.done", format!("{place},\"text\":\"{text}\"")));
    told.push(("content_part.done", format!("{place},\"part\":{}", part(&text))));
    told.push(("output_item.done", format!("\"output_index\":0,\"item\":{done}")));
    told.push(("completed", format!("\"response\":{}", response("completed", &done, usage))));
    let events = told
        .iter()
        .enumerate()
        .map(|(number, (kind, rest))| {
            let mut event = format!("event: response.{kind}\n");
            // Writing to a text never fails.
            let _written = write!(
                event,
                "data: {{\"type\":\"response.{kind}\",\"sequence_number\":{number},{rest}}}\n\n"
            );
            event
        })
        .collect();
    let error = "event: error\ndata: {\"type\":\"error\",\"sequence_number\":5,\"code\":\"server_error\",\"message\":\"out of memory\",\"param\":null}\n\n";
    Answer { events, first: 3, error, whole: response("completed", &done, usage) }
}
