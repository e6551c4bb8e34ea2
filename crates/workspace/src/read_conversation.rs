//! One conversation with all that was said in it; an answer on its way is left out.

use kaname_kernel::{ConversationId, Principal};

use crate::{
    Conversation, Error, Message, Workspace,
    store::{Owner, conversations, messages},
    workspace::require_cleared,
};

impl Workspace {
    /// The conversation `id` of `principal`, and its messages in order.
    pub async fn read_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
    ) -> Result<(Conversation, Vec<Message>), Error> {
        let mut tx = self.platform.db.read().await?;
        let conversation = conversations::by_id(&mut tx, Owner::from(principal), id).await?;
        let conversation = conversation.ok_or(Error::NotFound)?;
        require_cleared(principal, &conversation)?;
        let said = messages::list(&mut tx, (principal.institution, id)).await?;
        Ok((conversation, said))
    }
}
