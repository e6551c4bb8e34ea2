//! At the start: what was under way when the process ended gets the outcome "unknown".

use kaname_kernel::{ActId, InstitutionId, Label};
use kaname_platform::{Act, params};

use crate::{
    attempt::{Outcome, OutcomeKind, outcome_act},
    budgets::release,
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
        let rows = tx
            .fetch_all(
                "DELETE FROM open_attempt WHERE started_at_ms <= $1 \
                 RETURNING act_id, institution_id, request_act_id, label",
                params![before],
            )
            .await?;
        for row in &rows {
            let institution: InstitutionId = row.get("institution_id")?;
            let unknown = Outcome::of(OutcomeKind::Unknown);
            let act = outcome_act(Act::by_system(institution, "guard.outcome"), &unknown)
                .label(&row.get::<Label>("label")?)
                .following(row.get::<ActId>("act_id")?)
                .reference("request", row.get::<ActId>("request_act_id")?);
            self.platform.append(&mut tx, act).await?;
        }
        // What a lost call used is not known: its reservation is given back, and the ledger says so.
        let lost: Vec<ActId> =
            rows.iter().map(|row| row.get("act_id")).collect::<Result<_, _>>()?;
        release(&mut tx, &lost, self.platform.now()).await?;
        tx.commit().await?;
        Ok(rows.len())
    }
}
