//! The dialects by name: the one place that knows which file speaks which.

use crate::{
    anthropic, bedrock,
    failure::Failure,
    gemini,
    json::Json,
    notes::{Notes, TranslateError},
    openai_chat, openai_responses,
    request::{Dialect, Part, Request},
    response::{Response, Stamp},
};

/// The request without Gemini's tokens in its ids, where there are any.
fn with_bare_ids(request: &Request) -> Option<Request> {
    let bare = |id: &String| (gemini::bare_id(id) != id).then(|| gemini::bare_id(id).to_owned());
    let mut changed = None;
    for (index, message) in request.messages.iter().enumerate() {
        for (place, part) in message.parts.iter().enumerate() {
            let id = match part {
                Part::ToolCall(call) => bare(&call.id),
                Part::ToolResult(result) => bare(&result.id),
                _ => None,
            };
            let Some(id) = id else { continue };
            let copy: &mut Request = changed.get_or_insert_with(|| request.clone());
            let part = copy.messages.get_mut(index).and_then(|it| it.parts.get_mut(place));
            match part {
                Some(Part::ToolCall(call)) => call.id = id,
                Some(Part::ToolResult(result)) => result.id = id,
                _ => {}
            }
        }
    }
    changed
}

impl Dialect {
    /// Reads a request in this dialect.
    ///
    /// Gemini and Bedrock carry the model and the wish for a stream in the address: set them after.
    ///
    /// # Errors
    /// [`TranslateError::Wrong`] where a field is missing or of the wrong type,
    /// [`TranslateError::Unsupported`] where it is one that cannot be translated, unknown ones included.
    pub fn read_request(self, body: Json, notes: &mut Notes) -> Result<Request, TranslateError> {
        match self {
            Self::OpenAiChat => openai_chat::read_request(body, notes),
            Self::OpenAiResponses => openai_responses::read_request(body, notes),
            Self::Anthropic => anthropic::read_request(body, notes),
            Self::Gemini => gemini::read_request(body, notes),
            Self::Bedrock => bedrock::read_request(body, notes),
        }
    }

    /// Writes a request in this dialect.
    ///
    /// # Errors
    /// [`TranslateError::Unsupported`] where the dialect cannot say something that matters; what may
    /// be lost is in `notes`.
    pub fn write_request(
        self,
        request: &Request,
        notes: &mut Notes,
    ) -> Result<Json, TranslateError> {
        let bare = if self == Self::Gemini { None } else { with_bare_ids(request) };
        let request = bare.as_ref().unwrap_or(request);
        let (written, messages) = match self {
            Self::OpenAiChat => return openai_chat::write_request(request, notes),
            Self::OpenAiResponses => return openai_responses::write_request(request, notes),
            Self::Anthropic => (anthropic::write_request(request, notes)?, "messages"),
            Self::Gemini => (gemini::write_request(request, notes)?, "contents"),
            Self::Bedrock => (bedrock::write_request(request, notes)?, "messages"),
        };
        // These have no empty texts, so that a message of one is no message.
        if !request.messages.is_empty()
            && matches!(written.get(messages), Some(Json::List(list)) if list.is_empty())
        {
            let why = "this dialect needs a message of the user's with something in it";
            return Err(TranslateError::unsupported("messages", why));
        }
        Ok(written)
    }

    /// Reads a whole answer. Fields that say nothing of the answer itself are passed over.
    pub fn read_response(self, body: Json, notes: &mut Notes) -> Result<Response, TranslateError> {
        match self {
            Self::OpenAiChat => openai_chat::read_response(body),
            Self::OpenAiResponses => openai_responses::read_response(body),
            Self::Anthropic => anthropic::read_response(body, notes),
            Self::Gemini => gemini::read_response(body),
            Self::Bedrock => bedrock::read_response(body),
        }
    }

    /// Writes a whole answer to `asked`, called as `stamp` says.
    ///
    /// # Errors
    /// [`TranslateError::Unsupported`] for Gemini and Bedrock, which no caller speaks.
    pub fn write_response(
        self,
        response: &Response,
        asked: &Request,
        stamp: &Stamp,
        notes: &mut Notes,
    ) -> Result<Json, TranslateError> {
        match self {
            Self::OpenAiChat => openai_chat::write_response(response, stamp, notes),
            Self::OpenAiResponses => openai_responses::write_response(response, asked, stamp),
            Self::Anthropic => anthropic::write_response(response, stamp, notes),
            Self::Gemini | Self::Bedrock => {
                Err(TranslateError::unsupported("dialect", "no caller speaks it"))
            }
        }
    }

    /// The HTTP status and the body with which this dialect tells of a failure.
    pub fn write_failure(self, failure: &Failure) -> (u16, Json) {
        match self {
            Self::Anthropic => (anthropic::status(failure.kind), anthropic::failure_body(failure)),
            _ => (openai_chat::status(failure.kind), openai_chat::failure_body(failure)),
        }
    }

    /// What a vendor's response with a status other than 2xx says; the body may be anything.
    pub fn read_failure(self, status: u16, body: &[u8]) -> Failure {
        let kind = Failure::kind_of_status(status);
        let Ok(json) = Json::parse(body) else { return Failure::of_vendor(kind, None) };
        match (self, json.get("error")) {
            (Self::OpenAiChat | Self::OpenAiResponses, Some(error)) => {
                openai_chat::read_failure(error, Some(kind))
            }
            (Self::Anthropic, Some(error)) => anthropic::read_failure(error, Some(kind)),
            (_, error) => {
                let text =
                    |json: &Json| json.get("message").and_then(Json::as_str).map(str::to_owned);
                Failure::of_vendor(kind, error.and_then(text).or_else(|| text(&json)))
            }
        }
    }
}
