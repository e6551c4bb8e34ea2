//! What one dialect says and another cannot is said, and nothing passes by the door.

use kaname_model_core::{
    Dialect, Notes, Part, Request, Role, Signature, Thought, TranslateError, json::Json,
};

use crate::make::{ANTHROPIC, BEDROCK, CHAT, GEMINI, RESPONSES, json};

fn read(dialect: Dialect, text: &str) -> Result<Request, TranslateError> {
    dialect.read_request(json(text), &mut Notes::new())
}

fn translate(
    from: Dialect,
    text: &str,
    to: Dialect,
) -> (Result<Json, TranslateError>, Vec<String>) {
    let mut notes = Notes::new();
    let request = from.read_request(json(text), &mut notes).unwrap();
    let written = to.write_request(&request, &mut notes);
    (written, notes.list().iter().map(|note| note.field.clone()).collect())
}

#[test]
fn a_conversation_with_a_tool_goes_from_chat_to_anthropic() {
    let chat = r#"{"model":"m","max_tokens":9,"messages":[
        {"role":"system","content":"役所"},
        {"role":"user","content":[{"type":"text","text":"天気?"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
        {"role":"assistant","content":null,"tool_calls":[
            {"id":"c1","type":"function","function":{"name":"w","arguments":"{\"t\": 1.0}"}},
            {"id":"c2","type":"function","function":{"name":"w","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c1","content":"晴"},
        {"role":"tool","tool_call_id":"c2","content":"雨"},
        {"role":"user","content":"どちら?"}],
        "tools":[{"type":"function","function":{"name":"w","parameters":{"type":"object"}}}],
        "tool_choice":"required","temperature":0.70,"stop":"終"}"#;
    let (written, notes) = translate(CHAT, chat, ANTHROPIC);
    let expected = r#"{"model":"m","max_tokens":9,"system":"役所","messages":[
        {"role":"user","content":[{"type":"text","text":"天気?"},
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
        {"role":"assistant","content":[
            {"type":"tool_use","id":"c1","name":"w","input":{"t":1.0}},
            {"type":"tool_use","id":"c2","name":"w","input":{}}]},
        {"role":"user","content":[
            {"type":"tool_result","tool_use_id":"c1","content":"晴"},
            {"type":"tool_result","tool_use_id":"c2","content":"雨"},
            {"type":"text","text":"どちら?"}]}],
        "tools":[{"name":"w","input_schema":{"type":"object"}}],
        "tool_choice":{"type":"any"},"temperature":0.70,"stop_sequences":["終"]}"#;
    assert_eq!(written.unwrap(), json(expected));
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn words_of_the_system_at_the_head_stand_together() {
    let responses = r#"{"model":"m","instructions":"一","input":[
        {"role":"developer","content":"二"},{"role":"user","content":"三"}]}"#;
    let (written, notes) = translate(RESPONSES, responses, ANTHROPIC);
    let expected = r#"[{"type":"text","text":"一"},{"type":"text","text":"二"}]"#;
    assert_eq!(written.unwrap().get("system"), Some(&json(expected)));
    assert_eq!(notes, ["messages[1]", "max_output_tokens"]);
    let (written, _) = translate(RESPONSES, responses, GEMINI);
    let expected = r#"{"parts":[{"text":"一"},{"text":"二"}]}"#;
    assert_eq!(written.unwrap().get("systemInstruction"), Some(&json(expected)));
    let later = r#"{"model":"m","messages":[{"role":"user","content":"一"},{"role":"system","content":"二"}]}"#;
    assert!(translate(CHAT, later, BEDROCK).0.is_err());
}

#[test]
fn what_would_pass_by_the_door_is_refused() {
    let input = r#""model":"m","input":"x""#;
    for field in [
        r#""previous_response_id":"r""#,
        r#""conversation":"c""#,
        r#""background":true"#,
        r#""tools":[{"type":"web_search"}]"#,
        r#""truncation":"auto""#,
        r#""unheard_of":1"#,
    ] {
        let error = read(RESPONSES, &format!("{{{input},{field}}}")).unwrap_err();
        assert!(matches!(error, TranslateError::Unsupported { .. }), "{field}");
    }
    let message = r#""model":"m","messages":[{"role":"user","content":"x"}]"#;
    for field in [r#""store":true"#, r#""n":2"#, r#""logprobs":true"#, r#""web_search_options":{}"#]
    {
        let error = read(CHAT, &format!("{{{message},{field}}}")).unwrap_err();
        assert!(matches!(error, TranslateError::Unsupported { .. }), "{field}");
    }
    let kept = r#"{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}"#;
    assert_eq!(read(RESPONSES, kept).unwrap_err().field(), Some("input[0].content[0].file_id"));
    let hosted = r#"{"model":"m","max_tokens":1,"messages":[],"tools":[{"type":"bash_20250124","name":"b"}]}"#;
    assert_eq!(read(ANTHROPIC, hosted).unwrap_err().field(), Some("tools[0].type"));
}

#[test]
fn null_counts_as_absent_and_a_wrong_type_is_named() {
    let nulls = r#"{"model":"m","messages":[{"role":"user","content":"x","name":null}],
        "tools":null,"stop":null,"temperature":null,"unheard_of":null,"store":false,"n":1}"#;
    assert!(read(CHAT, nulls).is_ok());
    for (text, field) in [
        (r#"{"messages":[]}"#, "model"),
        (r#"{"model":"m","messages":{}}"#, "messages"),
        (r#"{"model":"m","messages":[{"role":"user","content":7}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"user"}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[],"max_tokens":1.5}"#, "max_tokens"),
    ] {
        let error = read(CHAT, text).unwrap_err();
        assert!(matches!(error, TranslateError::Wrong { .. }), "{text}");
        assert_eq!(error.field(), Some(field));
    }
}

#[test]
fn what_a_target_cannot_say_is_an_error_or_a_note() {
    let chat = |more: &str| {
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{more}}}"#)
    };
    for (more, to, field) in [
        (r#""seed":1"#, ANTHROPIC, "seed"),
        (r#""stop":"x""#, RESPONSES, "stop"),
        (r#""response_format":{"type":"json_object"}"#, BEDROCK, "response_format"),
        (r#""top_k":3"#, BEDROCK, "top_k"),
    ] {
        let (written, _) = translate(CHAT, &chat(more), to);
        assert_eq!(written.unwrap_err().field(), Some(field), "{more}");
    }
    let (written, notes) =
        translate(CHAT, &chat(r#""metadata":{"a":"b"},"service_tier":"flex""#), ANTHROPIC);
    assert!(written.is_ok());
    assert_eq!(notes, ["service_tier", "metadata", "max_output_tokens"]);
    let picture = r#"{"model":"m","messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"https://a.example/b"}}]}]}"#;
    assert!(translate(CHAT, picture, GEMINI).0.is_err());
    let broken = r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[
        {"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]}]}"#;
    assert!(translate(CHAT, broken, RESPONSES).0.is_ok());
    assert!(translate(CHAT, broken, ANTHROPIC).0.is_err());
}

/// A thought's token goes through a caller of another dialect and back to its vendor unharmed.
#[test]
fn a_thought_travels_through_another_dialect() {
    let token = Signature { dialect: ANTHROPIC, value: "EqQB/+=".into() };
    let thought =
        Thought { text: "うむ".into(), signature: Some(token.clone()), ..Thought::default() };
    let parts = vec![Part::Thought(thought), Part::Redacted(token), Part::Text("はい".into())];
    let response = kaname_model_core::Response {
        id: "r".into(),
        model: "m".into(),
        created_s: None,
        parts,
        finish: kaname_model_core::Finish::Stop,
        usage: None,
    };
    let stamp = kaname_model_core::Stamp::default();
    let mut notes = Notes::new();
    let told =
        RESPONSES.write_response(&response, &Request::default(), &stamp, &mut notes).unwrap();
    let input = told.get("output").unwrap().to_text();
    let request = read(RESPONSES, &format!(r#"{{"model":"m","input":{input}}}"#)).unwrap();
    assert_eq!(request.messages[0].role, Role::Assistant);
    let written = ANTHROPIC.write_request(&request, &mut notes).unwrap();
    let expected = r#"[{"role":"assistant","content":[
        {"type":"thinking","thinking":"うむ","signature":"EqQB/+="},
        {"type":"redacted_thinking","data":"EqQB/+="},
        {"type":"text","text":"はい"}]}]"#;
    assert_eq!(written.get("messages"), Some(&json(expected)));
}

#[test]
fn an_id_of_a_call_is_of_letters_that_messages_takes_and_comes_back_as_it_was() {
    let id = "functions.w:0~gemini/c2ln+/8=";
    let call = |id: &str| {
        format!(r#"{{"id":"{id}","type":"function","function":{{"name":"w","arguments":"{{}}"}}}}"#)
    };
    let chat = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"a"}},{{"role":"assistant","content":null,"tool_calls":[{}]}},{{"role":"tool","tool_call_id":"{id}","content":"b"}}]}}"#,
        call(id)
    );
    let request = read(CHAT, &chat).unwrap();
    let stamp = kaname_model_core::Stamp { id: "x".into(), model: "m".into(), created_s: 1 };
    let response = kaname_model_core::Response {
        id: String::new(),
        model: String::new(),
        created_s: None,
        parts: request.messages[1].parts.clone(),
        finish: kaname_model_core::Finish::ToolCalls,
        usage: None,
    };
    let whole = ANTHROPIC.write_response(&response, &request, &stamp, &mut Notes::new()).unwrap();
    let text = whole.to_text();
    let (_, rest) = text.split_once(r#""id":"kn__"#).unwrap();
    let told = format!("kn__{}", rest.split('"').next().unwrap());
    assert!(told.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-'), "{told}");
    let again = format!(
        r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"a"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"{told}","name":"w","input":{{}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"{told}","content":"b"}}]}}]}}"#
    );
    let request = read(ANTHROPIC, &again).unwrap();
    let ids: Vec<&str> = request
        .messages
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match part {
            Part::ToolCall(call) => Some(call.id.as_str()),
            Part::ToolResult(result) => Some(result.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, [id, id]);
}

#[test]
fn a_conversation_of_nothing_is_refused_by_name_and_not_sent_as_an_empty_list() {
    let empty = r#"{"model":"m","messages":[{"role":"user","content":""}]}"#;
    let system = r#"{"model":"m","messages":[{"role":"system","content":"a"}]}"#;
    for to in [ANTHROPIC, GEMINI, BEDROCK] {
        // Gemini has empty texts.
        for text in [empty, system].into_iter().skip(usize::from(to == GEMINI)) {
            let error = translate(CHAT, text, to).0.unwrap_err();
            assert_eq!(error.field(), Some("messages"), "{to:?}: {error}");
        }
        let some = r#"{"model":"m","messages":[{"role":"user","content":""},{"role":"user","content":"a"}]}"#;
        assert!(translate(CHAT, some, to).0.is_ok());
    }
    assert!(translate(CHAT, empty, RESPONSES).0.is_ok());
}

#[test]
fn tools_that_may_not_be_called_are_left_out_for_bedrock() {
    let tools = r#""tools":[{"type":"function","function":{"name":"w"}}],"tool_choice":"none""#;
    let chat = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"a"}}],{tools}}}"#);
    let written = translate(CHAT, &chat, BEDROCK).0.unwrap();
    assert!(written.get("toolConfig").is_none(), "{}", written.to_text());
    let used = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"a"}},{{"role":"assistant","content":null,"tool_calls":[{{"id":"c","type":"function","function":{{"name":"w","arguments":"{{}}"}}}}]}},{{"role":"tool","tool_call_id":"c","content":"b"}}],{tools}}}"#
    );
    let error = translate(CHAT, &used, BEDROCK).0.unwrap_err();
    assert_eq!(error.field(), Some("tool_choice"));
    assert!(error.to_string().contains("use auto"), "{error}");
}

#[test]
fn a_tool_of_one_vendors_kind_says_what_to_do_instead() {
    let bash = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}],"tools":[{"type":"bash_20250124","name":"bash"}]}"#;
    let error = read(ANTHROPIC, bash).unwrap_err();
    assert!(error.to_string().contains("describe it as a function"), "{error}");
    let custom = r#"{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"custom","custom":{"name":"x"}}]}"#;
    let error = read(CHAT, custom).unwrap_err();
    assert!(error.to_string().contains("describe the tool as a function"), "{error}");
    let custom = r#"{"model":"m","input":"a","tools":[{"type":"custom","name":"x"}]}"#;
    let error = read(RESPONSES, custom).unwrap_err();
    assert!(error.to_string().contains("describe the tool as a function"), "{error}");
}
