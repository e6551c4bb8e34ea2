//! A person's own conversations, the latest first.

use kaname_kernel::{ConversationId, Principal, Timestamp};
use kaname_platform::http::Page;

use crate::{
    Conversation, Error, Workspace,
    error::FieldError,
    store::{Owner, conversations},
    workspace::require_cleared,
};

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<String>,
}

impl Workspace {
    /// One page of the conversations of `principal`, without those labelled over the clearance.
    pub async fn list_conversations(
        &self,
        principal: &Principal,
        page: &Page,
    ) -> Result<Listed<Conversation>, Error> {
        let (before, id) = match page.cursor.as_deref() {
            Some(cursor) => read_cursor(cursor).ok_or(FieldError::Cursor)?,
            None => (Timestamp::from_millis(i64::MAX), String::new()),
        };
        let limit = page.limit();
        let mut tx = self.platform.db.read().await?;
        let owner = Owner::from(principal);
        let mut items = conversations::list(&mut tx, owner, (before, &id), limit + 1).await?;
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > shown;
        items.truncate(shown);
        let next_cursor = items.last().filter(|_| more).map(cursor_of);
        items.retain(|conversation| require_cleared(principal, conversation).is_ok());
        Ok(Listed { items, next_cursor })
    }
}

fn cursor_of(conversation: &Conversation) -> String {
    format!("{}.{}", conversation.updated_at, conversation.id)
}

fn read_cursor(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('.')?;
    let id: ConversationId = id.parse().ok()?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_time_and_an_id_and_nothing_else() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let read = read_cursor(&format!("17.{id}")).unwrap();
        assert_eq!(read, (Timestamp::from_millis(17), id.to_owned()));
        for bad in ["", ".", "17.", "x.01890a5d-ac96-774b-bcce-b302099a8057", "17.' OR 1=1"] {
            assert!(read_cursor(bad).is_none(), "{bad}");
        }
    }
}
