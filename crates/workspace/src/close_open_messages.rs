//! Closes answers that nobody works on any more, since their process ended: as failed, with an act.

use kaname_kernel::{ConversationId, Timestamp};
use kaname_platform::{Act, Tx};

use crate::{AnswerFault, Error, Workspace, answer::ANSWERED, store::messages};

/// Added to the longest time of an answer until it counts as dead while others may run.
const DEAD_AFTER_MS: i64 = 60_000;

impl Workspace {
    /// Closes every open answer begun at least `age_ms` ago; gives their number.
    ///
    /// With one process on the database `age_ms` is 0 at its start. With several, it is longer
    /// than any answer may take, so that no node closes what another is still doing.
    pub async fn close_open_messages(&self, age_ms: i64) -> Result<usize, Error> {
        let before = self.platform.now().plus_millis(age_ms.saturating_neg());
        let mut tx = self.platform.db.begin().await?;
        let closed = self.close_before(&mut tx, before, None).await?;
        tx.commit().await?;
        Ok(closed)
    }

    /// Closes the open answer of `conversation` if it is older than any answer can be.
    pub(crate) async fn close_dead(
        &self,
        tx: &mut Tx,
        conversation: ConversationId,
    ) -> Result<(), Error> {
        let longest = i64::try_from(self.config.answer_time_max.as_millis()).unwrap_or(i64::MAX);
        let age_ms = longest.saturating_add(DEAD_AFTER_MS);
        let before = self.platform.now().plus_millis(age_ms.saturating_neg());
        self.close_before(tx, before, Some(conversation)).await?;
        Ok(())
    }

    async fn close_before(
        &self,
        tx: &mut Tx,
        before: Timestamp,
        conversation: Option<ConversationId>,
    ) -> Result<usize, Error> {
        let fault = AnswerFault::interrupted();
        let dead = messages::open_since(tx, before, conversation).await?;
        for open in &dead {
            let act = Act::by_system(open.institution, ANSWERED)
                .label(&open.label)
                .following(open.asked)
                .reference("conversation", open.conversation)
                .reference("message", open.message)
                .reference("state", "failed")
                .reference("code", &fault.code);
            let act = self.platform.append(tx, act).await?;
            messages::close_dead(tx, open, (act, &fault)).await?;
        }
        Ok(dead.len())
    }
}
