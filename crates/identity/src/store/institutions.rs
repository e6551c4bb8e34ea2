//! Institutions and the set-up token.

use kaname_kernel::{InstitutionId, Timestamp};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use crate::Institution;

const COLUMNS_BY_AGE: &str = "SELECT institution_id, key, name, label_pack FROM institution \
                              ORDER BY created_at_ms, institution_id";

pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Institution>, DbError> {
    let rows = conn.fetch_all(COLUMNS_BY_AGE, params![]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn find(
    conn: &mut Conn,
    id: InstitutionId,
) -> Result<Option<Institution>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT institution_id, key, name, label_pack FROM institution WHERE institution_id = $1",
            params![id],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn insert(tx: &mut Tx, new: &Institution, now: Timestamp) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO institution (institution_id, key, name, label_pack, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5)",
        params![new.id, new.key.as_str(), new.name.as_str(), new.label_pack.as_str(), now],
    )
    .await
}

/// Keeps every other change that takes this lock out until `tx` ends.
pub(crate) async fn lock(tx: &mut Tx, id: InstitutionId) -> Result<(), DbError> {
    if tx.is_postgres() {
        // SQLite has one writer at a time anyway.
        tx.execute(
            "SELECT institution_id FROM institution WHERE institution_id = $1 FOR UPDATE",
            params![id],
        )
        .await?;
    }
    Ok(())
}

pub(crate) async fn put_set_up_token(
    tx: &mut Tx,
    hash: Vec<u8>,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO set_up_token (slot, token_hash, expires_at_ms) VALUES (1, $1, $2) \
         ON CONFLICT (slot) DO UPDATE SET token_hash = excluded.token_hash, \
         expires_at_ms = excluded.expires_at_ms",
        params![hash, expires_at],
    )
    .await
}

/// Whether the token would work at `now`.
pub(crate) async fn has_set_up_token(
    conn: &mut Conn,
    hash: Vec<u8>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT slot FROM set_up_token WHERE token_hash = $1 AND expires_at_ms > $2",
            params![hash, now],
        )
        .await?;
    Ok(row.is_some())
}

/// Uses the token up. Of two at once, one gets `true`.
pub(crate) async fn take_set_up_token(
    tx: &mut Tx,
    hash: Vec<u8>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let taken = tx
        .execute(
            "DELETE FROM set_up_token WHERE token_hash = $1 AND expires_at_ms > $2",
            params![hash, now],
        )
        .await?;
    Ok(taken == 1)
}

fn read(row: &Row) -> Result<Institution, DbError> {
    Ok(Institution {
        id: row.get("institution_id")?,
        key: row.get("key")?,
        name: row.get("name")?,
        label_pack: row.get("label_pack")?,
    })
}
