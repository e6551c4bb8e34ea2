//! Streams of answers, read: bytes in any portions in, neutral events out, faults named.
//!
//! A stream that ends without its vendor's own mark of the end is never taken for whole.

use crate::{
    anthropic, bedrock,
    eventstream::{Message, MessageFrames},
    failure::Failure,
    gemini, openai_chat, openai_responses,
    request::{Dialect, Signature},
    response::{Finish, Opened, StreamEvent, Usage},
    sse::{Frame, SseFrames},
};

/// What is wrong with a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The bytes end inside an event, or before the answer does.
    #[error("the stream was cut")]
    Cut,
    /// The answer is complete, but the vendor's own mark of the end never came.
    #[error("the stream ends without its terminator")]
    MissingTerminator,
    /// The mark of the end came twice.
    #[error("the stream has two terminators")]
    DuplicateTerminator,
    /// Something follows the end of the answer.
    #[error("something follows the end of the stream")]
    AfterEnd,
    /// An event is not what the dialect allows.
    #[error("the stream is malformed: {why}")]
    Malformed {
        /// What is wrong, as a half sentence.
        why: &'static str,
    },
    /// A single event is larger than allowed.
    #[error("an event has more than {bytes_max} bytes")]
    Oversize {
        /// The most bytes allowed.
        bytes_max: usize,
    },
    /// A checksum does not fit its bytes (Bedrock).
    #[error("a checksum of the stream is wrong")]
    Checksum,
}

pub(crate) const fn malformed(why: &'static str) -> StreamError {
    StreamError::Malformed { why }
}

/// Reads a stream in one dialect.
///
/// The events and the error are the same for every way in which the bytes are portioned.
/// After an error every further call gives the same error.
#[derive(Debug)]
pub struct Decoder {
    frames: Frames,
    reader: Reader,
    track: Track,
    error: Option<StreamError>,
}

#[derive(Debug)]
enum Frames {
    Sse(SseFrames),
    Messages(MessageFrames),
}

#[derive(Debug)]
enum Reader {
    Chat(openai_chat::StreamReader),
    Responses(openai_responses::StreamReader),
    Anthropic(anthropic::StreamReader),
    Gemini(gemini::StreamReader),
    Bedrock(bedrock::StreamReader),
}

impl Decoder {
    /// The most bytes of one event, where the caller has no view of its own: 4 MiB.
    pub const EVENT_BYTES_MAX: usize = 4 << 20;

    /// At the beginning of a stream in `dialect`.
    pub fn new(dialect: Dialect, event_bytes_max: usize) -> Self {
        let frames = match dialect {
            Dialect::Bedrock => Frames::Messages(MessageFrames::new(event_bytes_max)),
            _ => Frames::Sse(SseFrames::new(event_bytes_max)),
        };
        let reader = match dialect {
            Dialect::OpenAiChat => Reader::Chat(openai_chat::StreamReader::default()),
            Dialect::OpenAiResponses => {
                Reader::Responses(openai_responses::StreamReader::default())
            }
            Dialect::Anthropic => Reader::Anthropic(anthropic::StreamReader::default()),
            Dialect::Gemini => Reader::Gemini(gemini::StreamReader::default()),
            Dialect::Bedrock => Reader::Bedrock(bedrock::StreamReader::default()),
        };
        Self { frames, reader, track: Track::default(), error: None }
    }

