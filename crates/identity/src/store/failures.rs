//! Wrong passwords in a row, by name: the same for names that nobody has.

use kaname_kernel::{InstitutionId, Timestamp};
use kaname_platform::{Conn, DbError, Tx, params};

/// Until when sign-in for the name is blocked, if it is.
pub(crate) async fn locked_until(
    conn: &mut Conn,
    institution: InstitutionId,
    user_name: &str,
) -> Result<Option<Timestamp>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT locked_until_ms FROM sign_in_failure WHERE institution_id = $1 AND user_name = $2",
            params![institution, user_name],
        )
        .await?;
    Ok(row.map(|row| row.get("locked_until_ms")).transpose()?.flatten())
}

/// Counts one more failure; gives how many there are now.
pub(crate) async fn count(
    tx: &mut Tx,
    institution: InstitutionId,
    user_name: &str,
    now: Timestamp,
) -> Result<i64, DbError> {
    let row = tx
        .fetch_one(
            "INSERT INTO sign_in_failure (institution_id, user_name, failures, last_failure_at_ms) \
             VALUES ($1, $2, 1, $3) ON CONFLICT (institution_id, user_name) DO UPDATE SET \
             failures = sign_in_failure.failures + 1, \
             last_failure_at_ms = excluded.last_failure_at_ms RETURNING failures",
            params![institution, user_name, now],
        )
        .await?;
    row.get("failures")
}

pub(crate) async fn lock(
    tx: &mut Tx,
    institution: InstitutionId,
    user_name: &str,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE sign_in_failure SET locked_until_ms = $3 WHERE institution_id = $1 AND user_name = $2",
        params![institution, user_name, until],
    )
    .await
}

pub(crate) async fn clear(
    tx: &mut Tx,
    institution: InstitutionId,
    user_name: &str,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sign_in_failure WHERE institution_id = $1 AND user_name = $2",
        params![institution, user_name],
    )
    .await?;
    Ok(())
}

/// Forgets what happened before `before` and blocks nobody at `now`.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp, now: Timestamp) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sign_in_failure WHERE last_failure_at_ms < $1 \
         AND (locked_until_ms IS NULL OR locked_until_ms <= $2)",
        params![before, now],
    )
    .await?;
    Ok(())
}
