//! A streamed answer as it is heard: bytes of an upstream in, pieces in the caller's dialect out.
//!
//! In the caller's own dialect every event passes byte for byte; in another it is translated. The
//! terminator is a piece of its own, so that it can be held back until the outcome is on disk.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use kaname_guard::Usage;
use kaname_model_core::{
    Decoder, Dialect, Encoder, Finish, Opened, StreamError, StreamEvent, sse::SseFrames,
};
use serde::Deserialize;

use crate::{
    ask_endpoint::usage_of,
    error::{Error, UpstreamFault},
    pieces::{Piece, Pieces, Said, WireDetails, chat_piece, lenient},
};

/// The body of an answer as it arrives.
pub(crate) type ByteStream = BoxStream<'static, Result<Bytes, UpstreamFault>>;

/// An answer in no dialect.
pub(crate) type Events = BoxStream<'static, Result<StreamEvent, Error>>;

/// An answer on its way from an upstream.
pub(crate) struct Hearing {
    bytes: ByteStream,
    frames: SseFrames,
    decoder: Decoder,
    dialect: Dialect,
    /// Writes the caller's dialect, where it is another.
    encoder: Option<Encoder>,
    hides_usage: bool,
    /// Whether something came that the decoder does not know: then only the frame is read.
    has_news: bool,
    listener: Listener,
    over: bool,
}

impl Hearing {
    /// `bytes` in `dialect`; `encoder` writes the caller's, where it is another. With `hides_usage`
    /// the event that tells usage alone is read and not passed on.
    pub(crate) fn new(
        bytes: ByteStream,
        dialect: Dialect,
        encoder: Option<Encoder>,
        hides_usage: bool,
    ) -> Self {
        Self {
            bytes,
            frames: SseFrames::new(Decoder::EVENT_BYTES_MAX),
            decoder: Decoder::new(dialect, Decoder::EVENT_BYTES_MAX),
            dialect,
            encoder,
            hides_usage,
            has_news: false,
            listener: Listener::default(),
            over: false,
        }
    }

    /// The next piece.
    async fn next(&mut self) -> Result<Piece, Error> {
        loop {
            if self.encoder.is_none()
                && let Some(frame) = self.frames.pop().map_err(|error| fault_of(&error))?
            {
                match self.passed(frame.raw, frame.data.as_deref())? {
                    Some(piece) => return Ok(piece),
                    None => continue,
                }
            }
            let arrived = self.bytes.next().await.transpose()?;
            match (&mut self.encoder, arrived) {
                (None, Some(bytes)) => self.frames.push(&bytes),
                (None, None) => return Err(UpstreamFault::Cut.into()),
                (Some(encoder), arrived) => {
                    let mut events = Vec::new();
                    let read = match &arrived {
                        Some(bytes) => self.decoder.push(bytes, &mut events),
                        None => self.decoder.finish(&mut events),
                    };
                    if let Some(piece) = translated(&events, &mut self.listener, encoder)? {
                        return Ok(piece);
                    }
                    read.map_err(|error| fault_of(&error))?;
                    if arrived.is_none() {
                        return Err(UpstreamFault::Cut.into());
                    }
                }
            }
        }
    }

    /// One event in the caller's own dialect, as it came.
    fn passed(&mut self, raw: Vec<u8>, data: Option<&str>) -> Result<Option<Piece>, Error> {
        let raw = Bytes::from(raw);
        let Some(data) = data else { return Ok(Some(Piece::Comment { raw })) };
        if self.dialect == Dialect::OpenAiChat {
            // Chat servers differ in what they add to a chunk; only what the record needs is read.
            let piece = chat_piece(raw, data)?;
            let told = matches!(&piece, Piece::Chunk { said, .. } if said.is_usage_alone);
            return match piece {
                Piece::Chunk { said, .. } if told && self.hides_usage => {
                    Ok(Some(Piece::Hidden { said }))
                }
                piece => Ok(Some(piece)),
            };
        }
        if self.has_news {
            return loose(raw, data).map(Some);
        }
        let mut events = Vec::new();
        let read = self.decoder.push(&raw, &mut events);
        let heard = self.listener.hear(&events)?;
        match read {
            // A kind of part that nobody knows yet is the vendor's to tell and the caller's to read.
            Err(StreamError::Malformed { .. }) => {
                self.has_news = true;
                loose(raw, data).map(Some)
            }
            Err(error) => Err(fault_of(&error)),
            Ok(()) => Ok(Some(heard.piece(raw))),
        }
    }
}

/// What some events say together.
#[derive(Default)]
struct Heard {
    said: Said,
    ended: bool,
}

/// Knows which part of an answer is open.
#[derive(Default)]
struct Listener {
    in_text: bool,
}

impl Listener {
    /// What `events` say.
    ///
    /// # Errors
    ///
    /// [`UpstreamFault::ErrorEvent`] when the vendor breaks off.
    fn hear(&mut self, events: &[StreamEvent]) -> Result<Heard, Error> {
        let mut heard = Heard::default();
        for event in events {
            match event {
                StreamEvent::Open(part) => {
                    self.in_text = matches!(part, Opened::Text | Opened::Refusal);
                    if let Opened::ToolCall { name, .. } = part {
                        heard.said.other.push_str(name);
                    }
                }
                StreamEvent::Delta(text) if self.in_text => heard.said.text.push_str(text),
                StreamEvent::Delta(text) => heard.said.other.push_str(text),
                StreamEvent::Finish(finish) => {
                    heard.said.finish_reason = Some(word_of(finish).to_owned());
                }
                StreamEvent::Start { model, .. } if !model.is_empty() => {
                    heard.said.model = Some(model.clone());
                }
                StreamEvent::Usage(usage) => heard.said.usage = Some(usage_of(*usage)),
                StreamEvent::Failed(_) => return Err(UpstreamFault::ErrorEvent.into()),
                StreamEvent::End => heard.ended = true,
                _ => {}
            }
        }
        Ok(heard)
    }
}

