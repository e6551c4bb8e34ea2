//! An attempt under way, and how it ends: exactly one outcome, on disk, whoever goes away.

use std::sync::Arc;

use kaname_kernel::{ActId, Label, Timestamp};
use kaname_platform::{Act, DbError};
use tokio::sync::oneshot;

use crate::{
    budgets::{Spending, Spent, settle},
    calls::{self, Times},
    error::Error,
    guard::Guard,
    request::Caller,
    watch::{Ended, Learned, Watch},
};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The whole answer came.
    Completed,
    /// The call failed before any of the answer came.
    Failed,
    /// The answer broke off.
    Broken,
    /// Nobody waited for the answer any more.
    Abandoned,
    /// The process ended in between; nobody knows.
    Unknown,
}

impl OutcomeKind {
    /// The stable name in acts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Abandoned => "abandoned",
            Self::Unknown => "unknown",
        }
    }
}

/// What a call used, as far as the model said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens in.
    pub prompt_tokens: Option<u64>,
    /// Tokens out.
    pub completion_tokens: Option<u64>,
    /// Those of the tokens in that the vendor had kept, and charges less for.
    pub cached_tokens: Option<u64>,
}

impl Usage {
    /// So many tokens in, none of them kept by the vendor, and so many out.
    pub fn of(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self {
            prompt_tokens: Some(prompt_tokens),
            completion_tokens: Some(completion_tokens),
            cached_tokens: None,
        }
    }
}

/// How an attempt ended, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How.
    pub kind: OutcomeKind,
    /// The stable code of the fault, where there was one.
    pub code: Option<&'static str>,
    /// What the call used.
    pub usage: Usage,
    /// Whether the endpoint may charge for a call that failed.
    pub charged: bool,
    /// Whether the answer had been kept, and the endpoint was not asked.
    pub cached: bool,
}

impl Outcome {
    /// It ended in this way, and nothing more is known.
    pub(crate) fn of(kind: OutcomeKind) -> Self {
        Self { kind, code: None, usage: Usage::default(), charged: false, cached: false }
    }

    /// Says that the endpoint may charge all the same, as after a time-out: the worst case is settled
    /// where the usage is not known. A failure without this gives the reservation back.
    #[must_use]
    pub fn charged(mut self) -> Self {
        self.charged = true;
        self
    }

    /// Adds what the call used as far as it is known, as when an answer broke off.
    #[must_use]
    pub fn using(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// The whole answer came.
    pub fn completed(usage: Usage) -> Self {
        Self::of(OutcomeKind::Completed).using(usage)
    }

    /// The whole answer had been kept from an earlier call: nothing was sent and nothing used.
    pub fn kept() -> Self {
        Self { cached: true, ..Self::completed(Usage::of(0, 0)) }
    }

    /// It went wrong with `code`: as failed or as broken.
    pub fn fault(kind: OutcomeKind, code: &'static str) -> Self {
        Self { code: Some(code), ..Self::of(kind) }
    }
}

/// A call that was admitted. Settle it; dropped, it settles itself as abandoned.
#[derive(Debug)]
pub struct Attempt {
    guard: Guard,
    caller: Caller,
    label: Label,
    request: ActId,
    act: ActId,
    answer: Vec<u8>,
    spending: Spending,
    started_at: Timestamp,
    first_at: Option<Timestamp>,
    watch: Option<Arc<dyn Watch>>,
    open: bool,
}

impl Attempt {
    pub(crate) fn open(
        guard: &Guard,
        caller: Caller,
        label: Label,
        acts: (ActId, ActId),
        spending: Spending,
    ) -> Self {
        let ((request, act), guard) = (acts, guard.clone());
        let started_at = guard.platform.now();
        Self {
            guard,
            caller,
            label,
            request,
            act,
            answer: Vec::new(),
            spending,
            started_at,
            first_at: None,
            watch: None,
            open: true,
        }
    }

    /// Notes what the call used so far: what is settled if nobody waits for the rest.
    pub fn used(&mut self, usage: Usage) {
        self.spending.note(usage);
    }

    /// Has `watch` told how it ends.
    pub fn watched_by(&mut self, watch: Arc<dyn Watch>) {
        self.watch = Some(watch);
    }

    /// Tells whoever watches what the answer says of itself.
    pub fn learned(&self, what: Learned<'_>) {
        if let Some(watch) = &self.watch {
            watch.learned(what);
        }
    }

    /// Closes it as abandoned before anything was sent: all that was reserved is given back.
    pub(crate) fn abandon_unsent(mut self) {
        self.spending.unsent();
    }

