//! What is wrong with a stream is named, and what went wrong is told in the caller's dialect.

use kaname_model_core::{
    Decoder, Dialect, Encoder, Failure, FailureKind, Finish, Opened, Request, Stamp, StreamError,
    StreamEvent,
};

use crate::{
    make::{ANTHROPIC, CALLERS, CHAT},
    streams::read,
};

fn words(dialect: Dialect) -> (Encoder, Vec<u8>) {
    let stamp = Stamp { id: "x".into(), model: "m".into(), created_s: 1 };
    let mut encoder = Encoder::new(dialect, &Request::default(), stamp).unwrap();
    let mut bytes = Vec::new();
    let start = StreamEvent::Start { id: "x".into(), model: "m".into(), created_s: Some(1) };
    for event in [start, StreamEvent::Open(Opened::Text), StreamEvent::Delta("あ".into())] {
        encoder.write(&event, &mut bytes);
    }
    (encoder, bytes)
}

fn whole(dialect: Dialect) -> Vec<u8> {
    let (mut encoder, mut bytes) = words(dialect);
    for event in [StreamEvent::Close, StreamEvent::Finish(Finish::Stop), StreamEvent::End] {
        encoder.write(&event, &mut bytes);
    }
    bytes
}

fn end(dialect: Dialect, bytes: &[u8]) -> StreamError {
    read(dialect, bytes, &[]).1.unwrap_err()
}

/// The last event of a stream.
fn last(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let event = text.trim_end().rsplit("\n\n").next().unwrap();
    format!("{event}\n\n").into_bytes()
}

#[test]
fn each_fault_has_its_name() {
    for dialect in CALLERS {
        let (_, begun) = words(dialect);
        assert_eq!(end(dialect, &begun), StreamError::Cut);
        assert_eq!(end(dialect, b""), StreamError::Cut);
        let bytes = whole(dialect);
        assert!(read(dialect, &bytes, &[]).1.is_ok());
        let twice = [bytes.clone(), last(&bytes)].concat();
        assert_eq!(end(dialect, &twice), StreamError::DuplicateTerminator, "{dialect:?}");
        let after = [bytes.clone(), begun].concat();
        assert_eq!(end(dialect, &after), StreamError::AfterEnd, "{dialect:?}");
        let garbage = [whole(dialect), b"data: {\"a\n\n".to_vec()].concat();
        assert!(read(dialect, &garbage, &[]).1.is_err());
        let comments = [bytes, b": bye\n\n\n".to_vec()].concat();
        assert!(read(dialect, &comments, &[]).1.is_ok());
        let malformed = end(dialect, b"data: {\"choices\":7,\"type\":7}\n\n");
        assert!(matches!(malformed, StreamError::Malformed { .. }), "{malformed:?}");
    }
}

#[test]
fn an_answer_without_its_terminator_is_not_whole() {
    let bytes = whole(CHAT);
    let open = &bytes[..bytes.len() - last(&bytes).len()];
    assert_eq!(end(CHAT, open), StreamError::MissingTerminator);
    let bytes = whole(ANTHROPIC);
    let open = &bytes[..bytes.len() - last(&bytes).len()];
    assert_eq!(end(ANTHROPIC, open), StreamError::MissingTerminator);
    let early = [words(CHAT).1, b"data: [DONE]\n\n".to_vec()].concat();
    assert!(matches!(end(CHAT, &early), StreamError::Malformed { .. }));
}

#[test]
fn an_event_that_is_too_large_is_refused() {
    let mut decoder = Decoder::new(CHAT, 100);
    let mut found = Vec::new();
    let oversize = Err(StreamError::Oversize { bytes_max: 100 });
    assert_eq!(decoder.push(&[b'x'; 101], &mut found), oversize);
    assert_eq!(decoder.push(b"\n\n", &mut found), oversize, "an error stays");
    assert_eq!(decoder.finish(&mut found), oversize);
}

#[test]
fn a_failure_in_a_stream_is_told_and_read() {
    let failure = Failure::new(FailureKind::RateLimited, "too much");
    for dialect in CALLERS {
        let (mut encoder, mut bytes) = words(dialect);
        encoder.write(&StreamEvent::Failed(failure.clone()), &mut bytes);
        let (found, end) = read(dialect, &bytes, &[]);
        let Some(StreamEvent::Failed(told)) = found.last() else { panic!("{dialect:?}") };
        assert_eq!((told.kind, told.message.as_str()), (FailureKind::RateLimited, "too much"));
        assert_eq!(end, Ok(()));
        assert_eq!(found.len(), 4, "told once: {found:?}");
    }
}

#[test]
fn a_failure_has_each_dialects_status_and_body() {
    let failure = Failure {
        code: Some("model_not_found".into()),
        param: Some("model".into()),
        ..Failure::new(FailureKind::NotFound, "no \"x\"")
    };
    let (status, body) = CHAT.write_failure(&failure);
    let expected = r#"{"error":{"message":"no \"x\"","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#;
    assert_eq!((status, body.to_text().as_str()), (404, expected));
    let (status, body) = ANTHROPIC.write_failure(&failure);
    let expected = r#"{"type":"error","error":{"type":"not_found_error","message":"no \"x\""}}"#;
    assert_eq!((status, body.to_text().as_str()), (404, expected));
}

#[test]
fn what_a_vendor_says_of_a_failure_is_read() {
    let kinds = [
        FailureKind::InvalidRequest,
        FailureKind::Authentication,
        FailureKind::Permission,
        FailureKind::NotFound,
        FailureKind::TooLarge,
        FailureKind::RateLimited,
        FailureKind::BudgetSpent,
        FailureKind::Overloaded,
        FailureKind::Timeout,
        FailureKind::Upstream,
    ];
    for dialect in CALLERS {
        for kind in kinds {
            let (status, body) = dialect.write_failure(&Failure::new(kind, "why"));
            let read = dialect.read_failure(status, body.to_text().as_bytes());
            assert_eq!((read.kind, read.message.as_str()), (kind, "why"), "{dialect:?}");
        }
    }
    let gemini = Dialect::Gemini.read_failure(429, br#"{"error":{"code":429,"message":"slow"}}"#);
    assert_eq!((gemini.kind, gemini.message.as_str()), (FailureKind::RateLimited, "slow"));
    let bedrock = Dialect::Bedrock.read_failure(400, br#"{"message":"bad"}"#);
    assert_eq!((bedrock.kind, bedrock.message.as_str()), (FailureKind::InvalidRequest, "bad"));
    let page = CHAT.read_failure(502, b"<html>");
    assert_eq!(page.kind, FailureKind::Upstream);
}
