//! Messages, and the open ones among them: answers that are on their way.

use std::str::FromStr;

use kaname_kernel::{ActId, ConversationId, InstitutionId, Label, MessageId, Timestamp};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{from_json, odd, to_json};
use crate::model::{AnswerMode, Message, MessageFault};

/// How the store names an answer that is on its way.
const OPEN: &str = "open";

/// An answer that nobody closed.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) message: MessageId,
    pub(crate) institution: InstitutionId,
    pub(crate) conversation: ConversationId,
    pub(crate) label: Label,
    /// The act of the question.
    pub(crate) asked: ActId,
}

/// Adds a message that is whole.
pub(crate) async fn insert(
    tx: &mut Tx,
    (institution, conversation): (InstitutionId, ConversationId),
    message: &Message,
) -> Result<(), DbError> {
    insert_as(tx, (institution, conversation), message, message.state.as_str()).await
}

/// Adds an answer that is on its way; a conflict where there is one already.
pub(crate) async fn insert_open(
    tx: &mut Tx,
    (institution, conversation): (InstitutionId, ConversationId),
    message: &Message,
) -> Result<(), DbError> {
    insert_as(tx, (institution, conversation), message, OPEN).await
}

async fn insert_as(
    tx: &mut Tx,
    (institution, conversation): (InstitutionId, ConversationId),
    message: &Message,
    state: &'static str,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO message (message_id, institution_id, conversation_id, role, text, mode, \
         citations, label, state, act_id, endpoint_name, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            message.id,
            institution,
            conversation,
            message.role.as_str(),
            message.text.as_str(),
            message.mode.map(AnswerMode::as_str),
            to_json(&message.citations, "citations")?,
            &message.label,
            state,
            message.act_id,
            message.endpoint_name.as_deref(),
            message.created_at
        ],
    )
    .await
}

/// Writes how an open answer ended. Whether it was open.
pub(crate) async fn close(
    tx: &mut Tx,
    institution: InstitutionId,
    message: &Message,
) -> Result<bool, DbError> {
    let error = message.error.as_ref();
    let changed = tx
        .execute(
            "UPDATE message SET text = $3, mode = $4, citations = $5, label = $6, state = $7, \
             error_code = $8, error_detail = $9, act_id = $10, endpoint_name = $11 \
             WHERE institution_id = $1 AND message_id = $2 AND state = 'open'",
            params![
                institution,
                message.id,
                message.text.as_str(),
                message.mode.map(AnswerMode::as_str),
                to_json(&message.citations, "citations")?,
                &message.label,
                message.state.as_str(),
                error.map(|error| error.code.as_str()),
                error.map(|error| error.detail.as_str()),
                message.act_id,
                message.endpoint_name.as_deref()
            ],
        )
        .await?;
    Ok(changed == 1)
}

/// Closes an answer that nobody is working on any more.
pub(crate) async fn close_dead(
    tx: &mut Tx,
    open: &Open,
    (act, fault): (ActId, &MessageFault),
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE message SET state = 'failed', error_code = $3, error_detail = $4, act_id = $5 \
         WHERE institution_id = $1 AND message_id = $2 AND state = 'open'",
        params![open.institution, open.message, fault.code.as_str(), fault.detail.as_str(), act],
    )
    .await
}

/// The open answers begun at `before` or earlier: of `conversation`, or of all.
pub(crate) async fn open_since(
    tx: &mut Tx,
    before: Timestamp,
    conversation: Option<ConversationId>,
) -> Result<Vec<Open>, DbError> {
    let only = conversation.map(|id| id.to_string()).unwrap_or_default();
    let rows = tx
        .fetch_all(
            "SELECT message_id, institution_id, conversation_id, label, act_id FROM message \
             WHERE state = 'open' AND created_at_ms <= $1 AND ($2 = '' OR conversation_id = $2) \
             ORDER BY message_id",
            params![before, only],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Open {
                message: row.get("message_id")?,
                institution: row.get("institution_id")?,
                conversation: row.get("conversation_id")?,
                label: row.get("label")?,
                asked: row.get("act_id")?,
            })
        })
        .collect()
}

/// Every message of a conversation but an open one, in order.
pub(crate) async fn list(
    conn: &mut Conn,
    (institution, conversation): (InstitutionId, ConversationId),
) -> Result<Vec<Message>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT message_id, role, text, mode, citations, label, state, error_code, \
             error_detail, act_id, endpoint_name, created_at_ms FROM message \
             WHERE institution_id = $1 AND conversation_id = $2 AND state <> 'open' \
             ORDER BY message_id",
            params![institution, conversation],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The text of the last question.
pub(crate) async fn last_question(
    conn: &mut Conn,
    (institution, conversation): (InstitutionId, ConversationId),
) -> Result<Option<String>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT text FROM message WHERE institution_id = $1 AND conversation_id = $2 \
             AND role = 'user' ORDER BY message_id DESC LIMIT 1",
            params![institution, conversation],
        )
        .await?;
    row.map(|row| row.get("text")).transpose()
}

/// Whether `message` is an answer of `conversation`, open or not.
pub(crate) async fn is_answer_of(
    conn: &mut Conn,
    (institution, conversation): (InstitutionId, ConversationId),
    message: MessageId,
) -> Result<bool, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT message_id FROM message WHERE institution_id = $1 AND conversation_id = $2 \
             AND message_id = $3 AND role = 'assistant'",
            params![institution, conversation, message],
        )
        .await?;
    Ok(row.is_some())
}

/// Removes every message; gives their acts.
pub(crate) async fn delete_all(
    tx: &mut Tx,
    (institution, conversation): (InstitutionId, ConversationId),
) -> Result<Vec<ActId>, DbError> {
    let rows = tx
        .fetch_all(
            "DELETE FROM message WHERE institution_id = $1 AND conversation_id = $2 \
             RETURNING act_id",
            params![institution, conversation],
        )
        .await?;
    rows.iter().map(|row| row.get("act_id")).collect()
}

fn read(row: &Row) -> Result<Message, DbError> {
    let code: Option<String> = row.get("error_code")?;
    let detail: Option<String> = row.get("error_detail")?;
    let mode: Option<String> = row.get("mode")?;
    Ok(Message {
        id: row.get("message_id")?,
        role: named(&row.get::<String>("role")?, "role")?,
        text: row.get("text")?,
        mode: mode.map(|mode| named(&mode, "mode")).transpose()?,
        citations: from_json(&row.get::<String>("citations")?, "citations")?,
        label: row.get("label")?,
        state: named(&row.get::<String>("state")?, "state")?,
        error: code.map(|code| MessageFault { code, detail: detail.unwrap_or_default() }),
        act_id: row.get("act_id")?,
        endpoint_name: row.get("endpoint_name")?,
        created_at: row.get("created_at_ms")?,
    })
}

fn named<T: FromStr>(text: &str, column: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| odd(column))
}
