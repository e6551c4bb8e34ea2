//! A streamed answer under its attempt: what passes is kept for the outcome, and the terminator
//! is given out only after the outcome is on disk. Dropped before, the attempt is abandoned.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use kaname_guard::{Attempt, Learned, Outcome, OutcomeKind, Usage};
use kaname_kernel::{ActId, EndpointId, Label};
use kaname_platform::{Platform, http::Fault as _};
use tokio::time::{Instant, timeout_at};

use crate::{
    error::{Error, UpstreamFault},
    model::Endpoint,
    pieces::{Piece, Pieces, Said},
    traffic::Passage,
};

/// A streamed answer that records itself.
pub(crate) struct Recorded {
    attempt: Option<Attempt>,
    act: ActId,
    label: Label,
    pieces: Pieces,
    usage: Usage,
    finish_reason: Option<String>,
    room: usize,
    watch: Watch,
}

/// Who answers, what this process learns of it by the answer, and how long the answer may take.
pub(crate) struct Watch {
    endpoint: (EndpointId, String),
    passage: Option<Passage>,
    clock: Platform,
    deadline: Instant,
}

/// A piece that may be given out.
#[derive(Debug)]
pub(crate) enum Released {
    /// A part of the answer.
    Chunk {
        /// The event's bytes.
        raw: Bytes,
        /// The text in it.
        text: String,
    },
    /// The end; its outcome is on disk.
    Done {
        /// The event's bytes.
        raw: Bytes,
        /// The act of the outcome.
        outcome: ActId,
    },
}

impl Watch {
    /// Over an answer of `endpoint` that ends within `longest` from now.
    pub(crate) fn over(
        endpoint: &Endpoint,
        passage: Passage,
        clock: Platform,
        longest: Duration,
    ) -> Self {
        let (endpoint, passage) = ((endpoint.id, endpoint.name.clone()), Some(passage));
        Self { endpoint, passage, clock, deadline: Instant::now() + longest }
    }
}

impl Recorded {
    /// `pieces` under `attempt`; at most `room` bytes of text are taken.
    pub(crate) fn new(attempt: Attempt, pieces: Pieces, room: usize, watch: Watch) -> Self {
        Self {
            act: attempt.request_act(),
            label: attempt.label().clone(),
            attempt: Some(attempt),
            pieces,
            usage: Usage::default(),
            finish_reason: None,
            room,
            watch,
        }
    }

    /// The endpoint that answers.
    pub(crate) fn endpoint(&self) -> (EndpointId, &str) {
        (self.watch.endpoint.0, &self.watch.endpoint.1)
    }

    /// The act of the request.
    pub(crate) fn act(&self) -> ActId {
        self.act
    }

    /// The label of the answer.
    pub(crate) fn label(&self) -> &Label {
        &self.label
    }

    /// What the call used, as far as it is known by now.
    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    /// Why the answer ended, as far as it is known by now.
    pub(crate) fn finish_reason(&self) -> Option<&str> {
        self.finish_reason.as_deref()
    }

    /// The next piece; `None` after the end or the first error.
    pub(crate) async fn next(&mut self) -> Option<Result<Released, Error>> {
        self.attempt.as_ref()?;
        let piece = timeout_at(self.watch.deadline, self.pieces.next())
            .await
            .unwrap_or(Some(Err(UpstreamFault::Deadline.into())))
            .unwrap_or(Err(UpstreamFault::Cut.into()));
        match piece {
            Ok(Piece::Comment { raw }) => Some(Ok(Released::Chunk { raw, text: String::new() })),
            Ok(Piece::Hidden { said }) => match self.keep(said) {
                Ok(text) => Some(Ok(Released::Chunk { raw: Bytes::new(), text })),
                Err(error) => Some(Err(self.fail(error).await)),
            },
            Ok(Piece::Chunk { raw, said }) => match self.keep(said) {
                Ok(text) => Some(Ok(Released::Chunk { raw, text })),
                Err(error) => Some(Err(self.fail(error).await)),
            },
            Ok(Piece::Done { raw, said }) => {
                if let Err(error) = self.keep(said) {
                    return Some(Err(self.fail(error).await));
                }
                if let Some(passage) = self.watch.passage.take() {
                    passage.went_well();
                }
                let settled = self.attempt.take()?.settle(Outcome::completed(self.usage)).await;
                Some(settled.map(|outcome| Released::Done { raw, outcome }).map_err(Error::Guard))
            }
            Err(error) => Some(Err(self.fail(error).await)),
        }
    }

    /// Keeps what was said for the record; gives its text.
    fn keep(&mut self, said: Said) -> Result<String, Error> {
        let size = said.text.len().saturating_add(said.other.len());
        self.room = self.room.checked_sub(size).ok_or(UpstreamFault::TooLarge)?;
        if let Some(attempt) = &mut self.attempt {
            attempt.received(said.text.as_bytes());
            attempt.received(said.other.as_bytes());
        }
        if let Some(usage) = said.usage {
            self.usage = usage;
            if let Some(attempt) = &mut self.attempt {
                attempt.used(usage);
            }
        }
        if let Some(attempt) = &self.attempt {
            if let Some(model) = &said.model {
                attempt.learned(Learned::Model(model));
            }
            if let Some(reason) = &said.finish_reason {
                attempt.learned(Learned::FinishReason(reason));
            }
        }
        self.finish_reason = said.finish_reason.or_else(|| self.finish_reason.take());
        Ok(said.text)
    }

    /// Records that the answer broke off.
    async fn fail(&mut self, error: Error) -> Error {
        if error.speaks_against_the_endpoint()
            && let Some(passage) = self.watch.passage.take()
        {
            passage.went_badly(self.watch.clock.now());
        }
        let Some(attempt) = self.attempt.take() else { return error };
        let outcome = Outcome::fault(OutcomeKind::Broken, error.code()).using(self.usage);
        match attempt.settle(outcome).await {
            Ok(_) => error,
            Err(unrecorded) => Error::Guard(unrecorded),
        }
    }
}
