//! Asks ailing endpoints whether they answer again, so that a rest does not last longer than the fault.
//!
//! The question goes through the guard like every call and holds nothing of the institution. What is
//! known of an endpoint's health is written only when it changes.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use kaname_guard::{Action, Caller, Purpose, Request, Usage};
use kaname_kernel::{InstitutionId, Label};
use kaname_platform::Act;

use crate::{
    block,
    error::{Error, UpstreamFault},
    failure::Failure,
    gateway::Gateway,
    model::{Endpoint, EndpointKind, Health, HealthState},
    order::{Reach, settled},
    store,
    upstream::{self, Letter},
};

/// Longest wait for an answer to a probe.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Most probes at once.
const AT_ONCE: usize = 4;

impl Gateway {
    /// Asks in the background until the process stops; not at all where the interval is 0.
    pub fn start_health_probes(&self) {
        let every = self.config.probe_every;
        if every.is_zero() {
            return;
        }
        let gateway = self.clone();
        self.platform.tasks.spawn("health-probes", async move {
            let stopping = gateway.platform.tasks.stopping();
            loop {
                tokio::select! {
                    () = tokio::time::sleep(every) => {}
                    () = stopping.cancelled() => return,
                }
                match gateway.probe_ailing().await {
                    Ok(_) => {}
                    Err(_) if stopping.is_cancelled() => return,
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "endpoints cannot be probed");
                    }
                }
            }
        });
    }

    /// One round: asks every ailing endpoint whose turn it is. How many were asked.
    ///
    /// An endpoint that does not answer is asked again after the interval, then after twice as long
    /// each time, up to 64 times the interval.
    ///
    /// # Errors
    ///
    /// When the records cannot be used. An endpoint that does not answer is no error.
    pub async fn probe_ailing(&self) -> Result<usize, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut due = Vec::new();
        for institution in store::institutions(&mut tx).await? {
            due.extend(self.due(&mut tx, institution).await?);
        }
        drop(tx);
        let asked = due.len();
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, async |reach| {
                if let Err(error) = self.probe(&reach).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(endpoint = %reach.endpoint.id, error, "a probe is not recorded");
                }
            })
            .await;
        Ok(asked)
    }

    /// The endpoints of `institution` that rest or fail, and whose turn it is.
    async fn due(
        &self,
        conn: &mut kaname_platform::Conn,
        institution: InstitutionId,
    ) -> Result<Vec<Reach>, Error> {
        let now = self.platform.now();
        let blocks = block::active(conn, institution, now).await?;
        let mut due = Vec::new();
        for endpoint in store::all(conn, institution).await? {
            let ails = endpoint.health.state == HealthState::Failing;
            let may = endpoint.enabled && can_be_probed(endpoint.kind);
            let blocked = blocks.iter().any(|block| block.holds(&endpoint));
            if may && !blocked && self.traffic.probe_is_due(endpoint.id, ails, now) {
                due.push(self.with_key(conn, endpoint).await?);
            }
        }
        Ok(due)
    }

    async fn probe(&self, reach: &Reach) -> Result<(), Error> {
        let asked = self.ask_for_life(reach).await;
        let endpoint = &reach.endpoint;
        let (now, every) = (self.platform.now(), self.config.probe_every);
        let health = match asked {
            Ok(()) => {
                self.traffic.probed_well(endpoint.id, now);
                Health { state: HealthState::Ok, checked_at_ms: None, detail: String::new() }
            }
            Err(failure) => {
                self.traffic.probed_badly(endpoint.id, now, every);
                match failure.error {
                    Error::Upstream(_) => {}
                    // A fault of this program's own says nothing of the endpoint.
                    error => return Err(error),
                }
                let detail = failure.to_string();
                Health { state: HealthState::Failing, checked_at_ms: None, detail }
            }
        };
        let checked_at_ms = Some(now.as_millis());
        self.note_health(endpoint, Health { checked_at_ms, ..health }).await
    }

    /// Asks for the list of models: no tokens, no content.
    async fn ask_for_life(&self, reach: &Reach) -> Result<(), Failure> {
        let endpoint = &reach.endpoint;
        let place = endpoint.place()?;
        let caller = Caller::System(endpoint.institution);
        let request =
            Request::new(caller, Purpose::HealthCheck, Action::Probe, place, Label::default());
        let (permit, attempt) = self.guard.admit(request).await.map_err(Error::from)?;
        let letter = reach.models_address().map(|address| Letter {
            address,
            body: None,
            accept: "application/json",
        });
        let called = match letter {
            Ok(letter) => {
                let call = upstream::call_json(&self.outbound, self.config, permit, letter);
                let answered = tokio::time::timeout(ANSWER_WITHIN, call).await;
                answered.unwrap_or_else(|_| Err(UpstreamFault::Timeout.into()))
            }
            Err(error) => Err(error),
        };
        settled(attempt, called.map(|_| ((), Usage::default()))).await?;
        Ok(())
    }

    /// Writes `health` where it is news.
    async fn note_health(&self, probed: &Endpoint, health: Health) -> Result<(), Error> {
        let mut tx = self.platform.db.begin().await?;
        let found = store::by_id(&mut tx, probed.institution, probed.id).await?;
        // It may have been removed or tested by hand in between.
        let Some(mut endpoint) = found.filter(|one| one.health.state != health.state) else {
            return Ok(());
        };
        let act = Act::by_system(probed.institution, "gateway.health_changed")
            .reference("endpoint", probed.id)
            .reference("from", endpoint.health.state.as_str())
            .reference("to", health.state.as_str());
        endpoint.health = health;
        store::update(&mut tx, &endpoint).await?;
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether there is a question that costs nothing: Bedrock has none at the address of its models.
fn can_be_probed(kind: EndpointKind) -> bool {
    !kind.is_embedded() && kind != EndpointKind::Bedrock
}
