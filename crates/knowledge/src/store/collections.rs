//! Rows of collections.

use std::collections::BTreeSet;

use kaname_kernel::{CollectionId, DepartmentId, InstitutionId};
use kaname_platform::{Conn, DbError, db::Row, params};

use super::inconsistent;
use crate::model::Collection;

const COLUMNS_FROM: &str = "SELECT c.*, \
    (SELECT COUNT(*) FROM document d WHERE d.collection_id = c.collection_id) AS documents, \
    (SELECT CAST(COALESCE(SUM(d.chunk_count), 0) AS BIGINT) FROM document d \
     WHERE d.collection_id = c.collection_id) AS chunks FROM collection c \
    WHERE c.institution_id = $1 ORDER BY c.key";

pub(crate) async fn all(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<Collection>, DbError> {
    let rows = conn.fetch_all(COLUMNS_FROM, params![institution]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: CollectionId,
) -> Result<Option<Collection>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT c.*, \
             (SELECT COUNT(*) FROM document d WHERE d.collection_id = c.collection_id) AS documents, \
             (SELECT CAST(COALESCE(SUM(d.chunk_count), 0) AS BIGINT) FROM document d \
              WHERE d.collection_id = c.collection_id) AS chunks FROM collection c \
             WHERE c.institution_id = $1 AND c.collection_id = $2",
            params![institution, id],
        )
        .await?;
    row.map(|row| read(&row)).transpose()
}

pub(crate) async fn insert(conn: &mut Conn, collection: &Collection) -> Result<(), DbError> {
    conn.execute_one(
        "INSERT INTO collection (collection_id, institution_id, key, name, description, label, \
         readers_everyone, reader_departments, editor_departments, created_at_ms, updated_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        params![
            collection.id,
            collection.institution,
            collection.key.as_str(),
            collection.name.as_str(),
            collection.description.as_str(),
            &collection.label,
            collection.readers_everyone,
            joined(&collection.reader_departments),
            joined(&collection.editor_departments),
            collection.updated_at
        ],
    )
    .await
}

pub(crate) async fn update(conn: &mut Conn, collection: &Collection) -> Result<(), DbError> {
    conn.execute_one(
        "UPDATE collection SET key = $3, name = $4, description = $5, label = $6, \
         readers_everyone = $7, reader_departments = $8, editor_departments = $9, \
         updated_at_ms = $10 WHERE institution_id = $1 AND collection_id = $2",
        params![
            collection.institution,
            collection.id,
            collection.key.as_str(),
            collection.name.as_str(),
            collection.description.as_str(),
            &collection.label,
            collection.readers_everyone,
            joined(&collection.reader_departments),
            joined(&collection.editor_departments),
            collection.updated_at
        ],
    )
    .await
}

pub(crate) async fn remove(
    conn: &mut Conn,
    institution: InstitutionId,
    id: CollectionId,
) -> Result<(), DbError> {
    conn.execute_one(
        "DELETE FROM collection WHERE institution_id = $1 AND collection_id = $2",
        params![institution, id],
    )
    .await
}

fn joined(departments: &BTreeSet<DepartmentId>) -> String {
    let texts: Vec<String> = departments.iter().map(ToString::to_string).collect();
    texts.join(" ")
}

fn departments(row: &Row, column: &str) -> Result<BTreeSet<DepartmentId>, DbError> {
    let text: String = row.get(column)?;
    text.split_whitespace().map(|id| id.parse().map_err(|_| inconsistent(column))).collect()
}

fn read(row: &Row) -> Result<Collection, DbError> {
    Ok(Collection {
        id: row.get("collection_id")?,
        institution: row.get("institution_id")?,
        key: row.get("key")?,
        name: row.get("name")?,
        description: row.get("description")?,
        label: row.get("label")?,
        readers_everyone: row.get("readers_everyone")?,
        reader_departments: departments(row, "reader_departments")?,
        editor_departments: departments(row, "editor_departments")?,
        document_count: row.get("documents")?,
        chunk_count: row.get("chunks")?,
        updated_at: row.get("updated_at_ms")?,
    })
}
