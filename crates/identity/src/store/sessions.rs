//! Sessions. Found by the hash of their token; ended by deleting the row.

use kaname_kernel::{InstitutionId, SessionId, Timestamp, UserId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use crate::Session;

pub(crate) async fn by_token(conn: &mut Conn, hash: Vec<u8>) -> Result<Option<Session>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT session_id, user_id, institution_id, csrf_token, last_seen_at_ms, expires_at_ms \
             FROM session WHERE token_hash = $1",
            params![hash],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn insert(
    tx: &mut Tx,
    session: &Session,
    token_hash: Vec<u8>,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO session (session_id, institution_id, user_id, token_hash, csrf_token, \
         created_at_ms, last_seen_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        params![
            session.id,
            session.institution,
            session.user,
            token_hash,
            session.csrf_token.as_slice(),
            session.last_seen_at,
            session.expires_at
        ],
    )
    .await
}

/// Notes a request, unless one was noted since `unless_after`.
pub(crate) async fn touch(
    tx: &mut Tx,
    session: &Session,
    (now, unless_after): (Timestamp, Timestamp),
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE session SET last_seen_at_ms = $3 \
         WHERE institution_id = $1 AND session_id = $2 AND last_seen_at_ms <= $4",
        params![session.institution, session.id, now, unless_after],
    )
    .await?;
    Ok(())
}

/// Gives the session a new token; the old one is worth nothing from then on. `false` when the
/// session has ended.
pub(crate) async fn rotate(
    tx: &mut Tx,
    (institution, session): (InstitutionId, SessionId),
    token_hash: Vec<u8>,
) -> Result<bool, DbError> {
    let rotated = tx
        .execute(
            "UPDATE session SET token_hash = $3 WHERE institution_id = $1 AND session_id = $2",
            params![institution, session, token_hash],
        )
        .await?;
    Ok(rotated == 1)
}

pub(crate) async fn end(
    tx: &mut Tx,
    institution: InstitutionId,
    session: SessionId,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM session WHERE institution_id = $1 AND session_id = $2",
        params![institution, session],
    )
    .await?;
    Ok(())
}

/// Ends the session of a token, whoever's it is.
pub(crate) async fn end_token(tx: &mut Tx, hash: Vec<u8>) -> Result<(), DbError> {
    tx.execute("DELETE FROM session WHERE token_hash = $1", params![hash]).await?;
    Ok(())
}

/// Ends every session of a person, but `kept`. Gives how many ended.
pub(crate) async fn end_all(
    tx: &mut Tx,
    (institution, user): (InstitutionId, UserId),
    kept: Option<SessionId>,
) -> Result<u64, DbError> {
    let kept = kept.map(|id| id.to_string()).unwrap_or_default();
    tx.execute(
        "DELETE FROM session WHERE institution_id = $1 AND user_id = $2 AND session_id <> $3",
        params![institution, user, kept],
    )
    .await
}

/// Forgets sessions that have ended by themselves.
pub(crate) async fn forget_ended(
    tx: &mut Tx,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM session WHERE expires_at_ms <= $1 OR last_seen_at_ms <= $2",
        params![now, idle_since],
    )
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Session, DbError> {
    Ok(Session {
        id: row.get("session_id")?,
        user: row.get("user_id")?,
        institution: row.get("institution_id")?,
        csrf_token: row.get("csrf_token")?,
        last_seen_at: row.get("last_seen_at_ms")?,
        expires_at: row.get("expires_at_ms")?,
    })
}
