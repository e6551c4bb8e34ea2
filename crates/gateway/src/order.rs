//! One request on its way: put to the guard for one endpoint or another, and settled however it ends.

use std::{fmt, sync::Arc};

use kaname_budget_core::Tokens;
use kaname_guard::{Action, Attempt, Caller, Outcome, OutcomeKind, Purpose, Request, Usage};
use kaname_kernel::{ActId, Label, RouteId};
use kaname_platform::{http::Fault as _, outbound::Permit};

use crate::{
    cache::{Mark, Wish},
    error::Error,
    failure::Failure,
    gateway::Gateway,
    model::Endpoint,
    observe::Context,
};

/// The API key of an endpoint; never printed.
#[derive(Clone)]
pub(crate) struct ApiKey(Arc<str>);

impl ApiKey {
    /// The key that `text` is.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The key itself, for the one header that it belongs in.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// An endpoint and what opens it, from one state of the records.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    /// The endpoint.
    pub(crate) endpoint: Endpoint,
    /// Its key, if it wants one.
    pub(crate) key: Option<ApiKey>,
}

/// Who wants what, and why.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Who asks.
    pub(crate) caller: Caller,
    /// Why.
    pub(crate) purpose: Purpose,
    /// The label of the caller's own text.
    pub(crate) label: Label,
    /// The labels of what is sent along.
    pub(crate) reads: Vec<Label>,
    /// The act that led to it, if one of this program did.
    pub(crate) parent: Option<ActId>,
    /// What is done.
    pub(crate) action: Action,
    /// What the request's act commits to: a field and its bytes.
    pub(crate) content: (&'static str, Vec<u8>),
    /// The tokens that it takes at most.
    pub(crate) bound: Tokens,
    /// The route that was named or that serves the workspace, for the record.
    pub(crate) route: Option<RouteId>,
    /// What operators see of it besides.
    pub(crate) context: Context,
    /// What the caller wants of the cache.
    pub(crate) wish: Wish,
}

/// Most tokens of an answer where nobody says.
pub(crate) const OUTPUT_TOKENS: u64 = 32_768;

impl Order {
    /// What `caller` wants for `purpose`, with text labelled `label` and no more.
    pub(crate) fn new(
        caller: Caller,
        purpose: Purpose,
        label: Label,
        (action, content): (Action, (&'static str, Vec<u8>)),
    ) -> Self {
        // No tokeniser makes more tokens of a text than it has bytes.
        let input = u64::try_from(content.1.len()).unwrap_or(u64::MAX);
        let output = if action == Action::Chat { OUTPUT_TOKENS } else { 0 };
        let bound = Tokens::new(input, output);
        Self {
            caller,
            purpose,
            label,
            reads: Vec::new(),
            parent: None,
            action,
            content,
            bound,
            route: None,
            context: Context::default(),
            wish: Wish::Never,
        }
    }

    /// The join of everything in it.
    pub(crate) fn joined_label(&self) -> Label {
        self.reads.iter().fold(self.label.clone(), |all, one| all.join(one))
    }
}

impl Gateway {
    /// Asks the guard for a call to `endpoint`; `asked` is the act of the request, if it has one.
    pub(crate) async fn admit(
        &self,
        order: &Order,
        endpoint: &Endpoint,
        asked: Option<ActId>,
    ) -> Result<(Permit, Attempt), Error> {
        let request = request_of(order, endpoint, asked)?;
        let request = endpoint.estimate(order.bound).into_iter().fold(request, Request::reserving);
        self.admitted(order, endpoint, request).await
    }

    /// Asks the guard to give an answer of `endpoint` again that was kept. Nothing is sent: the
    /// permit goes unused.
    pub(crate) async fn admit_kept(
        &self,
        order: &Order,
        endpoint: &Endpoint,
        asked: Option<ActId>,
    ) -> Result<Attempt, Error> {
        // Whoever may not read what is labelled so any more is not given it again either.
        let request = request_of(order, endpoint, asked)?.kept().reading(&order.label);
        let (_unused, attempt) = self.admitted(order, endpoint, request).await?;
        Ok(attempt)
    }

    /// Puts `request` to the guard, and lets operators see what came of it.
    async fn admitted(
        &self,
        order: &Order,
        endpoint: &Endpoint,
        request: Request,
    ) -> Result<(Permit, Attempt), Error> {
        let again = request.is_again();
        match self.guard.admit(request).await.map_err(Error::from) {
            Ok((permit, mut attempt)) => {
                self.observer.begun((order, endpoint), &mut attempt, again);
                Ok((permit, attempt))
            }
            Err(error) => {
                self.observer.refused(order, endpoint, &error);
                Err(error)
            }
        }
    }
}

/// What is asked of the guard for `endpoint`; `asked` is the act of the request, if it has one.
fn request_of(order: &Order, endpoint: &Endpoint, asked: Option<ActId>) -> Result<Request, Error> {
    let (place, caller) = (endpoint.place()?, order.caller.clone());
    let request = Request::new(caller, order.purpose, order.action, place, order.label.clone());
    let request = order.reads.iter().fold(request, Request::reading);
    let request = order.parent.into_iter().fold(request, Request::following);
    let request = order.route.into_iter().fold(request, Request::by_route);
    Ok(if let Some(asked) = asked {
        request.again(asked)
    } else {
        let (field, value) = &order.content;
        request.content(field, value.clone())
    })
}

/// Records how `attempt` ended; what came of it is given out only when that is on disk.
pub(crate) async fn settled<T>(
    attempt: Attempt,
    called: Result<(T, Usage), Error>,
) -> Result<Settled<T>, Failure> {
    let (answer, usage) = match called {
        Ok(answered) => answered,
        Err(error) => return Err(failed(attempt, error).await),
    };
    let (act, label) = (attempt.request_act(), attempt.label().clone());
    match attempt.settle(Outcome::completed(usage)).await {
        Ok(_) => Ok(Settled { answer, act, label, mark: None }),
        Err(unrecorded) => Err(Failure { error: unrecorded.into(), act: Some(act) }),
    }
}

/// Records that an answer was given again that had been kept.
pub(crate) async fn settled_kept<T>(
    mut attempt: Attempt,
    (answer, text): (T, &str),
) -> Result<Settled<T>, Failure> {
    attempt.received(text.as_bytes());
    let (act, label) = (attempt.request_act(), attempt.label().clone());
    match attempt.settle(Outcome::kept()).await {
        Ok(_) => Ok(Settled { answer, act, label, mark: Some(Mark::Hit) }),
        Err(unrecorded) => Err(Failure { error: unrecorded.into(), act: Some(act) }),
    }
}

/// Records that `attempt` failed before any of the answer came.
pub(crate) async fn failed(attempt: Attempt, error: Error) -> Failure {
    let failure = Failure::of(&attempt, error);
    let outcome = Outcome::fault(OutcomeKind::Failed, failure.error.code());
    let outcome = if failure.error.may_be_charged() { outcome.charged() } else { outcome };
    match attempt.settle(outcome).await {
        Ok(_) => failure,
        Err(unrecorded) => Failure { error: Error::Guard(unrecorded), ..failure },
    }
}

/// A whole answer whose outcome is on disk.
#[derive(Debug)]
pub(crate) struct Settled<T> {
    /// The answer.
    pub(crate) answer: T,
    /// The act of the request.
    pub(crate) act: ActId,
    /// The label of the answer.
    pub(crate) label: Label,
    /// Whether it had been kept, where it may be.
    pub(crate) mark: Option<Mark>,
}
