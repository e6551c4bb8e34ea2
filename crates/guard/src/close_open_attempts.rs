//! At the start: what was under way when the process ended gets the outcome "unknown".

use kaname_kernel::ActId;
use kaname_platform::Act;

use crate::{
    attempt::{Outcome, OutcomeKind, outcome_act},
    budgets::release,
    calls,
    error::Error,
    guard::Guard,
};

impl Guard {
    /// Closes every attempt that started at least `age_ms` ago and has no outcome; gives their number.
    ///
    /// With one process on the database `age_ms` is 0 at its start. With several, it is longer
    /// than any call may take, so that no node closes what another is still doing.
    pub async fn close_open_attempts(&self, age_ms: i64) -> Result<usize, Error> {
        let before = self.platform.now().plus_millis(age_ms.saturating_neg());
        let mut tx = self.platform.db.begin().await?;
        let lost = calls::lost(&mut tx, before).await?;
        for call in &lost {
            let unknown = Outcome::of(OutcomeKind::Unknown);
            let act = outcome_act(Act::by_system(call.institution, "guard.outcome"), &unknown)
                .label(&call.label)
                .following(call.attempt)
                .reference("request", call.request);
            self.platform.append(&mut tx, act).await?;
        }
        // What a lost call used is not known: its reservation is given back, and the ledger says so.
        let attempts: Vec<ActId> = lost.iter().map(|call| call.attempt).collect();
        release(&mut tx, &attempts, self.platform.now()).await?;
        tx.commit().await?;
        Ok(lost.len())
    }
}
