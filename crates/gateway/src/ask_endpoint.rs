//! Puts a call to one endpoint, and gives its answer in the caller's dialect.

use bytes::Bytes;
use futures_util::StreamExt as _;
use kaname_guard::{Attempt, Usage};
use kaname_model_core::{
    Collector, Dialect, Encoder, Finish, Notes, Opened, Part, Response, Stamp, StreamEvent,
    json::Json,
};
use kaname_platform::outbound::Permit;

use crate::{
    call::Call,
    chat::not_here,
    embedded::{Generated, GeneratorEvent},
    error::{Error, UpstreamFault},
    gateway::Gateway,
    generator_request,
    hearing::{self, Hearing, word_of},
    model::Endpoint,
    order::Reach,
    pieces::Pieces,
    upstream::{self, Letter},
    wire::stream_type,
};

/// A whole answer: its bytes, and what the record needs of it.
pub(crate) struct Answer {
    pub(crate) body: Bytes,
    pub(crate) text: String,
    pub(crate) usage: Usage,
    pub(crate) finish_reason: String,
    /// As the vendor names it; empty where it did not say.
    pub(crate) model: String,
}

impl Answer {
    /// `body`, of which `response` is what it says.
    fn of(body: Bytes, response: &Response) -> Self {
        let (text, usage) = record_of(response);
        let finish_reason = word_of(&response.finish).to_owned();
        Self { body, text, usage, finish_reason, model: response.model.clone() }
    }
}

impl Gateway {
    /// The answer of an upstream, piece by piece.
    pub(crate) async fn stream(
        &self,
        call: &Call,
        reach: &Reach,
        (permit, attempt): (Permit, &Attempt),
    ) -> Result<Pieces, Error> {
        let (dialect, letter) = self.letter(call, reach, stream_type)?;
        let sent = upstream::call_stream(&self.outbound, self.config, permit, letter).await;
        let bytes = sent.map_err(|error| in_dialect(error, dialect, call.dialect()))?;
        let encoder = if call.dialect() == dialect {
            None
        } else {
            Some(self.encoder(call, &reach.endpoint, attempt)?)
        };
        Ok(hearing::pieces(Hearing::new(bytes, dialect, encoder, call.hides_usage())))
    }

    /// The answer of an upstream, whole.
    pub(crate) async fn whole(
        &self,
        call: &Call,
        reach: &Reach,
        (permit, attempt): (Permit, &Attempt),
    ) -> Result<Answer, Error> {
        let (dialect, letter) = self.letter(call, reach, |_| "application/json")?;
        let sent = upstream::call_json(&self.outbound, self.config, permit, letter).await;
        let body = sent.map_err(|error| in_dialect(error, dialect, call.dialect()))?;
        if dialect == call.dialect() {
            return verbatim(dialect, body);
        }
        let json = Json::parse(&body).map_err(|_| UpstreamFault::Malformed)?;
        let read = dialect.read_response(json, &mut Notes::new());
        let response = read.map_err(|_| UpstreamFault::Malformed)?;
        self.written(call, &response, &reach.endpoint, attempt)
    }

    fn letter(
        &self,
        call: &Call,
        reach: &Reach,
        accept: impl FnOnce(Dialect) -> &'static str,
    ) -> Result<(Dialect, Letter), Error> {
        let dialect = reach.dialect(call.dialect());
        let body = call.body_for(&reach.endpoint, dialect)?;
        let address = reach.chat_address(dialect, call.streams(), (&body, self.platform.now()))?;
        Ok((dialect, Letter { address, body: Some(body), accept: accept(dialect) }))
    }

    /// The answer of the embedded generator, piece by piece.
    pub(crate) async fn generate(
        &self,
        call: &Call,
        endpoint: &Endpoint,
        (permit, attempt): (Permit, &Attempt),
    ) -> Result<Pieces, Error> {
        let encoder = self.encoder(call, endpoint, attempt)?;
        let generated = self.generated(call, endpoint, permit).await?;
        Ok(hearing::spoken(neutral(generated), encoder))
    }

    /// The answer of the embedded generator, whole.
    pub(crate) async fn gathered(
        &self,
        call: &Call,
        endpoint: &Endpoint,
        (permit, attempt): (Permit, &Attempt),
    ) -> Result<Answer, Error> {
        let mut events = neutral(self.generated(call, endpoint, permit).await?);
        let mut collector = Collector::new();
        while let Some(event) = events.next().await {
            collector.add(&event?);
        }
        self.written(call, &collector.into_response(), endpoint, attempt)
    }

    async fn generated(
        &self,
        call: &Call,
        endpoint: &Endpoint,
        permit: Permit,
    ) -> Result<Generated, Error> {
        let generator = self.generator.as_ref().ok_or_else(|| not_here(endpoint))?;
        let body = call.body_for(endpoint, Dialect::OpenAiChat)?;
        let body = serde_json::from_slice(&body).map_err(|_| UpstreamFault::Malformed)?;
        Ok(generator.generate(permit, generator_request::read(&body)?).await?)
    }

