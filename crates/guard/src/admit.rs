//! Lets a request pass, or not: request, decision and attempt are on disk before a permit exists.

use kaname_kernel::ActId;
use kaname_platform::{Act, Tx, outbound::Permit};
use tokio::sync::oneshot;

use crate::{
    attempt::Attempt,
    budgets::{Exceeded, Spending},
    calls,
    decide::{Decision, Facts, decide},
    error::{Denial, Error},
    guard::Guard,
    request::Request,
};

/// The acts of one admission.
struct Admission {
    request: ActId,
    attempt: ActId,
}

impl Guard {
    /// Decides on `request` and records it; gives the permit for one call, and the attempt to settle.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] when a rule refuses (recorded); [`Error::Log`] when nothing can be recorded.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves no attempt open: it is recorded as abandoned.
    pub async fn admit(&self, request: Request) -> Result<(Permit, Attempt), Error> {
        let (sender, receiver) = oneshot::channel();
        let guard = self.clone();
        self.platform.tasks.spawn("guard-admit", async move {
            // If nobody waits any more, the attempt comes back here and is closed.
            if let Err(Ok((_unspent, attempt))) = sender.send(guard.write(request).await) {
                attempt.abandon_unsent();
            }
        });
        receiver.await.map_err(|_| Error::Stopping)?
    }

    async fn write(self, request: Request) -> Result<(Permit, Attempt), Error> {
        let mut decision = decide(&Facts::of(&request));
        let mut tx = self.platform.db.begin().await?;
        let asked = match request.again {
            Some(asked) => asked,
            None => self.append_request(&mut tx, &request).await?,
        };
        let mut exceeded = None;
        let mut held = Vec::new();
        if decision.allowed() {
            match self.reserve(&mut tx, &request).await? {
                Ok(claims) => held = claims,
                Err(refused) => {
                    decision = Decision::refused(refused.reason);
                    exceeded = Some(refused);
                }
            }
        }
        let said = (&decision, exceeded.as_ref());
        let decided = self.append_decision(&mut tx, &request, asked, said).await?;
        if !decision.allowed() {
            let (acts, now) = ((asked, decided), self.platform.now());
            calls::refused(&mut tx, &request, acts, now, decision.summary()).await?;
            tx.commit().await?;
            return Err(Error::Denied(Denial {
                request: asked,
                decision,
                exceeded: exceeded.map(Box::new),
            }));
        }
        let attempted = self.append_attempt(&mut tx, &request, asked, decided).await?;
        self.hold(&mut tx, attempted, &held).await?;
        tx.commit().await?;
        let spending = Spending::new(&request, !held.is_empty());
        let acts = Admission { request: asked, attempt: attempted };
        let attempt = Attempt::open(
            &self,
            request.caller,
            request.label.clone(),
            (acts.request, acts.attempt),
            spending,
        );
        let labels = (&request.label, &request.place.clearance);
        let permit =
            self.mint.issue(request.place.target, labels, acts.attempt).map_err(Error::Permit)?;
        Ok((permit, attempt))
    }

    async fn append_request(&self, tx: &mut Tx, request: &Request) -> Result<ActId, Error> {
        let mut act = request
            .caller
            .act("guard.request")
            .label(&request.label)
            .reference("purpose", request.purpose.as_str())
            .reference("action", request.action.as_str());
        act = describe(act, request);
        if let Some(parent) = request.parent {
            act = act.following(parent);
        }
        if let Some(route) = request.route {
            act = act.reference("route", route);
        }
        for (field, value) in &request.content {
            act = act.content(field, value.clone());
        }
        Ok(self.platform.append(tx, act).await?)
    }

    async fn append_decision(
        &self,
        tx: &mut Tx,
        request: &Request,
        asked: ActId,
        (decision, exceeded): (&Decision, Option<&Exceeded>),
    ) -> Result<ActId, Error> {
        let act = request
            .caller
            .act("guard.decision")
            .label(&request.label)
            .following(asked)
            .reference("request", asked)
            .reference("allowed", decision.allowed())
            .reference("reasons", decision.summary())
            .reference("clearance", &request.place.clearance)
            .reference("policy", &self.policy);
        let act = match exceeded {
            Some(exceeded) => exceeded.describe(act),
            None => act,
        };
        Ok(self.platform.append(tx, act).await?)
    }

    async fn append_attempt(
        &self,
        tx: &mut Tx,
        request: &Request,
        asked: ActId,
        decided: ActId,
    ) -> Result<ActId, Error> {
        let act = request
            .caller
            .act("guard.attempt")
            .label(&request.label)
            .following(decided)
            .reference("request", asked);
        let attempted = self.platform.append(tx, describe(act, request)).await?;
        calls::begin(tx, request, (asked, attempted), self.platform.now()).await?;
        Ok(attempted)
    }
}

/// Adds where the request goes.
fn describe(act: Act, request: &Request) -> Act {
    let act = match request.place.endpoint {
        Some(endpoint) => act.reference("endpoint", endpoint),
        None => act,
    };
    if request.place.model.is_empty() { act } else { act.reference("model", &request.place.model) }
}
