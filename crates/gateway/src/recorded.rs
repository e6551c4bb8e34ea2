//! A streamed answer under its attempt: what passes is kept for the outcome, and the terminator
//! is given out only after the outcome is on disk. Dropped before, the attempt is abandoned.

use bytes::Bytes;
use futures_util::StreamExt as _;
use kaname_guard::{Attempt, Outcome, OutcomeKind, Usage};
use kaname_kernel::{ActId, Label};
use kaname_platform::http::Fault as _;

use crate::{
    error::{Error, UpstreamFault},
    pieces::{Piece, Pieces},
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

impl Recorded {
    /// `pieces` under `attempt`; at most `room` bytes of text are taken.
    pub(crate) fn new(attempt: Attempt, pieces: Pieces, room: usize) -> Self {
        Self {
            act: attempt.request_act(),
            label: attempt.label().clone(),
            attempt: Some(attempt),
            pieces,
            usage: Usage::default(),
            finish_reason: None,
            room,
        }
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
        let attempt = self.attempt.as_mut()?;
        let piece = self.pieces.next().await.unwrap_or(Err(UpstreamFault::Cut.into()));
        match piece {
            Ok(Piece::Comment { raw }) => Some(Ok(Released::Chunk { raw, text: String::new() })),
            Ok(Piece::Chunk { raw, said }) => {
                let size = said.text.len().saturating_add(said.other.len());
                let Some(room) = self.room.checked_sub(size) else {
                    return Some(Err(self.fail(UpstreamFault::TooLarge.into()).await));
                };
                self.room = room;
                attempt.received(said.text.as_bytes());
                attempt.received(said.other.as_bytes());
                self.usage = said.usage.unwrap_or(self.usage);
                self.finish_reason = said.finish_reason.or_else(|| self.finish_reason.take());
                Some(Ok(Released::Chunk { raw, text: said.text }))
            }
            Ok(Piece::Done { raw }) => {
                let settled = self.attempt.take()?.settle(Outcome::completed(self.usage)).await;
                Some(settled.map(|outcome| Released::Done { raw, outcome }).map_err(Error::Guard))
            }
            Err(error) => Some(Err(self.fail(error).await)),
        }
    }

    /// Records that the answer broke off.
    async fn fail(&mut self, error: Error) -> Error {
        let Some(attempt) = self.attempt.take() else { return error };
        let outcome = Outcome::fault(OutcomeKind::Broken, error.code());
        match attempt.settle(outcome).await {
            Ok(_) => error,
            Err(unrecorded) => Error::Guard(unrecorded),
        }
    }
}
