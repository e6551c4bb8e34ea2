//! The one migration history, forward only, the same text on both databases.
//!
//! Each step runs whole or not at all and is remembered with the hash of its text, so that a
//! changed or a newer history is refused by name instead of corrupting a data folder.

use sha2::{Digest as _, Sha256};

use super::{Db, DbError};
use crate::params;

/// `(version, name, text)`, in order. One line per step; never edit a step that has landed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "platform", include_str!("../../../../migrations/0001_platform.sql")),
    (2, "identity", include_str!("../../../../migrations/0002_identity.sql")),
    (3, "gateway", include_str!("../../../../migrations/0003_gateway.sql")),
    (4, "knowledge", include_str!("../../../../migrations/0004_knowledge.sql")),
    (5, "workspace", include_str!("../../../../migrations/0005_workspace.sql")),
    (6, "forgetting", include_str!("../../../../migrations/0006_forgetting.sql")),
    (7, "budgets", include_str!("../../../../migrations/0007_budgets.sql")),
    (8, "routes", include_str!("../../../../migrations/0008_routes.sql")),
    (9, "model_calls", include_str!("../../../../migrations/0009_model_calls.sql")),
    (10, "drills", include_str!("../../../../migrations/0010_drills.sql")),
    (11, "batches", include_str!("../../../../migrations/0011_batches.sql")),
    (12, "workspace_route", include_str!("../../../../migrations/0012_workspace_route.sql")),
    (13, "call_hours", include_str!("../../../../migrations/0013_call_hours.sql")),
    (14, "drill_checks", include_str!("../../../../migrations/0014_drill_checks.sql")),
    (15, "leaf_index", include_str!("../../../../migrations/0015_leaf_index.sql")),
];

/// Where the schema stands after [`Db::migrate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrationState {
    /// Version before.
    pub from: i64,
    /// Version now.
    pub to: i64,
}

/// The newest version that this program knows.
pub fn latest_version() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, ..)| *version)
}

pub(super) async fn run(db: &Db, now: kaname_kernel::Timestamp) -> Result<MigrationState, DbError> {
    let mut tx = db.begin().await?;
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT NOT NULL PRIMARY KEY, \
         name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)",
        params![],
    )
    .await?;
    tx.commit().await?;
    let from = check_history(db).await?;
    for (version, name, text) in MIGRATIONS.iter().filter(|(version, ..)| *version > from) {
        let mut tx = db.begin().await?;
        if tx.is_postgres() {
            // Two nodes that start together must not both apply a step.
            tx.execute("LOCK TABLE schema_migration IN EXCLUSIVE MODE", params![]).await?;
        }
        let known = tx
            .fetch_optional(
                "SELECT version FROM schema_migration WHERE version = $1",
                params![*version],
            )
            .await?;
        if known.is_none() {
            tx.execute_script(text).await?;
            tx.execute(
                "INSERT INTO schema_migration (version, name, sha256, applied_at_ms) \
                 VALUES ($1, $2, $3, $4)",
                params![*version, *name, hash(text), now],
            )
            .await?;
        }
        tx.commit().await?;
    }
    Ok(MigrationState { from, to: latest_version() })
}

/// The newest version applied, once every applied step is known and unchanged.
async fn check_history(db: &Db) -> Result<i64, DbError> {
    let mut tx = db.read().await?;
    let rows = tx
        .fetch_all("SELECT version, sha256 FROM schema_migration ORDER BY version", params![])
        .await?;
    let mut newest = 0;
    for row in rows {
        let version: i64 = row.get("version")?;
        let Some((_, _, text)) = MIGRATIONS.iter().find(|(known, ..)| *known == version) else {
            return Err(DbError::Newer { found: version, known: latest_version() });
        };
        if row.get::<String>("sha256")? != hash(text) {
            return Err(DbError::Changed { version });
        }
        newest = version;
    }
    Ok(newest)
}

fn hash(text: &str) -> String {
    crate::hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_rise_by_one_from_one() {
        assert!(MIGRATIONS.iter().zip(1_i64..).all(|((version, ..), place)| *version == place));
    }
}
