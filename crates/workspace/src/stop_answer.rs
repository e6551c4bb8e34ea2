//! Stops an answer that is on its way; what was shown is kept. A second stop changes nothing.

use kaname_kernel::{ConversationId, MessageId, Principal};

use crate::{
    Error, Workspace,
    store::{Owner, conversations, messages},
};

impl Workspace {
    /// Asks the answer `message` in the conversation `id` of `principal` to stop.
    ///
    /// Reaches answers that run in this process.
    pub async fn stop_answer(
        &self,
        principal: &Principal,
        id: ConversationId,
        message: MessageId,
    ) -> Result<(), Error> {
        let mut tx = self.platform.db.read().await?;
        let found = conversations::by_id(&mut tx, Owner::from(principal), id).await?;
        found.ok_or(Error::NotFound)?;
        if !messages::is_answer_of(&mut tx, (principal.institution, id), message).await? {
            return Err(Error::NotFound);
        }
        self.running.stop(message);
        Ok(())
    }
}
