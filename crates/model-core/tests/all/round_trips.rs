//! What a dialect can say comes back as it was said.

use kaname_model_core::{Dialect, Notes, Part, Request, Response, Stamp, json::Json};
use proptest::prelude::*;

use crate::make::{ANTHROPIC, BEDROCK, CHAT, GEMINI, RESPONSES, json, request, response};

fn back(dialect: Dialect, request: &Request) -> Request {
    let mut notes = Notes::new();
    let written = dialect.write_request(request, &mut notes).unwrap();
    assert_eq!(notes.list(), [], "{request:?}");
    // Through text, as it travels.
    let read = dialect.read_request(json(&written.to_text()), &mut notes);
    read.unwrap_or_else(|error| panic!("{error}: {written}"))
}

fn stamp(response: &Response) -> Stamp {
    Stamp {
        id: response.id.clone(),
        model: response.model.clone(),
        created_s: response.created_s.unwrap_or_default(),
    }
}

fn back_answer(dialect: Dialect, response: &Response) -> Response {
    let mut notes = Notes::new();
    let asked = Request::default();
    let written = dialect.write_response(response, &asked, &stamp(response), &mut notes).unwrap();
    dialect.read_response(json(&written.to_text()), &mut notes).unwrap()
}

/// Everything that people or the model wrote, in order.
fn texts(request: &Request) -> Vec<String> {
    let mut found = Vec::new();
    for part in request.messages.iter().flat_map(|message| &message.parts) {
        match part {
            Part::Text(text) | Part::Refusal(text) => found.push(text.clone()),
            Part::ToolCall(call) => found.push(call.arguments.clone()),
            Part::ToolResult(result) => {
                let texts = result.parts.iter().filter_map(|part| match part {
                    Part::Text(text) => Some(text.clone()),
                    _ => None,
                });
                found.push(texts.collect());
            }
            _ => {}
        }
    }
    found
}

proptest! {
    #[test]
    fn a_request_of_openai_chat_comes_back(request in request(CHAT)) {
        prop_assert_eq!(back(CHAT, &request), request);
    }

    #[test]
    fn a_request_of_openai_responses_comes_back(request in request(RESPONSES)) {
        prop_assert_eq!(back(RESPONSES, &request), request);
    }

    #[test]
    fn a_request_of_anthropic_comes_back(request in request(ANTHROPIC)) {
        prop_assert_eq!(back(ANTHROPIC, &request), request);
    }

    #[test]
    fn a_request_of_gemini_comes_back(request in request(GEMINI)) {
        prop_assert_eq!(back(GEMINI, &request), request);
    }

    #[test]
    fn a_request_of_bedrock_comes_back(request in request(BEDROCK)) {
        prop_assert_eq!(back(BEDROCK, &request), request);
    }

    #[test]
    fn an_answer_comes_back(
        chat in response(CHAT), responses in response(RESPONSES), anthropic in response(ANTHROPIC)
    ) {
        prop_assert_eq!(back_answer(CHAT, &chat), chat);
        prop_assert_eq!(back_answer(RESPONSES, &responses), responses);
        prop_assert_eq!(back_answer(ANTHROPIC, &anthropic), anthropic);
    }

    /// What is well-formed for one dialect is read or refused by every other.
    #[test]
    fn no_request_brings_a_reader_down(
        request in prop_oneof![request(CHAT), request(RESPONSES), request(ANTHROPIC), request(GEMINI)],
        asked in prop::sample::select(Dialect::ALL.to_vec()),
        damage in (any::<prop::sample::Index>(), "[{}\\[\\],:\"0-9a-z]"),
    ) {
        let mut notes = Notes::new();
        let Ok(written) = asked.write_request(&request, &mut notes) else { return Ok(()) };
        let mut letters: Vec<char> = written.to_text().chars().collect();
        let place = damage.0.index(letters.len());
        letters.splice(place..=place, damage.1.chars());
        let damaged: String = letters.into_iter().collect();
        for text in [written.to_text(), damaged] {
            let Ok(body) = Json::parse(text.as_bytes()) else { continue };
            for dialect in Dialect::ALL {
                let _ = dialect.read_request(body.clone(), &mut notes);
                let _ = dialect.read_response(body.clone(), &mut notes);
            }
        }
    }

    /// A translation either says that it cannot, or carries every word over in its order.
    #[test]
    fn no_translation_alters_a_text(
        request in prop_oneof![
            request(CHAT), request(RESPONSES), request(ANTHROPIC), request(GEMINI), request(BEDROCK)
        ],
        target in prop::sample::select(Dialect::ALL.to_vec()),
    ) {
        let mut notes = Notes::new();
        let Ok(written) = target.write_request(&request, &mut notes) else { return Ok(()) };
        let read = target.read_request(json(&written.to_text()), &mut notes).unwrap();
        let reordered = notes.list().iter().any(|note| note.what.contains("put before"));
        let (mut ours, mut theirs) = (texts(&request), texts(&read));
        if reordered {
            ours.sort();
            theirs.sort();
        }
        prop_assert_eq!(ours, theirs);
    }
}
