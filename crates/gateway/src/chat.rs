//! Chat calls: one path for every dialect of the outside and for the other slices.
//!
//! The candidates are tried one after another until one gives its first content. From then on the
//! answer is that endpoint's: what breaks off is said to have broken off and never continued
//! elsewhere.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use kaname_guard::{Attempt, Learned};
use kaname_kernel::ActId;
use kaname_platform::outbound::Permit;
use tokio::sync::SetOnce;

use crate::{
    ask_endpoint::Answer,
    cache::{Kept, Mark, Terms},
    call::Call,
    candidates::Candidates,
    embedded::{EmbeddedError, EmbeddedFault},
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::Endpoint,
    order::{Order, Reach, Settled, failed, settled, settled_kept},
    pieces::{Piece, Pieces},
    recorded::{Recorded, Watch},
    traffic::{Passage, Turn},
};

/// Most events that are held back while waiting for the first content.
const HELD_MAX: usize = 64;

/// A chat call, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct ChatOrder {
    pub(crate) order: Order,
    pub(crate) candidates: Candidates,
    pub(crate) call: Call,
}

/// What an endpoint gave: all of it, or the beginning.
enum Given {
    Whole(Answer),
    /// What had been kept: the endpoint was not asked.
    Again {
        body: Bytes,
        text: Arc<str>,
    },
    Stream(Pieces),
}

/// An endpoint that answers, and the attempt under which it does.
struct Answering {
    endpoint: Endpoint,
    attempt: Attempt,
    passage: Passage,
    given: Given,
    terms: Option<Terms>,
}

/// A call and who has not been asked yet; each candidate is taken by one of those that try.
struct Line<'a> {
    chat: &'a ChatOrder,
    taken: AtomicUsize,
    /// The act of the request, once it is on record.
    asked: SetOnce<ActId>,
}

impl<'a> Line<'a> {
    fn of(chat: &'a ChatOrder) -> Self {
        Self { chat, taken: AtomicUsize::new(0), asked: SetOnce::new() }
    }

    fn next(&self) -> Option<&'a Reach> {
        self.chat.candidates.reaches.get(self.taken.fetch_add(1, Ordering::Relaxed))
    }
}

impl Gateway {
    /// Opens a streamed answer.
    pub(crate) async fn open_chat(&self, chat: &ChatOrder) -> Result<Recorded, Failure> {
        let Answering { endpoint, attempt, passage, given, .. } =
            self.first_to_answer(chat).await?;
        let pieces = match given {
            Given::Stream(pieces) => pieces,
            // A call that did not ask for a stream is not opened as one.
            Given::Whole(_) | Given::Again { .. } => {
                return Err(failed(attempt, UpstreamFault::Malformed.into()).await);
            }
        };
        let (clock, longest) = (self.platform.clone(), self.config.call_timeout);
        let watch = Watch::over(&endpoint, passage, clock, longest);
        Ok(Recorded::new(attempt, pieces, self.config.answer_bytes_max, watch))
    }

    /// Gives the whole answer at once; its outcome is on disk.
    pub(crate) async fn complete_chat(&self, chat: &ChatOrder) -> Result<Settled<Bytes>, Failure> {
        let Answering { endpoint, mut attempt, passage, given, terms } =
            self.first_to_answer(chat).await?;
        let answer = match given {
            Given::Whole(answer) => answer,
            Given::Again { body, text } => return settled_kept(attempt, (body, &text)).await,
            Given::Stream(_) => return Err(failed(attempt, UpstreamFault::Malformed.into()).await),
        };
        passage.went_well();
        attempt.received(answer.text.as_bytes());
        if !answer.finish_reason.is_empty() {
            attempt.learned(Learned::FinishReason(&answer.finish_reason));
        }
        if !answer.model.is_empty() {
            attempt.learned(Learned::Model(&answer.model));
        }
        let whole = settled(attempt, Ok((answer.body, answer.usage))).await?;
        let Some(terms) = terms else { return Ok(whole) };
        let kept = Kept::Answer { body: whole.answer.clone(), text: answer.text.into() };
        self.keep(&terms, &endpoint, (whole.act, kept));
        Ok(Settled { mark: Some(Mark::Miss), ..whole })
    }

    /// How the answer of `endpoint` is kept. Streams are not, nor what may well be another next time.
    fn terms_of(&self, chat: &ChatOrder, endpoint: &Endpoint) -> Option<Terms> {
        let call = &chat.call;
        if call.streams() || !call.is_repeatable() {
            return None;
        }
        let question = call.without_model()?;
        self.terms(&chat.order, endpoint, (call.dialect().name(), question.as_bytes()))
    }

