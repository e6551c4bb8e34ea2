//! Deletes a conversation: what was said is gone, also beside the acts; that it was said stays.

use std::{collections::BTreeSet, time::Duration};

use kaname_kernel::{ActId, ConversationId, Principal};
use kaname_platform::Act;

use crate::{
    Error, Workspace,
    store::{Owner, conversations, messages},
};

/// How long a running answer may take to stop before its conversation is deleted.
const STOP_TIME_MAX: Duration = Duration::from_secs(10);

impl Workspace {
    /// Deletes the conversation `id` of `principal`, whatever its label.
    ///
    /// An answer on its way is stopped first, so that nothing of it is written afterwards.
    pub async fn delete_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
    ) -> Result<(), Error> {
        let owner = Owner::from(principal);
        let mut tx = self.platform.db.read().await?;
        conversations::by_id(&mut tx, owner, id).await?.ok_or(Error::NotFound)?;
        drop(tx);
        let ending = self.running.stop_all_of(id);
        let all_ended = async {
            for ended in ending {
                ended.cancelled().await;
            }
        };
        if tokio::time::timeout(STOP_TIME_MAX, all_ended).await.is_err() {
            return Err(Error::AnswerRunning);
        }
        self.forget(principal, id).await
    }

    async fn forget(&self, principal: &Principal, id: ConversationId) -> Result<(), Error> {
        let owner = Owner::from(principal);
        let mut tx = self.platform.db.begin().await?;
        let conversation = conversations::lock(&mut tx, owner, id).await?.ok_or(Error::NotFound)?;
        let acts = messages::delete_all(&mut tx, (principal.institution, id)).await?;
        conversations::delete(&mut tx, owner, id).await?;
        // Oldest first: whoever else forgets or appends takes them in the same order.
        let acts: BTreeSet<ActId> = acts.into_iter().chain([conversation.act]).collect();
        for act in acts {
            self.platform.forget(&mut tx, principal.institution, act).await?;
        }
        let deleted = Act::by(principal, "workspace.conversation_deleted")
            .label(&conversation.label)
            .following(conversation.act)
            .reference("conversation", id)
            .reference("messages", conversation.message_count);
        self.platform.append(&mut tx, deleted).await?;
        tx.commit().await?;
        Ok(())
    }
}
