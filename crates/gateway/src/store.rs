//! Endpoints in the database. Every statement names the institution.

use std::str::FromStr;

use kaname_kernel::{EndpointId, InstitutionId};
use kaname_platform::{
    DbError,
    db::{Conn, Row, Value},
    params,
};

use crate::{
    model::{Capability, Endpoint, Health, Language, Speaks},
    routes::store::{json, parsed},
};

/// The columns in the order of [`written`], then those that never change.
const INSERT: &str = "INSERT INTO endpoint (endpoint_id, institution_id, name, base_url, has_api_key, \
    model, public_name, capabilities, languages, clearance, enabled, vendor, operator_country, \
    hosting_country, open_weights, health_state, health_checked_at_ms, health_detail, licence, dialects, \
    region, context_tokens, concurrent_max, price, cache_seconds, kind, created_at_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
    $22, $23, $24, $25, $26, $27)";

const UPDATE: &str = "UPDATE endpoint SET name = $3, base_url = $4, has_api_key = $5, model = $6, \
    public_name = $7, capabilities = $8, languages = $9, clearance = $10, enabled = $11, vendor = $12, \
    operator_country = $13, hosting_country = $14, open_weights = $15, health_state = $16, \
    health_checked_at_ms = $17, health_detail = $18, licence = $19, dialects = $20, region = $21, \
    context_tokens = $22, concurrent_max = $23, price = $24, cache_seconds = $25 \
    WHERE endpoint_id = $1 AND institution_id = $2";

const BY_ID: &str = "SELECT * FROM endpoint WHERE institution_id = $1 AND endpoint_id = $2";
const BY_PUBLIC_NAME: &str =
    "SELECT * FROM endpoint WHERE institution_id = $1 AND public_name = $2";

pub(crate) async fn insert(conn: &mut Conn, endpoint: &Endpoint) -> Result<(), DbError> {
    let mut values = written(endpoint);
    values.extend(params![endpoint.kind.as_str(), endpoint.created_at_ms]);
    conn.execute_one(INSERT, values).await
}

pub(crate) async fn update(conn: &mut Conn, endpoint: &Endpoint) -> Result<(), DbError> {
    conn.execute_one(UPDATE, written(endpoint)).await
}

/// What is written of an endpoint every time.
fn written(e: &Endpoint) -> Vec<Value> {
    params![
        e.id,
        e.institution,
        e.name.as_str(),
        e.base_url.clone(),
        e.has_api_key,
        e.model.as_str(),
        e.public_name.as_str(),
        join(&e.capabilities, Capability::as_str),
        join(&e.languages, Language::as_str),
        &e.clearance,
        e.enabled,
        e.vendor.as_str(),
        e.operator_country.as_str(),
        e.hosting_country.as_str(),
        e.open_weights,
        e.health.state.as_str(),
        e.health.checked_at_ms,
        e.health.detail.as_str(),
        e.licence.as_str(),
        join(&e.dialects, Speaks::as_str),
        e.region.as_str(),
        e.context_tokens.map(i64::from),
        e.concurrent_max.map(i64::from),
        e.price.as_ref().map(json),
        i64::from(e.cache_seconds)
    ]
}

pub(crate) async fn delete(
    conn: &mut Conn,
    institution: InstitutionId,
    id: EndpointId,
) -> Result<u64, DbError> {
    conn.execute(
        "DELETE FROM endpoint WHERE endpoint_id = $1 AND institution_id = $2",
        params![id, institution],
    )
    .await
}

pub(crate) async fn by_id(
    conn: &mut Conn,
    institution: InstitutionId,
    id: EndpointId,
) -> Result<Option<Endpoint>, DbError> {
    one(conn, BY_ID, params![institution, id]).await
}

pub(crate) async fn by_public_name(
    conn: &mut Conn,
    institution: InstitutionId,
    name: &str,
) -> Result<Option<Endpoint>, DbError> {
    one(conn, BY_PUBLIC_NAME, params![institution, name]).await
}

async fn one(
    conn: &mut Conn,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<Option<Endpoint>, DbError> {
    conn.fetch_optional(sql, values).await?.as_ref().map(read).transpose()
}

/// All of the institution, oldest first.
pub(crate) async fn all(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<Endpoint>, DbError> {
    let rows = conn
        .fetch_few(
            "SELECT * FROM endpoint WHERE institution_id = $1 ORDER BY endpoint_id",
            params![institution],
        )
        .await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn institutions(conn: &mut Conn) -> Result<Vec<InstitutionId>, DbError> {
    let rows = conn
        .fetch_all("SELECT institution_id FROM institution ORDER BY institution_id", params![])
        .await?;
    rows.iter().map(|row| row.get("institution_id")).collect()
}

fn read(row: &Row) -> Result<Endpoint, DbError> {
    Ok(Endpoint {
        id: row.get("endpoint_id")?,
        institution: row.get("institution_id")?,
        name: row.get("name")?,
        kind: word(&row.get::<String>("kind")?, "kind")?,
        base_url: row.get("base_url")?,
        has_api_key: row.get("has_api_key")?,
        model: row.get("model")?,
        public_name: row.get("public_name")?,
        capabilities: words(&row.get::<String>("capabilities")?, "capabilities")?,
        languages: words(&row.get::<String>("languages")?, "languages")?,
        clearance: row.get("clearance")?,
        enabled: row.get("enabled")?,
        vendor: row.get("vendor")?,
        operator_country: row.get("operator_country")?,
        hosting_country: row.get("hosting_country")?,
        open_weights: row.get("open_weights")?,
        licence: row.get("licence")?,
        dialects: words(&row.get::<String>("dialects")?, "dialects")?,
        region: row.get("region")?,
        context_tokens: number(row, "context_tokens")?,
        concurrent_max: number(row, "concurrent_max")?,
        cache_seconds: number(row, "cache_seconds")?.unwrap_or_default(),
        price: match row.get::<Option<String>>("price")? {
            Some(text) => Some(parsed(&text, "price")?),
            None => None,
        },
        created_at_ms: row.get("created_at_ms")?,
        health: Health {
            state: word(&row.get::<String>("health_state")?, "health_state")?,
            checked_at_ms: row.get("health_checked_at_ms")?,
            detail: row.get("health_detail")?,
        },
    })
}

fn number(row: &Row, column: &str) -> Result<Option<u32>, DbError> {
    let wide = row.get::<Option<i64>>(column)?;
    let narrow = |wide| u32::try_from(wide);
    wide.map(narrow).transpose().map_err(|_| DbError::Inconsistent { column: column.to_owned() })
}

fn join<T: Copy>(items: &[T], name: impl Fn(T) -> &'static str) -> String {
    items.iter().map(|item| name(*item)).collect::<Vec<_>>().join(",")
}

fn words<T: FromStr>(text: &str, column: &str) -> Result<Vec<T>, DbError> {
    text.split(',').filter(|part| !part.is_empty()).map(|part| word(part, column)).collect()
}

fn word<T: FromStr>(text: &str, column: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| DbError::Inconsistent { column: column.to_owned() })
}
