//! The act log as SQL. Private; gives domain types.

use std::collections::BTreeMap;

use kaname_kernel::{ActId, InstitutionId, Principal, Role, Timestamp};
use kaname_platform::{
    Conn, DbError,
    db::{Row, Value},
    params,
};

use crate::model::{Content, Filter, RecordedAct};

pub(crate) async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: ActId,
) -> Result<Option<RecordedAct>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT act_id, kind, at_ms, user_id, actor_name, via, label, parent_act_id, refs, \
             entry, leaf_index FROM act WHERE institution_id = $1 AND act_id = $2",
            params![institution, id],
        )
        .await?;
    row.map(|row| act_from(&row)).transpose()
}

/// The acts that follow directly from `parent`, oldest first.
pub(crate) async fn children(
    conn: &mut Conn,
    institution: InstitutionId,
    parent: ActId,
) -> Result<Vec<RecordedAct>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT act_id, kind, at_ms, user_id, actor_name, via, label, parent_act_id, refs, \
             entry, leaf_index FROM act WHERE institution_id = $1 AND parent_act_id = $2 \
             ORDER BY act_id LIMIT 200",
            params![institution, parent],
        )
        .await?;
    rows.iter().map(act_from).collect()
}

pub(crate) async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    filter: &Filter,
) -> Result<Vec<RecordedAct>, DbError> {
    // An absent filter is a bound that every act meets, so that one text serves all.
    let last_id = "ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned();
    let prefix = filter.kind_prefix.as_deref().unwrap_or_default();
    let parameters: Vec<Value> = params![
        institution,
        filter.user.map(|user| user.to_string()),
        format!("{}%", prefix.replace(['%', '\\'], "")),
        filter.since.map_or(0, Timestamp::as_millis),
        filter.until.map_or(i64::MAX, Timestamp::as_millis),
        filter.before.map_or(last_id, |id| id.to_string()),
        filter.limit,
    ];
    let rows = conn
        .fetch_all(
            "SELECT act_id, kind, at_ms, user_id, actor_name, via, label, parent_act_id, refs, \
             entry, leaf_index FROM act WHERE institution_id = $1 \
             AND ($2 IS NULL OR user_id = $2) AND kind LIKE $3 AND at_ms >= $4 AND at_ms < $5 \
             AND act_id < $6 ORDER BY act_id DESC LIMIT $7",
            parameters,
        )
        .await?;
    rows.iter().map(act_from).collect()
}

/// A page of entries in leaf order, from `first` on.
pub(crate) async fn leaves(
    conn: &mut Conn,
    institution: InstitutionId,
    first: i64,
    limit: i64,
) -> Result<Vec<RecordedAct>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT act_id, kind, at_ms, user_id, actor_name, via, label, parent_act_id, refs, \
             entry, leaf_index FROM act WHERE institution_id = $1 AND leaf_index >= $2 \
             ORDER BY leaf_index LIMIT $3",
            params![institution, first, limit],
        )
        .await?;
    rows.iter().map(act_from).collect()
}

pub(crate) async fn pending(conn: &mut Conn, institution: InstitutionId) -> Result<i64, DbError> {
    let row = conn
        .fetch_one(
            "SELECT COUNT(*) AS pending FROM act WHERE institution_id = $1 AND leaf_index IS NULL",
            params![institution],
        )
        .await?;
    row.get("pending")
}

pub(crate) async fn contents(
    conn: &mut Conn,
    institution: InstitutionId,
    act: ActId,
) -> Result<Vec<Content>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT field, salt, value FROM act_content WHERE institution_id = $1 AND act_id = $2 \
             ORDER BY field",
            params![institution, act],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let salt = row.get::<Vec<u8>>("salt")?.try_into().map_err(|_| inconsistent("salt"))?;
            Ok(Content { field: row.get("field")?, salt, value: row.get("value")? })
        })
        .collect()
}

/// The institution with this key, if there is one.
pub(crate) async fn institution_by_key(
    conn: &mut Conn,
    key: &str,
) -> Result<Option<InstitutionId>, DbError> {
    let row = conn
        .fetch_optional("SELECT institution_id FROM institution WHERE key = $1", params![key])
        .await?;
    row.map(|row| row.get("institution_id")).transpose()
}

/// Whether `principal` may see every act of the institution, or only their own.
pub(crate) fn sees_all(principal: &Principal) -> bool {
    [Role::Auditor, Role::Administrator, Role::AiOfficer].iter().any(|role| principal.is(*role))
}

fn act_from(row: &Row) -> Result<RecordedAct, DbError> {
    let refs: String = row.get("refs")?;
    let refs: BTreeMap<String, String> =
        serde_json::from_str(&refs).map_err(|_| inconsistent("refs"))?;
    let leaf_index = row.get::<Option<i64>>("leaf_index")?;
    Ok(RecordedAct {
        id: row.get("act_id")?,
        kind: row.get("kind")?,
        at: row.get("at_ms")?,
        user: row.get("user_id")?,
        actor_name: row.get("actor_name")?,
        via: row.get("via")?,
        label: row.get("label")?,
        parent: row.get("parent_act_id")?,
        refs,
        entry: row.get("entry")?,
        leaf_index: leaf_index.and_then(|index| u64::try_from(index).ok()),
    })
}

fn inconsistent(column: &str) -> DbError {
    DbError::Inconsistent { column: column.to_owned() }
}