    /// The act of the request: what the caller keeps.
    pub fn request_act(&self) -> ActId {
        self.request
    }

    /// The act of the attempt.
    pub fn attempt_act(&self) -> ActId {
        self.act
    }

    /// The join of everything in the request.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// Keeps a part of the answer, so that the outcome commits to all that came.
    pub fn received(&mut self, part: &[u8]) {
        if self.first_at.is_none() && !part.is_empty() {
            self.first_at = Some(self.guard.platform.now());
        }
        self.answer.extend_from_slice(part);
    }

    /// Records the outcome; when this returns `Ok`, the last of the answer may be released.
    ///
    /// # Errors
    ///
    /// When the log cannot be written: then the caller must fail.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not undo it.
    pub async fn settle(mut self, outcome: Outcome) -> Result<ActId, Error> {
        let recorded = self.close(&outcome);
        recorded.await.map_err(|_| Error::Stopping)?.map_err(Error::Log)
    }

    fn times(&self) -> Times {
        let since = |at: Timestamp| at.as_millis().saturating_sub(self.started_at.as_millis());
        Times { first_ms: self.first_at.map(since), took_ms: since(self.guard.platform.now()) }
    }

    /// Tells whoever watches how it ends; gives whom the content is shown to besides, if anybody.
    fn tell(&self, outcome: &Outcome, (money, times): (Option<u64>, Times)) -> Option<String> {
        let ended = Ended {
            outcome,
            first_ms: times.first_ms,
            took_ms: times.took_ms,
            cost_micro_yen: money,
            answer: &self.answer,
        };
        self.watch.as_ref()?.ended(&ended)
    }

    /// Starts recording; gives where the result arrives.
    fn close(&mut self, outcome: &Outcome) -> oneshot::Receiver<Result<ActId, DbError>> {
        self.open = false;
        let (sender, receiver) = oneshot::channel();
        let guard = self.guard.clone();
        let outcome = Outcome { usage: self.spending.known(outcome.usage), ..outcome.clone() };
        let spent = self.spending.settled(&outcome, self.answer.len());
        let spending = self.spending.clone();
        let times = self.times();
        let act = outcome_act(self.caller.act("guard.outcome"), &outcome);
        let act = match self.tell(&outcome, (spent.money(), times)) {
            Some(whom) => act.reference("content_shown_to", whom),
            None => act,
        };
        let act = spent
            .describe(act)
            .label(&self.label)
            .following(self.act)
            .reference("request", self.request)
            .content("answer", std::mem::take(&mut self.answer));
        let attempt = self.act;
        self.guard.platform.tasks.spawn("guard-settle", async move {
            let result = guard.write_outcome((attempt, act), &outcome, (&spending, spent), times).await;
            if let Err(error) = &result {
                tracing::error!(%attempt, error = error as &dyn std::error::Error, "no outcome recorded");
            }
            let _unheard = sender.send(result);
        });
        receiver
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        // Without a runtime the process is at its end: the next start closes what is open.
        if self.open && tokio::runtime::Handle::try_current().is_ok() {
            let _unheard = self.close(&Outcome::of(OutcomeKind::Abandoned));
        }
    }
}

pub(crate) fn outcome_act(act: Act, outcome: &Outcome) -> Act {
    let mut act = act.reference("outcome", outcome.kind.as_str());
    if let Some(code) = outcome.code {
        act = act.reference("code", code);
    }
    if outcome.cached {
        act = act.reference("cached", true);
    }
    if let Some(tokens) = outcome.usage.prompt_tokens {
        act = act.reference("prompt_tokens", tokens);
    }
    if let Some(tokens) = outcome.usage.completion_tokens {
        act = act.reference("completion_tokens", tokens);
    }
    if let Some(tokens) = outcome.usage.cached_tokens.filter(|tokens| *tokens > 0) {
        act = act.reference("cached_tokens", tokens);
    }
    act
}

impl Guard {
    /// Writes `act` as the one outcome of `attempt`.
    async fn write_outcome(
        &self,
        (attempt, act): (ActId, Act),
        outcome: &Outcome,
        (spending, spent): (&Spending, Spent),
        times: Times,
    ) -> Result<ActId, DbError> {
        let mut tx = self.platform.db.begin().await?;
        calls::end(&mut tx, attempt, outcome, (&spent, times)).await?;
        let id = self.platform.append(&mut tx, act).await?;
        if spending.holds() {
            settle(&mut tx, attempt, spent, self.platform.now()).await?;
        }
        tx.commit().await?;
        Ok(id)
    }
}
