//! Removes the rows of single calls that are too old, once they are rolled up. Their sums stay, and so
//! does the ledger, which says at most once a day how many went.

use kaname_kernel::InstitutionId;
use kaname_platform::Act;

use super::{
    split::HOUR_MS,
    store::{self, Retention},
};
use crate::{error::Error, gateway::Gateway};

const DAY_MS: i64 = 24 * HOUR_MS;
/// Days begin at midnight in Japan.
const JAPAN_MS: i64 = 9 * HOUR_MS;

impl Gateway {
    /// Removes the single calls of `institution` from before the days that are kept, unless some
    /// were removed today.
    pub(super) async fn remove_old_calls(&self, institution: InstitutionId) -> Result<(), Error> {
        let days = i64::try_from(self.config.calls_kept_days).unwrap_or(i64::MAX);
        let today_ms = day_of(self.platform.now().as_millis());
        let until_ms = today_ms.saturating_sub(days.saturating_mul(DAY_MS));
        if days == 0 || until_ms <= 0 {
            return Ok(());
        }
        while self.remove_some(institution, (today_ms, until_ms)).await? {}
        Ok(())
    }

    /// Removes some in one transaction, or tells of it when none is left; says whether to go on.
    async fn remove_some(
        &self,
        institution: InstitutionId,
        (today_ms, until_ms): (i64, i64),
    ) -> Result<bool, Error> {
        let mut tx = self.platform.db.begin().await?;
        store::lock(&mut tx, institution).await?;
        let before = store::retention(&mut tx, institution).await?;
        if before.told_ms >= today_ms || self.platform.tasks.stopping().is_cancelled() {
            return Ok(false);
        }
        let calls = store::remove_calls(&mut tx, institution, until_ms).await?;
        let unserved = store::remove_unserved(&mut tx, institution, until_ms).await?;
        let removes = calls > 0 || unserved > 0;
        let mut after = Retention {
            // Whoever reads does not look at single calls from before this any more, though not all
            // of them are gone yet.
            kept_from_ms: before.kept_from_ms.max(until_ms),
            calls: before.calls.saturating_add(calls),
            unserved: before.unserved.saturating_add(unserved),
            told_ms: before.told_ms,
        };
        if !removes {
            if before.calls == 0 && before.unserved == 0 {
                return Ok(false);
            }
            let act = Act::by_system(institution, "gateway.calls_removed")
                .reference("calls", after.calls)
                .reference("unserved", after.unserved)
                .reference("until_ms", until_ms);
            self.platform.append(&mut tx, act).await?;
            let told_ms = self.platform.now().as_millis();
            after = Retention { calls: 0, unserved: 0, told_ms, ..after };
        }
        store::keep(&mut tx, institution, after).await?;
        tx.commit().await?;
        Ok(removes)
    }
}

/// The midnight in Japan with which the day of `ms` began.
fn day_of(ms: i64) -> i64 {
    ms.saturating_sub(ms.saturating_add(JAPAN_MS).rem_euclid(DAY_MS))
}