impl Heard {
    fn piece(self, raw: Bytes) -> Piece {
        let Self { said, ended } = self;
        if ended { Piece::Done { raw, said } } else { Piece::Chunk { raw, said } }
    }
}

/// An event of a stream that holds kinds of parts nobody knows yet: its text is kept for the record,
/// and only what ends the stream is looked for.
fn loose(raw: Bytes, data: &str) -> Result<Piece, Error> {
    let event: Loose = serde_json::from_str(data).map_err(|_| UpstreamFault::Malformed)?;
    let inner = event.response.or(event.message).and_then(|inner| inner.usage);
    let usage = event.usage.or(inner).map(Usage::from);
    let said = Said { other: data.to_owned(), usage, ..Said::default() };
    match event.r#type.as_str() {
        "error" | "response.failed" => Err(UpstreamFault::ErrorEvent.into()),
        "message_stop" | "response.completed" | "response.incomplete" => {
            Ok(Piece::Done { raw, said })
        }
        _ => Ok(Piece::Chunk { raw, said }),
    }
}

#[derive(Deserialize)]
struct Loose {
    r#type: String,
    usage: Option<Counts>,
    response: Option<LooseResponse>,
    // An event of an error has a text there.
    #[serde(default, deserialize_with = "lenient")]
    message: Option<LooseResponse>,
}

#[derive(Deserialize)]
struct LooseResponse {
    usage: Option<Counts>,
}

/// Usage as Anthropic and `OpenAI`'s Responses write it. Only Anthropic leaves what came from its
/// cache out of the tokens in.
#[derive(Deserialize)]
struct Counts {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    input_tokens_details: Option<WireDetails>,
}

impl From<Counts> for Usage {
    fn from(counts: Counts) -> Self {
        let beside =
            [counts.cache_creation_input_tokens, counts.cache_read_input_tokens].into_iter();
        let whole = |input: u64| beside.flatten().fold(input, u64::saturating_add);
        let within = counts.input_tokens_details.and_then(|details| details.cached_tokens);
        Self {
            prompt_tokens: counts.input_tokens.map(whole),
            completion_tokens: counts.output_tokens,
            cached_tokens: counts.cache_read_input_tokens.or(within),
        }
    }
}

/// `events` in the caller's dialect; `None` when they say nothing.
fn translated(
    events: &[StreamEvent],
    listener: &mut Listener,
    encoder: &mut Encoder,
) -> Result<Option<Piece>, Error> {
    let heard = listener.hear(events)?;
    let mut raw = Vec::new();
    for event in events {
        encoder.write(event, &mut raw);
    }
    if !raw.is_empty() || heard.ended {
        return Ok(Some(heard.piece(Bytes::from(raw))));
    }
    // What has no bytes of its own there, usage say, is for the record all the same.
    Ok(heard.said.says_something().then_some(Piece::Hidden { said: heard.said }))
}

/// The answer as its pieces; ends after the terminator or the first error.
pub(crate) fn pieces(hearing: Hearing) -> Pieces {
    stream::unfold(hearing, |mut hearing| async move {
        if hearing.over {
            return None;
        }
        let piece = hearing.next().await;
        hearing.over = matches!(piece, Ok(Piece::Done { .. }) | Err(_));
        Some((piece, hearing))
    })
    .boxed()
}

/// An answer in no dialect as pieces in the caller's; ends after the terminator or the first error.
pub(crate) fn spoken(events: Events, encoder: Encoder) -> Pieces {
    let start = (events, Listener::default(), encoder, false);
    stream::unfold(start, |(mut events, mut listener, mut encoder, over)| async move {
        if over {
            return None;
        }
        loop {
            let piece = match events.next().await {
                None => Err(UpstreamFault::Cut.into()),
                Some(Err(error)) => Err(error),
                Some(Ok(event)) => match translated(&[event], &mut listener, &mut encoder) {
                    Ok(None) => continue,
                    Ok(Some(piece)) => Ok(piece),
                    Err(error) => Err(error),
                },
            };
            let over = matches!(piece, Ok(Piece::Done { .. }) | Err(_));
            return Some((piece, (events, listener, encoder, over)));
        }
    })
    .boxed()
}

/// The word for it in the record.
pub(crate) fn word_of(finish: &Finish) -> &str {
    match finish {
        Finish::Stop | Finish::StopSequence(_) => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::Filtered => "content_filter",
        Finish::Other(word) => word,
    }
}

fn fault_of(error: &StreamError) -> Error {
    Error::Upstream(match error {
        StreamError::Cut | StreamError::MissingTerminator => UpstreamFault::Cut,
        StreamError::Oversize { .. } => UpstreamFault::TooLarge,
        _ => UpstreamFault::Malformed,
    })
}