    /// Puts the call to one candidate after another until one answers; to two at a time where the
    /// route says so and the first is slow to begin.
    ///
    /// Whoever gives the first content answers. The other call is dropped: that closes its connection
    /// and settles its attempt as abandoned.
    async fn first_to_answer(&self, chat: &ChatOrder) -> Result<Answering, Failure> {
        let line = Line::of(chat);
        let mut first = Box::pin(self.next_to_answer(&line));
        let Some(after) = chat.candidates.hedge_after else { return first.await };
        // What is not on record has not been sent: the wait begins when the first attempt is.
        let patience = async {
            line.asked.wait().await;
            tokio::time::sleep(after).await;
        };
        tokio::select! {
            biased;
            done = &mut first => return done,
            () = patience => {}
        }
        let mut second = Box::pin(self.next_to_answer(&line));
        tokio::select! {
            biased;
            done = &mut first => match done {
                Err(failure) if failure.error.speaks_against_the_endpoint() => second.await,
                done => done,
            },
            done = &mut second => match done {
                Ok(answering) => Ok(answering),
                // Whatever keeps a second from being asked, the first is still under way.
                Err(_) => first.await,
            },
        }
    }

    /// Puts the call to the next candidates in `line`, one after another, until one answers.
    async fn next_to_answer(&self, line: &Line<'_>) -> Result<Answering, Failure> {
        let mut last = Failure::from(Error::Resting);
        let mut left: Option<&Endpoint> = None;
        while let Some(reach) = line.next() {
            let turn = if line.asked.get().is_none() { Turn::First } else { Turn::Again };
            let now = self.platform.now();
            let Some(passage) = self.traffic.enter(&reach.endpoint, turn, now) else { continue };
            if let Some(left) = left {
                self.observer.failed_over(left, &last.error);
            }
            match self.try_one(line, reach, passage).await {
                Ok(answering) => return Ok(answering),
                Err(failure) if failure.error.speaks_against_the_endpoint() => {
                    (last, left) = (failure, Some(&reach.endpoint));
                }
                Err(failure) => return Err(failure),
            }
        }
        if line.asked.get().is_none() && matches!(last.error, Error::Resting) {
            let (order, found) = (&line.chat.order, &line.chat.candidates);
            let why = (order.purpose, order.action);
            self.unserved(order.caller.institution(), found.way(), why).await?;
        }
        Err(last)
    }

    async fn try_one(
        &self,
        line: &Line<'_>,
        reach: &Reach,
        passage: Passage,
    ) -> Result<Answering, Failure> {
        let (chat, endpoint) = (line.chat, &reach.endpoint);
        let asked = line.asked.get().copied();
        let terms = self.terms_of(chat, endpoint);
        if let Some(terms) = &terms
            && let Some(Kept::Answer { body, text }) = self.kept(terms).await?
        {
            let attempt = self.admit_kept(&chat.order, endpoint, asked).await?;
            let given = Given::Again { body, text };
            let (endpoint, terms) = (endpoint.clone(), None);
            return Ok(Answering { endpoint, attempt, passage, given, terms });
        }
        let (permit, attempt) = self.admit(&chat.order, endpoint, asked).await?;
        // Set once: who comes later asks again under the same request.
        let _known = line.asked.set(attempt.request_act());
        // One byte a minute is not silence, but not an answer either.
        let answer = self.answer_of(chat, reach, permit, &attempt);
        let answered = tokio::time::timeout(self.config.call_timeout, answer).await;
        match answered.unwrap_or_else(|_| Err(UpstreamFault::Deadline.into())) {
            Ok(given) => {
                Ok(Answering { endpoint: endpoint.clone(), attempt, passage, given, terms })
            }
            Err(error) => {
                if error.speaks_against_the_endpoint() {
                    passage.went_badly(self.platform.now());
                }
                Err(failed(attempt, error).await)
            }
        }
    }

    async fn answer_of(
        &self,
        chat: &ChatOrder,
        reach: &Reach,
        permit: Permit,
        attempt: &Attempt,
    ) -> Result<Given, Error> {
        let (call, endpoint, under) = (&chat.call, &reach.endpoint, (permit, attempt));
        Ok(match (endpoint.kind.is_embedded(), call.streams()) {
            (true, false) => Given::Whole(self.gathered(call, endpoint, under).await?),
            (false, false) => Given::Whole(self.whole(call, reach, under).await?),
            (true, true) => Given::Stream(
                from_first_content(self.generate(call, endpoint, under).await?).await?,
            ),
            (false, true) => {
                Given::Stream(from_first_content(self.stream(call, reach, under).await?).await?)
            }
        })
    }
}

/// That the embedded model of `endpoint` is not part of this process.
pub(crate) fn not_here(endpoint: &Endpoint) -> Error {
    Error::Embedded(EmbeddedError {
        fault: EmbeddedFault::Failed,
        detail: format!(
            "the model {} is not loaded; fetch it with `kaname model fetch`",
            endpoint.model
        ),
    })
}

/// The same answer, once its first content is there: until then another endpoint may be asked.
async fn from_first_content(mut pieces: Pieces) -> Result<Pieces, Error> {
    let mut held: Vec<Result<Piece, Error>> = Vec::new();
    while held.len() < HELD_MAX {
        let piece = pieces.next().await.unwrap_or(Err(UpstreamFault::Cut.into()))?;
        let begun = match &piece {
            Piece::Chunk { said, .. } => said.is_content(),
            Piece::Done { .. } => true,
            Piece::Hidden { .. } | Piece::Comment { .. } => false,
        };
        held.push(Ok(piece));
        if begun {
            break;
        }
    }
    Ok(stream::iter(held).chain(pieces).boxed())
}
