//! Ends a drill, by hand or because its time has passed, and lets its report stand in the ledger.

use std::fmt::Write as _;

use kaname_kernel::{ActId, DrillId, InstitutionId, Principal, Timestamp};
use kaname_platform::Act;
use sha2::{Digest as _, Sha256};

use super::{
    checks::CheckTally,
    drill::{Drill, DrillState, Report},
    error::ContinuityError,
    figures, store,
};
use crate::{create_endpoint::require_administrator, error::Error, gateway::Gateway};

/// A drill whose questions are asked first begins within this time, or not at all.
const BEGINS_WITHIN_MS: i64 = 60 * 60_000;

/// When it is too late for `drill` to begin.
pub(super) fn latest_begin_ms(drill: &Drill) -> i64 {
    drill.from_ms.saturating_add(BEGINS_WITHIN_MS)
}

impl Gateway {
    /// Ends the drill `id` of the institution of `by`, an administrator, before its time.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::NotFound`]; [`ContinuityError::Ended`] where it has ended.
    pub async fn end_drill(&self, by: &Principal, id: DrillId) -> Result<Drill, ContinuityError> {
        require_administrator(by)?;
        let drill = self.drill(by.institution, id).await?;
        if drill.state == DrillState::Ended {
            return Err(ContinuityError::Ended);
        }
        let now = self.platform.now().as_millis();
        self.close_drill(drill, by, now).await?;
        self.drill(by.institution, id).await
    }

    /// The drill `id` of `institution`; while it runs, with the figures so far. One whose time has
    /// passed is ended by this look at it.
    ///
    /// # Errors
    ///
    /// [`ContinuityError::NotFound`] also for one of another institution.
    pub async fn drill(
        &self,
        institution: InstitutionId,
        id: DrillId,
    ) -> Result<Drill, ContinuityError> {
        self.close_due(institution).await?;
        let mut tx = self.platform.db.read().await?;
        let found = store::by_id(&mut tx, institution, id).await?;
        let mut drill = found.ok_or(ContinuityError::NotFound)?;
        if drill.state != DrillState::Ended {
            // With what began in this very moment.
            let now = self.platform.now().as_millis().saturating_add(1);
            drill.report = Some(figures::report(&mut tx, &drill, (now, false)).await?);
        }
        Ok(drill)
    }

    /// The drills of `institution` before the id `before`, the newest first, at most `limit`.
    pub async fn drills(
        &self,
        institution: InstitutionId,
        (before, limit): (Option<String>, i64),
    ) -> Result<Vec<Drill>, ContinuityError> {
        self.close_due(institution).await?;
        let mut tx = self.platform.db.read().await?;
        Ok(store::list(&mut tx, institution, (before, limit)).await?)
    }

    /// Ends the drill of `institution` whose time has passed, if there is one. One that did not come
    /// to begin in time does not begin any more: nobody expects it.
    pub(super) async fn close_due(&self, institution: InstitutionId) -> Result<(), Error> {
        let mut tx = self.platform.db.read().await?;
        let running = store::running(&mut tx, institution).await?;
        drop(tx);
        let now = self.platform.now().as_millis();
        let Some(drill) = running else { return Ok(()) };
        let until = match drill.state {
            DrillState::Checking => latest_begin_ms(&drill),
            DrillState::Running | DrillState::Ended => drill.until_ms,
        };
        if until > now {
            return Ok(());
        }
        // One that began in this very moment is under way, and not due any more.
        let _closed = self.close_as_it_is(drill, None, until).await?;
        Ok(())
    }

    /// Ends the drill to which the block `id` belongs, if one under way does; says whether.
    pub(crate) async fn end_drill_of_block(
        &self,
        by: &Principal,
        id: ActId,
    ) -> Result<bool, Error> {
        self.close_due(by.institution).await?;
        let mut tx = self.platform.db.read().await?;
        let running = store::running(&mut tx, by.institution).await?;
        drop(tx);
        let Some(drill) = running.filter(|drill| drill.block_id == id) else { return Ok(false) };
        let now = self.platform.now().as_millis();
        self.close_drill(drill, by, now).await?;
        Ok(true)
    }

    /// Ends `drill` as of `to_ms` in the name of `by`. Nothing happens where another was faster.
    async fn close_drill(&self, mut drill: Drill, by: &Principal, to_ms: i64) -> Result<(), Error> {
        let (institution, id) = (drill.institution, drill.id);
        while !self.close_as_it_is(drill, Some(by), to_ms).await? {
            let mut tx = self.platform.db.read().await?;
            let now = store::by_id(&mut tx, institution, id).await?;
            // It began while its report was taken, or another was faster.
            let open = now.filter(|drill| drill.state != DrillState::Ended);
            let Some(begun) = open else { return Ok(()) };
            drill = begun;
        }
        Ok(())
    }

    /// Ends `drill` by a person or by time, unless it is not as it stands any more; says whether.
    async fn close_as_it_is(
        &self,
        mut drill: Drill,
        by: Option<&Principal>,
        to_ms: i64,
    ) -> Result<bool, Error> {
        // The figures are taken before the one writer is asked for.
        let mut tx = self.platform.db.read().await?;
        let report = figures::report(&mut tx, &drill, (to_ms, true)).await?;
        drop(tx);
        // Plain data always serializes.
        let text = serde_json::to_string(&report).unwrap_or_default();
        let hash = hex(&Sha256::digest(text.as_bytes()));
        let act_id = self.platform.ids.next();
        drill.ended_ms = Some(report.to_ms);
        drill.end_act_id = Some(act_id);
        drill.report_sha256 = Some(hash.clone());
        let mut tx = self.platform.db.begin().await?;
        if !store::end(&mut tx, &drill, &text).await? {
            return Ok(false);
        }
        if let Some(by) = by {
            let ended = (drill.block_id, Timestamp::from_millis(report.to_ms));
            match self.unblock_in(&mut tx, by, ended).await {
                // Its time may have passed between two looks at the clock.
                Ok(()) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let act = match by {
            Some(by) => Act::by(by, "gateway.drill_ended"),
            None => Act::by_system(drill.institution, "gateway.drill_ended"),
        };
        let act = told(act.with_id(act_id).following(drill.start_act_id), &drill, &report)
            .reference("ended_by", if by.is_some() { "hand" } else { "time" })
            .reference("report_sha256", hash)
            .content("report", text);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// `act` with the figures that say in a line how the drill went.
fn told(act: Act, drill: &Drill, report: &Report) -> Act {
    let during = &report.during;
    let act = report.checks.iter().fold(act, |act, checks| {
        act.reference("checks", checks.questions.len())
            .reference("checks_before", of(&checks.before))
            .reference("checks_during", of(&checks.during))
    });
    act.reference("drill", drill.id)
        .reference("block", drill.block_id)
        .reference("subject", drill.without.parts().0)
        .reference("to_ms", report.to_ms)
        .reference("calls", during.calls)
        .reference("failed", during.failed)
        .reference("broken", during.broken)
        .reference("denied", during.denied)
        .reference("failovers", during.failovers)
        .reference("unanswered", during.unanswered)
        .reference("unserved", during.unserved)
}

/// How many of a round's answers were as expected: `3/4`.
fn of(round: &CheckTally) -> String {
    format!("{}/{}", round.as_expected, round.asked)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}