    /// `response` in the caller's dialect.
    fn written(
        &self,
        call: &Call,
        response: &Response,
        endpoint: &Endpoint,
        attempt: &Attempt,
    ) -> Result<Answer, Error> {
        let stamp = self.stamp(call, endpoint, attempt);
        let written =
            call.dialect().write_response(response, call.neutral()?, &stamp, &mut Notes::new());
        let body = written.map_err(|_| UpstreamFault::Malformed)?.to_text();
        Ok(Answer::of(Bytes::from(body), response))
    }

    fn encoder(&self, call: &Call, endpoint: &Endpoint, by: &Attempt) -> Result<Encoder, Error> {
        let stamp = self.stamp(call, endpoint, by);
        let encoder = Encoder::new(call.dialect(), call.neutral()?, stamp);
        Ok(encoder.map_err(|_| UpstreamFault::Malformed)?)
    }

    fn stamp(&self, call: &Call, endpoint: &Endpoint, attempt: &Attempt) -> Stamp {
        let now = self.platform.now().as_millis();
        call.stamp(attempt.request_act(), &endpoint.public_name, now)
    }
}

/// An answer that passes as it came; it must be an object, and what is known of it is recorded.
fn verbatim(dialect: Dialect, body: Bytes) -> Result<Answer, Error> {
    let json = Json::parse(&body).map_err(|_| UpstreamFault::Malformed)?;
    let field = match dialect {
        Dialect::OpenAiChat => "choices",
        Dialect::OpenAiResponses => "output",
        _ => "content",
    };
    if !matches!(json.get(field), Some(Json::List(_))) {
        return Err(UpstreamFault::Malformed.into());
    }
    // What has no place in the neutral form is kept for the record as it is.
    Ok(match dialect.read_response(json, &mut Notes::new()) {
        Ok(response) => Answer::of(body, &response),
        Err(_) => Answer {
            text: as_text(&body),
            usage: Usage::default(),
            finish_reason: String::new(),
            model: String::new(),
            body,
        },
    })
}

fn as_text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// What the record keeps of an answer: its text, calls of tools as they were written, and usage.
fn record_of(response: &Response) -> (String, Usage) {
    let mut text = String::new();
    for part in &response.parts {
        match part {
            Part::Text(more) | Part::Refusal(more) => text.push_str(more),
            Part::ToolCall(call) => {
                text.push_str(&call.name);
                text.push_str(&call.arguments);
            }
            Part::Thought(thought) => text.push_str(&thought.text),
            _ => {}
        }
    }
    (text, response.usage.map(usage_of).unwrap_or_default())
}

/// The counts that the record keeps.
pub(crate) fn usage_of(usage: kaname_model_core::Usage) -> Usage {
    let cached_tokens = Some(usage.cached_tokens);
    Usage { cached_tokens, ..Usage::of(usage.input_tokens, usage.output_tokens) }
}

/// A refusal of the upstream's in the words of the caller's dialect.
fn in_dialect(error: Error, spoken: Dialect, wanted: Dialect) -> Error {
    match error {
        Error::Upstream(UpstreamFault::Refused { status, body: Some(body) })
            if spoken != wanted =>
        {
            let failure = spoken.read_failure(status, &body);
            let body = Some(wanted.write_failure(&failure).1.to_text().into_bytes());
            Error::Upstream(UpstreamFault::Refused { status, body })
        }
        other => other,
    }
}

/// The embedded generator's answer in no dialect.
fn neutral(generated: Generated) -> hearing::Events {
    let opening = [
        StreamEvent::Start { id: String::new(), model: String::new(), created_s: None },
        StreamEvent::Open(Opened::Text),
    ];
    let rest = generated.flat_map(|event| {
        futures_util::stream::iter(match event {
            Ok(GeneratorEvent::Delta(text)) => vec![Ok(StreamEvent::Delta(text))],
            Ok(GeneratorEvent::Done { finish_reason, prompt_tokens, completion_tokens }) => {
                let finish = if finish_reason == "length" { Finish::Length } else { Finish::Stop };
                let usage = kaname_model_core::Usage {
                    input_tokens: prompt_tokens,
                    output_tokens: completion_tokens,
                    ..kaname_model_core::Usage::default()
                };
                let end = [
                    StreamEvent::Close,
                    StreamEvent::Finish(finish),
                    StreamEvent::Usage(usage),
                    StreamEvent::End,
                ];
                end.into_iter().map(Ok).collect()
            }
            Err(error) => vec![Err(Error::Embedded(error))],
        })
    });
    futures_util::stream::iter(opening.map(Ok)).chain(rest).boxed()
}
