//! API keys. Found by their prefix; the secret's hash is compared by the caller.

use kaname_kernel::{InstitutionId, KeyId, Scope, Timestamp, UserId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{join, split};
use crate::Key;

macro_rules! select_key {
    ($rest:literal) => {
        concat!(
            "SELECT k.key_id, k.institution_id, k.user_id, a.user_name, k.name, k.prefix, \
             k.secret_hash, k.scopes, k.created_at_ms, k.expires_at_ms, k.last_used_at_ms, \
             k.revoked_at_ms FROM api_key k JOIN account a ON a.user_id = k.user_id ",
            $rest
        )
    };
}

/// A key with what only checking it needs.
#[derive(Debug)]
pub(crate) struct StoredKey {
    pub(crate) key: Key,
    pub(crate) institution: InstitutionId,
    pub(crate) secret_hash: Vec<u8>,
}

pub(crate) async fn by_prefix(conn: &mut Conn, prefix: &str) -> Result<Option<StoredKey>, DbError> {
    let row = conn.fetch_optional(select_key!("WHERE k.prefix = $1"), params![prefix]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_id(
    conn: &mut Conn,
    institution: InstitutionId,
    key: KeyId,
) -> Result<Option<Key>, DbError> {
    let row = conn
        .fetch_optional(
            select_key!("WHERE k.institution_id = $1 AND k.key_id = $2"),
            params![institution, key],
        )
        .await?;
    row.as_ref().map(read).transpose().map(|found| found.map(|stored| stored.key))
}

/// Up to `limit` keys before `cursor`, newest first: of one person, or of everybody.
pub(crate) async fn list(
    conn: &mut Conn,
    (institution, user): (InstitutionId, Option<UserId>),
    (cursor, limit): (Option<KeyId>, i64),
) -> Result<Vec<Key>, DbError> {
    // '~' sorts after every id.
    let before = cursor.map_or_else(|| "~".to_owned(), |id| id.to_string());
    let user = user.map(|id| id.to_string()).unwrap_or_default();
    let rows = conn
        .fetch_all(
            select_key!(
                "WHERE k.institution_id = $1 AND ($2 = '' OR k.user_id = $2) AND k.key_id < $3 \
                 ORDER BY k.key_id DESC LIMIT $4"
            ),
            params![institution, user, before, limit],
        )
        .await?;
    rows.iter().map(|row| read(row).map(|stored| stored.key)).collect()
}

pub(crate) async fn insert(tx: &mut Tx, stored: &StoredKey) -> Result<(), DbError> {
    let key = &stored.key;
    tx.execute_one(
        "INSERT INTO api_key (key_id, institution_id, user_id, name, prefix, secret_hash, scopes, \
         created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            key.id,
            stored.institution,
            key.user,
            key.name.as_str(),
            key.prefix.as_str(),
            stored.secret_hash.as_slice(),
            join(key.scopes.iter().map(|scope| scope.as_str())),
            key.created_at,
            key.expires_at
        ],
    )
    .await
}

/// Notes a use, unless one was noted since `unless_after`.
pub(crate) async fn touch(
    tx: &mut Tx,
    (institution, key): (InstitutionId, KeyId),
    (now, unless_after): (Timestamp, Timestamp),
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE api_key SET last_used_at_ms = $3 WHERE institution_id = $1 AND key_id = $2 \
         AND (last_used_at_ms IS NULL OR last_used_at_ms <= $4)",
        params![institution, key, now, unless_after],
    )
    .await?;
    Ok(())
}

/// Revokes a key; `false` when it was revoked before.
pub(crate) async fn revoke(
    tx: &mut Tx,
    (institution, key): (InstitutionId, KeyId),
    now: Timestamp,
) -> Result<bool, DbError> {
    let revoked = tx
        .execute(
            "UPDATE api_key SET revoked_at_ms = $3 \
             WHERE institution_id = $1 AND key_id = $2 AND revoked_at_ms IS NULL",
            params![institution, key, now],
        )
        .await?;
    Ok(revoked == 1)
}

fn read(row: &Row) -> Result<StoredKey, DbError> {
    let scope = |name: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    let key = Key {
        id: row.get("key_id")?,
        user: row.get("user_id")?,
        user_name: row.get("user_name")?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        scopes: split(row, "scopes", scope)?,
        created_at: row.get("created_at_ms")?,
        expires_at: row.get("expires_at_ms")?,
        last_used_at: row.get("last_used_at_ms")?,
        revoked_at: row.get("revoked_at_ms")?,
    };
    Ok(StoredKey {
        key,
        institution: row.get("institution_id")?,
        secret_hash: row.get("secret_hash")?,
    })
}
