//! Conversations, each its owner's alone.

use kaname_kernel::{ConversationId, Timestamp};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{Owner, from_json, to_json};
use crate::model::Conversation;

macro_rules! select_conversation {
    ($rest:literal) => {
        concat!(
            "SELECT c.conversation_id, c.title, c.label, c.collection_ids, c.act_id, \
             c.created_at_ms, c.updated_at_ms, (SELECT COUNT(*) FROM message m \
             WHERE m.conversation_id = c.conversation_id AND m.state <> 'open') AS message_count \
             FROM conversation c WHERE c.institution_id = $1 AND c.user_id = $2 ",
            $rest
        )
    };
}

pub(crate) async fn insert(
    tx: &mut Tx,
    owner: Owner,
    conversation: &Conversation,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO conversation (conversation_id, institution_id, user_id, title, label, \
         collection_ids, act_id, created_at_ms, updated_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        params![
            conversation.id,
            owner.institution,
            owner.user,
            conversation.title.as_str(),
            &conversation.label,
            to_json(&conversation.collection_ids, "collection_ids")?,
            conversation.act,
            conversation.created_at
        ],
    )
    .await
}

pub(crate) async fn by_id(
    conn: &mut Conn,
    owner: Owner,
    id: ConversationId,
) -> Result<Option<Conversation>, DbError> {
    let row = conn
        .fetch_optional(
            select_conversation!("AND c.conversation_id = $3"),
            params![owner.institution, owner.user, id],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Like [`by_id`], and nobody else changes it until the transaction ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    owner: Owner,
    id: ConversationId,
) -> Result<Option<Conversation>, DbError> {
    // PostgreSQL locks the row by this; on SQLite there is one writer anyway.
    tx.execute(
        "UPDATE conversation SET updated_at_ms = updated_at_ms \
         WHERE institution_id = $1 AND user_id = $2 AND conversation_id = $3",
        params![owner.institution, owner.user, id],
    )
    .await?;
    by_id(tx, owner, id).await
}

/// Writes what may change of a conversation that was locked.
pub(crate) async fn update(
    tx: &mut Tx,
    owner: Owner,
    conversation: &Conversation,
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE conversation SET title = $4, label = $5, collection_ids = $6, updated_at_ms = $7 \
         WHERE institution_id = $1 AND user_id = $2 AND conversation_id = $3",
        params![
            owner.institution,
            owner.user,
            conversation.id,
            conversation.title.as_str(),
            &conversation.label,
            to_json(&conversation.collection_ids, "collection_ids")?,
            conversation.updated_at
        ],
    )
    .await
}

/// Removes a conversation whose messages are gone.
pub(crate) async fn delete(tx: &mut Tx, owner: Owner, id: ConversationId) -> Result<(), DbError> {
    tx.execute_one(
        "DELETE FROM conversation \
         WHERE institution_id = $1 AND user_id = $2 AND conversation_id = $3",
        params![owner.institution, owner.user, id],
    )
    .await
}

/// Up to `limit` conversations before `(time, id)`, the latest first.
pub(crate) async fn list(
    conn: &mut Conn,
    owner: Owner,
    (before, id): (Timestamp, &str),
    limit: i64,
) -> Result<Vec<Conversation>, DbError> {
    let rows = conn
        .fetch_all(
            select_conversation!(
                "AND (c.updated_at_ms < $3 OR (c.updated_at_ms = $3 AND c.conversation_id < $4)) \
                 ORDER BY c.updated_at_ms DESC, c.conversation_id DESC LIMIT $5"
            ),
            params![owner.institution, owner.user, before, id, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Conversation, DbError> {
    Ok(Conversation {
        id: row.get("conversation_id")?,
        title: row.get("title")?,
        label: row.get("label")?,
        collection_ids: from_json(&row.get::<String>("collection_ids")?, "collection_ids")?,
        created_at: row.get("created_at_ms")?,
        updated_at: row.get("updated_at_ms")?,
        message_count: row.get("message_count")?,
        act: row.get("act_id")?,
    })
}