    /// Takes more bytes and adds what they say to `out`; events before a fault are added too.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<StreamEvent>) -> Result<(), StreamError> {
        self.guarded(out, |decoder| {
            match &mut decoder.frames {
                Frames::Sse(frames) => frames.push(bytes),
                Frames::Messages(frames) => frames.push(bytes),
            }
            decoder.read_all()
        })
    }

    /// No more bytes come.
    ///
    /// # Errors
    /// [`StreamError::Cut`] or [`StreamError::MissingTerminator`] where the answer is not whole.
    pub fn finish(&mut self, out: &mut Vec<StreamEvent>) -> Result<(), StreamError> {
        self.guarded(out, |decoder| {
            let rest = match &mut decoder.frames {
                Frames::Sse(frames) => frames.rest().map_err(|_| StreamError::Cut)?,
                Frames::Messages(frames) if frames.is_empty() => None,
                Frames::Messages(_) => return Err(StreamError::Cut),
            };
            if let Some(frame) = rest {
                let was_over = decoder.track.is_over();
                let read = decoder.sse(&frame);
                read.map_err(|error| if was_over { error } else { StreamError::Cut })?;
            }
            if matches!(decoder.reader, Reader::Gemini(_)) {
                gemini::StreamReader::end(&mut decoder.track)?;
            }
            decoder.track.at_eof()
        })
    }

    /// Whether the vendor's own mark of the end, or its own error, was seen.
    pub const fn is_over(&self) -> bool {
        self.track.is_over()
    }

    fn guarded(
        &mut self,
        out: &mut Vec<StreamEvent>,
        step: impl FnOnce(&mut Self) -> Result<(), StreamError>,
    ) -> Result<(), StreamError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let result = step(self);
        out.append(&mut self.track.events);
        if let Err(error) = &result {
            self.error = Some(error.clone());
        }
        result
    }

    fn read_all(&mut self) -> Result<(), StreamError> {
        loop {
            match &mut self.frames {
                Frames::Sse(frames) => {
                    let Some(frame) = frames.pop()? else { return Ok(()) };
                    self.sse(&frame)?;
                }
                Frames::Messages(frames) => {
                    let Some(message) = frames.pop()? else { return Ok(()) };
                    self.message(&message)?;
                }
            }
        }
    }

    fn sse(&mut self, frame: &Frame) -> Result<(), StreamError> {
        let Some(data) = frame.data.as_deref().filter(|data| !data.is_empty()) else {
            return Ok(());
        };
        let track = &mut self.track;
        match &mut self.reader {
            Reader::Chat(reader) => reader.read(data, track),
            Reader::Responses(reader) => reader.read(data, track),
            Reader::Anthropic(reader) => reader.read(data, track),
            Reader::Gemini(reader) => reader.read(data, track),
            Reader::Bedrock(_) => Err(malformed("these are no events")),
        }
    }

    fn message(&mut self, message: &Message) -> Result<(), StreamError> {
        match &mut self.reader {
            Reader::Bedrock(reader) => reader.read(message, &mut self.track),
            _ => Err(malformed("these are no messages")),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Before,
    Running,
    Finished,
    Ended,
    Failed,
}

/// Where a stream stands: holds every reader to the grammar of [`StreamEvent`].
#[derive(Debug, Default)]
pub(crate) struct Track {
    phase: Phase,
    open: Option<Opened>,
    open_is_empty: bool,
    called_tools: bool,
    events: Vec<StreamEvent>,
}

impl Track {
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ended | Phase::Failed)
    }

    pub(crate) const fn has_finished(&self) -> bool {
        matches!(self.phase, Phase::Finished)
    }

    pub(crate) const fn has_failed(&self) -> bool {
        matches!(self.phase, Phase::Failed)
    }

    /// Whether a function was asked for.
    pub(crate) const fn called_tools(&self) -> bool {
        self.called_tools
    }

    pub(crate) const fn opened(&self) -> Option<&Opened> {
        self.open.as_ref()
    }

    /// Nothing may follow the end.
    pub(crate) const fn not_over(&self) -> Result<(), StreamError> {
        if self.is_over() { Err(StreamError::AfterEnd) } else { Ok(()) }
    }

    /// The answer begins; again and again means the same as once.
    pub(crate) fn start(&mut self, id: String, model: String, created_s: Option<u64>) {
        if self.phase == Phase::Before {
            self.phase = Phase::Running;
            self.events.push(StreamEvent::Start { id, model, created_s });
        }
    }

    /// A part begins; one that is open ends.
    pub(crate) fn open(&mut self, part: Opened) -> Result<(), StreamError> {
        self.running()?;
        self.close();
        self.called_tools |= matches!(part, Opened::ToolCall { .. });
        self.events.push(StreamEvent::Open(part.clone()));
        self.open = Some(part);
        self.open_is_empty = true;
        Ok(())
    }

    /// A part of this kind is open, or begins.
    pub(crate) fn ensure(&mut self, part: Opened) -> Result<(), StreamError> {
        if self.open.as_ref() == Some(&part) { self.running() } else { self.open(part) }
    }

    pub(crate) fn delta(&mut self, text: String) -> Result<(), StreamError> {
        self.running()?;
        if self.open.is_none() {
            return Err(malformed("a piece belongs to no part"));
        }
        if !text.is_empty() {
            self.open_is_empty = false;
            self.events.push(StreamEvent::Delta(text));
        }
        Ok(())
    }

    pub(crate) fn sign(&mut self, dialect: Dialect, value: String) -> Result<(), StreamError> {
        self.running()?;
        if self.open.is_none() {
            return Err(malformed("a signature belongs to no part"));
        }
        self.events.push(StreamEvent::Signature(Signature { dialect, value }));
        Ok(())
    }

    /// The open part ends, if there is one.
    pub(crate) fn close(&mut self) {
        let Some(part) = self.open.take() else { return };
        if self.open_is_empty && matches!(part, Opened::ToolCall { .. }) {
            self.events.push(StreamEvent::Delta("{}".to_owned()));
        }
        self.events.push(StreamEvent::Close);
    }

    /// The answer ends; a second reason that is the same is no news to a reader that allows it.
    pub(crate) fn finish(&mut self, finish: Finish) -> Result<(), StreamError> {
        self.running()?;
        self.close();
        self.phase = Phase::Finished;
        self.events.push(StreamEvent::Finish(finish));
        Ok(())
    }

    pub(crate) fn usage(&mut self, usage: Usage) {
        self.events.push(StreamEvent::Usage(usage));
    }

    pub(crate) fn ping(&mut self) {
        self.events.push(StreamEvent::Ping);
    }

    pub(crate) fn fail(&mut self, failure: Failure) -> Result<(), StreamError> {
        self.not_over()?;
        self.phase = Phase::Failed;
        self.events.push(StreamEvent::Failed(failure));
        Ok(())
    }

    /// The vendor's own mark of the end.
    pub(crate) fn end(&mut self) -> Result<(), StreamError> {
        match self.phase {
            Phase::Finished => {
                self.phase = Phase::Ended;
                self.events.push(StreamEvent::End);
                Ok(())
            }
            Phase::Ended => Err(StreamError::DuplicateTerminator),
            Phase::Failed => Err(StreamError::AfterEnd),
            Phase::Before | Phase::Running => {
                Err(malformed("the terminator comes before the answer ends"))
            }
        }
    }

    fn running(&self) -> Result<(), StreamError> {
        match self.phase {
            Phase::Before => Err(malformed("the answer has not begun")),
            Phase::Running => Ok(()),
            _ => Err(StreamError::AfterEnd),
        }
    }

    const fn at_eof(&self) -> Result<(), StreamError> {
        match self.phase {
            Phase::Before | Phase::Running => Err(StreamError::Cut),
            Phase::Finished => Err(StreamError::MissingTerminator),
            Phase::Ended | Phase::Failed => Ok(()),
        }
    }
}
