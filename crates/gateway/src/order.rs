//! One call on its way: admitted by the guard, sent, and settled when it fails.

use bytes::Bytes;
use kaname_guard::{Action, Attempt, Caller, Outcome, OutcomeKind, Purpose, Request};
use kaname_kernel::{ActId, Label};
use kaname_platform::{http::Fault as _, outbound::Permit};

use crate::{error::Error, failure::Failure, gateway::Gateway, model::Endpoint, upstream::Address};

/// Who wants what of which endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Who asks.
    pub(crate) caller: Caller,
    /// Why.
    pub(crate) purpose: Purpose,
    /// Of whom.
    pub(crate) endpoint: Endpoint,
    /// The label of the caller's own text.
    pub(crate) label: Label,
    /// The labels of what is sent along.
    pub(crate) reads: Vec<Label>,
    /// The act that led to it, if one of this program did.
    pub(crate) parent: Option<ActId>,
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

    /// Where calls of `path` to `endpoint` go.
    pub(crate) async fn address(&self, endpoint: &Endpoint, path: &str) -> Result<Address, Error> {
        let base = endpoint.base_url.as_deref().unwrap_or_default();
        Ok(Address { url: format!("{base}{path}"), key: self.api_key(endpoint).await? })
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
pub(crate) struct Whole {
    /// The answer's bytes.
    pub(crate) body: Bytes,
    /// The act of the request.
    pub(crate) act: ActId,
    /// The label of the answer.
    pub(crate) label: Label,
}
