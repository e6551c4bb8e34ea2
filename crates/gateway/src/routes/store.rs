//! Routes in the database. Every statement names the institution.

use kaname_kernel::{InstitutionId, RouteId};
use kaname_platform::{
    DbError,
    db::{Conn, Row, Value},
    params,
};
use serde::{Serialize, de::DeserializeOwned};

use super::Route;

const BY_ID: &str = "SELECT * FROM route WHERE institution_id = $1 AND route_id = $2";
const BY_PUBLIC_NAME: &str = "SELECT * FROM route WHERE institution_id = $1 AND public_name = $2";

pub(crate) async fn insert(conn: &mut Conn, route: &Route) -> Result<(), DbError> {
    let params = params![
        route.id,
        route.institution,
        route.public_name.as_str(),
        route.name.as_str(),
        route.enabled,
        json(&route.legs),
        json(&route.bounds),
        route.created_at_ms
    ];
    conn.execute_one(
        "INSERT INTO route (route_id, institution_id, public_name, name, enabled, legs, bounds, \
         created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params,
    )
    .await
}

pub(crate) async fn update(conn: &mut Conn, route: &Route) -> Result<(), DbError> {
    let params = params![
        route.id,
        route.institution,
        route.public_name.as_str(),
        route.name.as_str(),
        route.enabled,
        json(&route.legs),
        json(&route.bounds)
    ];
    conn.execute_one(
        "UPDATE route SET public_name = $3, name = $4, enabled = $5, legs = $6, bounds = $7 \
         WHERE route_id = $1 AND institution_id = $2",
        params,
    )
    .await
}

/// Keeps whether `route` serves the workspace; gives the route that it takes that from.
pub(crate) async fn keep_workspace(
    conn: &mut Conn,
    route: &Route,
) -> Result<Option<RouteId>, DbError> {
    let mut before = None;
    if route.serves_workspace {
        let sql = "UPDATE route SET serves_workspace = 0 WHERE institution_id = $1 \
                   AND route_id <> $2 AND serves_workspace = 1 RETURNING route_id";
        let row = conn.fetch_optional(sql, params![route.institution, route.id]).await?;
        before = row.map(|row| row.get("route_id")).transpose()?;
    }
    let sql = "UPDATE route SET serves_workspace = $3 WHERE institution_id = $1 AND route_id = $2";
    let values = params![route.institution, route.id, route.serves_workspace];
    conn.execute_one(sql, values).await?;
    Ok(before)
}

pub(crate) async fn delete(
    conn: &mut Conn,
    institution: InstitutionId,
    id: RouteId,
) -> Result<u64, DbError> {
    conn.execute(
        "DELETE FROM route WHERE route_id = $1 AND institution_id = $2",
        params![id, institution],
    )
    .await
}

pub(crate) async fn by_id(
    conn: &mut Conn,
    institution: InstitutionId,
    id: RouteId,
) -> Result<Option<Route>, DbError> {
    one(conn, BY_ID, params![institution, id]).await
}

pub(crate) async fn by_public_name(
    conn: &mut Conn,
    institution: InstitutionId,
    name: &str,
) -> Result<Option<Route>, DbError> {
    one(conn, BY_PUBLIC_NAME, params![institution, name]).await
}

async fn one(
    conn: &mut Conn,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<Option<Route>, DbError> {
    conn.fetch_optional(sql, values).await?.as_ref().map(read).transpose()
}

/// All of the institution, oldest first.
pub(crate) async fn all(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<Route>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM route WHERE institution_id = $1 ORDER BY route_id",
            params![institution],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Route, DbError> {
    Ok(Route {
        id: row.get("route_id")?,
        institution: row.get("institution_id")?,
        public_name: row.get("public_name")?,
        name: row.get("name")?,
        enabled: row.get("enabled")?,
        legs: parsed(&row.get::<String>("legs")?, "legs")?,
        bounds: parsed(&row.get::<String>("bounds")?, "bounds")?,
        serves_workspace: row.get("serves_workspace")?,
        created_at_ms: row.get("created_at_ms")?,
    })
}

/// Plain data always serializes.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(crate) fn parsed<T: DeserializeOwned>(text: &str, column: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|_| DbError::Inconsistent { column: column.to_owned() })
}
