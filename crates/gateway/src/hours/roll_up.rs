//! Rolls calls up into the lines of their hours once the hour is over and the call has an outcome.

use std::time::Duration;

use kaname_kernel::InstitutionId;

use super::{lines::Lines, split::hour_of, store};
use crate::{error::Error, gateway::Gateway, store as endpoints};

/// How often is looked.
const EVERY: Duration = Duration::from_mins(10);

impl Gateway {
    /// Rolls up and removes what is too old, now and every ten minutes, until the process stops.
    pub fn start_roll_up(&self) {
        let gateway = self.clone();
        let stopping = self.platform.tasks.stopping();
        self.platform.tasks.spawn("call-hours", async move {
            while !stopping.is_cancelled() {
                match gateway.roll_up().await {
                    Ok(_) => {}
                    Err(_) if stopping.is_cancelled() => return,
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "calls are not rolled up or removed");
                    }
                }
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = stopping.cancelled() => {}
                }
            }
        });
    }

    /// Rolls up every call with an outcome from the hours that are over, and removes single calls
    /// that are too old; gives how many were rolled up. Several nodes may do so at once.
    ///
    /// # Errors
    ///
    /// When the records cannot be used. What was done until then stays done.
    pub async fn roll_up(&self) -> Result<u64, Error> {
        let mut tx = self.platform.db.read().await?;
        let institutions = endpoints::institutions(&mut tx).await?;
        drop(tx);
        let mut rolled = 0_u64;
        for institution in institutions {
            while let Some(calls) = self.roll_up_some(institution).await? {
                rolled = rolled.saturating_add(calls);
            }
            self.remove_old_calls(institution).await?;
        }
        Ok(rolled)
    }

    /// Rolls up some calls of the oldest hour of `institution` that has any, in one transaction;
    /// none where none has, or when the process stops.
    async fn roll_up_some(&self, institution: InstitutionId) -> Result<Option<u64>, Error> {
        if self.platform.tasks.stopping().is_cancelled() {
            return Ok(None);
        }
        let before_ms = hour_of(self.platform.now().as_millis());
        let mut tx = self.platform.db.begin().await?;
        store::lock(&mut tx, institution).await?;
        let Some(began_ms) = store::oldest(&mut tx, institution, before_ms).await? else {
            return Ok(None);
        };
        let (hour, mut lines) = ((institution, hour_of(began_ms)), Lines::new());
        let calls = store::take_calls(&mut tx, hour, &mut lines).await?;
        // What came before in the same hour: its lines are written anew.
        store::take_lines(&mut tx, hour, &mut lines).await?;
        store::insert(&mut tx, hour, lines).await?;
        tx.commit().await?;
        Ok(Some(calls))
    }
}
