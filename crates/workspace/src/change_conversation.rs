//! Renames a conversation, or changes where its answers are looked for.

use kaname_kernel::{CollectionId, ConversationId, Principal};
use kaname_platform::Act;

use crate::{
    Conversation, Error, Workspace,
    store::{Owner, conversations},
    text,
    workspace::require_cleared,
};

/// What to change; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The title.
    pub title: Option<String>,
    /// Where answers are looked for.
    pub collections: Option<Vec<CollectionId>>,
}

impl Workspace {
    /// Changes the conversation `id` of `principal`.
    pub async fn change_conversation(
        &self,
        principal: &Principal,
        id: ConversationId,
        change: Change,
    ) -> Result<Conversation, Error> {
        let title = change.title.as_deref().map(text::title).transpose()?;
        let selected = change.collections.map(text::collections).transpose()?;
        let owner = Owner::from(principal);
        let mut tx = self.platform.db.begin().await?;
        let found = conversations::lock(&mut tx, owner, id).await?;
        let mut conversation = found.ok_or(Error::NotFound)?;
        require_cleared(principal, &conversation)?;
        if let Some(selected) = selected {
            conversation.collection_ids = selected;
        }
        if let Some(title) = title.filter(|title| *title != conversation.title) {
            let renamed = Act::by(principal, "workspace.conversation_renamed")
                .label(&conversation.label)
                .following(conversation.act)
                .reference("conversation", id)
                .content("title", title.as_str());
            self.platform.append(&mut tx, renamed).await?;
            conversation.title = title;
        }
        conversation.updated_at = self.platform.now();
        conversations::update(&mut tx, owner, &conversation).await?;
        tx.commit().await?;
        Ok(conversation)
    }
}
