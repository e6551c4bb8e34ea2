//! Begins a conversation. It has no title until something is asked in it.

use kaname_kernel::{CollectionId, Principal};
use kaname_platform::Act;

use crate::{
    Conversation, Error, Workspace,
    store::{Owner, conversations},
    text,
};

impl Workspace {
    /// A new conversation of `principal`, looking for answers in `collections`.
    pub async fn create_conversation(
        &self,
        principal: &Principal,
        collections: Vec<CollectionId>,
    ) -> Result<Conversation, Error> {
        let collection_ids = text::collections(collections)?;
        let label = self.label_of_writing(principal).await?;
        let (id, act) = (self.platform.ids.next(), self.platform.ids.next());
        let now = self.platform.now();
        let conversation = Conversation {
            id,
            title: String::new(),
            label,
            collection_ids,
            created_at: now,
            updated_at: now,
            message_count: 0,
            act,
        };
        let created = Act::by(principal, "workspace.conversation_created")
            .with_id(act)
            .label(&conversation.label)
            .reference("conversation", id);
        let mut tx = self.platform.db.begin().await?;
        self.platform.append(&mut tx, created).await?;
        conversations::insert(&mut tx, Owner::from(principal), &conversation).await?;
        tx.commit().await?;
        Ok(conversation)
    }
}
