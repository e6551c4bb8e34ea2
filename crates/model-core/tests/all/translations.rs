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
