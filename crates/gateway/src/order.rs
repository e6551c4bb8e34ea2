//! One call on its way: admitted by the guard, sent, and settled however it ends.

use std::{fmt, sync::Arc};

use kaname_guard::{Action, Attempt, Caller, Outcome, OutcomeKind, Purpose, Request, Usage};
use kaname_kernel::{ActId, Label};
use kaname_platform::{http::Fault as _, outbound::Permit};

use crate::{error::Error, failure::Failure, gateway::Gateway, model::Endpoint, upstream::Address};

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

/// Who wants what of which endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Who asks.
    pub(crate) caller: Caller,
    /// Why.
    pub(crate) purpose: Purpose,
    /// Of whom.
    pub(crate) endpoint: Endpoint,
    /// What opens it, read together with it.
    pub(crate) key: Option<ApiKey>,
    /// The label of the caller's own text.
    pub(crate) label: Label,
    /// The labels of what is sent along.
    pub(crate) reads: Vec<Label>,
    /// The act that led to it, if one of this program did.
    pub(crate) parent: Option<ActId>,
}

impl Order {
    /// What `caller` wants of an endpoint for `purpose`, with text labelled `label` and no more.
    pub(crate) fn new(
        caller: Caller,
        purpose: Purpose,
        (endpoint, key): (Endpoint, Option<ApiKey>),
        label: Label,
    ) -> Self {
        Self { caller, purpose, endpoint, key, label, reads: Vec::new(), parent: None }
    }

    /// Where calls of `path` go.
    pub(crate) fn address(&self, path: &str) -> Address {
        let base = self.endpoint.base_url.as_deref().unwrap_or_default();
        Address { url: format!("{base}{path}"), key: self.key.clone() }
    }
}

impl Gateway {
    /// Asks the guard for `order`; `content` is what the request's act commits to.
    pub(crate) async fn admit(
        &self,
        order: &Order,
        action: Action,
        content: (&'static str, Vec<u8>),
    ) -> Result<(Permit, Attempt), Error> {
        let place = order.endpoint.place()?;
        let caller = order.caller.clone();
        let request = Request::new(caller, order.purpose, action, place, order.label.clone());
        let request = order.reads.iter().fold(request, Request::reading);
        let request = order.parent.into_iter().fold(request, Request::following);
        let (field, value) = content;
        Ok(self.guard.admit(request.content(field, value)).await?)
    }
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
        Ok(_) => Ok(Settled { answer, act, label }),
        Err(unrecorded) => Err(Failure { error: unrecorded.into(), act: Some(act) }),
    }
}

/// Records that `attempt` failed before any of the answer came.
pub(crate) async fn failed(attempt: Attempt, error: Error) -> Failure {
    let failure = Failure::of(&attempt, error);
    let outcome = Outcome::fault(OutcomeKind::Failed, failure.error.code());
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
}
