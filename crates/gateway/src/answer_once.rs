//! Calls that one endpoint answers, whole and alone: vectors, an order of documents, a count.
//!
//! Another model's answer would mean something else, so there is no second endpoint to try. All
//! else is as for chat: the breaker and the bound of calls at once, the guard, the deadline, the
//! outcome on disk before the answer is given out.

use std::time::Duration;

use bytes::Bytes;
use kaname_guard::{Action, Purpose, Usage};
use kaname_kernel::{ActId, InstitutionId};
use kaname_platform::outbound::Permit;

use crate::{
    cache::{Kept, Mark},
    candidates::Candidates,
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::Endpoint,
    order::{Order, Reach, Settled, settled, settled_kept},
    traffic::{Passage, Turn},
};

/// How often what can wait looks for a place.
const PLACE_EVERY: Duration = Duration::from_millis(100);

impl Gateway {
    /// The first of `found`, with a place among the calls that run there.
    ///
    /// # Errors
    ///
    /// [`Error::Resting`], noted, when there is none, or none may be called now.
    pub(crate) async fn first_of(
        &self,
        institution: InstitutionId,
        mut found: Candidates,
        why: (Purpose, Action),
    ) -> Result<(Reach, Passage), Error> {
        let passage = match found.reaches.first() {
            Some(reach) => self.place_at(&reach.endpoint, why.0).await,
            None => None,
        };
        let Some(passage) = passage else {
            self.unserved(institution, found.way(), why).await?;
            return Err(Error::Resting);
        };
        Ok((found.reaches.swap_remove(0), passage))
    }

    /// A place among the calls at `endpoint`. What is made for the index waits for one: nobody sits
    /// before it, and a file that is refused for that is lost.
    async fn place_at(&self, endpoint: &Endpoint, purpose: Purpose) -> Option<Passage> {
        let enter = || self.traffic.enter(endpoint, Turn::First, self.platform.now());
        if purpose != Purpose::Index {
            return enter();
        }
        let place = async {
            loop {
                match enter() {
                    Some(passage) => return passage,
                    None => tokio::time::sleep(PLACE_EVERY).await,
                }
            }
        };
        tokio::time::timeout(self.config.call_timeout, place).await.ok()
    }

    /// What `call` has of the endpoint that `passage` leads to; it is told the act of the request.
    pub(crate) async fn answer_once<T, F>(
        &self,
        order: &Order,
        (reach, passage): (&Reach, Passage),
        call: impl FnOnce(Permit, ActId) -> F,
    ) -> Result<Settled<T>, Failure>
    where
        F: Future<Output = Result<(T, Usage), Error>>,
    {
        let (permit, attempt) = self.admit(order, &reach.endpoint, None).await?;
        // One byte a minute is not silence, but not an answer either.
        let called =
            tokio::time::timeout(self.config.call_timeout, call(permit, attempt.request_act()));
        let called = called.await.unwrap_or_else(|_| Err(UpstreamFault::Deadline.into()));
        match &called {
            Ok(_) => passage.went_well(),
            Err(error) if error.speaks_against_the_endpoint() => {
                passage.went_badly(self.platform.now());
            }
            Err(_) => {}
        }
        settled(attempt, called).await
    }

    /// As [`Gateway::answer_once`], or what was kept of an earlier answer to the same `question`.
    pub(crate) async fn answer_once_or_again<F>(
        &self,
        order: &Order,
        (reach, passage): (&Reach, Passage),
        question: (&str, &str),
        call: impl FnOnce(Permit, ActId) -> F,
    ) -> Result<Settled<Bytes>, Failure>
    where
        F: Future<Output = Result<(Bytes, Usage), Error>>,
    {
        let terms = self.terms(order, &reach.endpoint, (question.0, question.1.as_bytes()));
        let Some(terms) = terms else {
            return self.answer_once(order, (reach, passage), call).await;
        };
        if let Some(Kept::Answer { body, .. }) = self.kept(&terms).await? {
            let attempt = self.admit_kept(order, &reach.endpoint, None).await?;
            return settled_kept(attempt, (body, "")).await;
        }
        let whole = self.answer_once(order, (reach, passage), call).await?;
        let kept = Kept::Answer { body: whole.answer.clone(), text: "".into() };
        self.keep(&terms, &reach.endpoint, (whole.act, kept));
        Ok(Settled { mark: Some(Mark::Miss), ..whole })
    }
}
