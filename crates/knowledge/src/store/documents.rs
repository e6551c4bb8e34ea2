//! Rows of documents and of the texts of their versions.

use kaname_kernel::{CollectionId, DocumentId, InstitutionId, Label};
use kaname_platform::{Conn, DbError, db::Row, params};

use super::inconsistent;
use crate::{
    digest::TextBlock,
    model::{Document, FileFault},
};

pub(crate) async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: DocumentId,
) -> Result<Option<Document>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM document WHERE institution_id = $1 AND document_id = $2",
            params![institution, id],
        )
        .await?;
    row.map(|row| read(&row)).transpose()
}

pub(crate) async fn by_name(
    conn: &mut Conn,
    (institution, collection): (InstitutionId, CollectionId),
    file_name: &str,
) -> Result<Option<Document>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM document \
             WHERE institution_id = $1 AND collection_id = $2 AND file_name = $3",
            params![institution, collection, file_name],
        )
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Documents of a collection after `cursor`, by id, at most `limit`.
pub(crate) async fn page(
    conn: &mut Conn,
    (institution, collection): (InstitutionId, CollectionId),
    (cursor, limit): (Option<&str>, i64),
) -> Result<Vec<Document>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM document WHERE institution_id = $1 AND collection_id = $2 \
             AND document_id > $3 ORDER BY document_id LIMIT $4",
            params![institution, collection, cursor.unwrap_or_default(), limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Every document of a collection.
pub(crate) async fn of_collection(
    conn: &mut Conn,
    institution: InstitutionId,
    collection: CollectionId,
) -> Result<Vec<Document>, DbError> {
    page(conn, (institution, collection), (None, i64::MAX)).await
}

/// Every document of `institution` that can be found.
pub(crate) async fn indexed(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<Document>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM document WHERE institution_id = $1 AND indexed_version IS NOT NULL \
             ORDER BY document_id",
            params![institution],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The labels that occur among documents that can be found, by collection.
pub(crate) async fn scopes(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<(CollectionId, Label)>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT DISTINCT collection_id, label FROM document \
             WHERE institution_id = $1 AND indexed_version IS NOT NULL",
            params![institution],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("collection_id")?, row.get("label")?))).collect()
}

pub(crate) async fn insert(conn: &mut Conn, document: &Document) -> Result<(), DbError> {
    conn.execute_one(
        "INSERT INTO document (document_id, institution_id, collection_id, file_name, title, \
         title_given, format, size_bytes, sha256, version, effective_date, date_given, label, \
         state, warnings, chunk_count, created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, $5, \
         $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 0, $15, $15)",
        params![
            document.id,
            document.institution,
            document.collection,
            document.file_name.as_str(),
            document.title.as_str(),
            document.title_given,
            document.format.as_str(),
            document.size_bytes,
            document.sha256.as_str(),
            document.version,
            document.effective_date.clone(),
            document.date_given,
            &document.label,
            document.state.as_str(),
            document.updated_at
        ],
    )
    .await
}

/// Writes back everything that may change.
pub(crate) async fn update(conn: &mut Conn, document: &Document) -> Result<(), DbError> {
    let fault = document.error.as_ref();
    conn.execute_one(
        "UPDATE document SET title = $3, title_given = $4, format = $5, size_bytes = $6, \
         sha256 = $7, version = $8, indexed_version = $9, effective_date = $10, date_given = $11, \
         label = $12, state = $13, error_code = $14, error_detail = $15, error_fix = $16, \
         warnings = $17, page_count = $18, chunk_count = $19, updated_at_ms = $20 \
         WHERE institution_id = $1 AND document_id = $2",
        params![
            document.institution,
            document.id,
            document.title.as_str(),
            document.title_given,
            document.format.as_str(),
            document.size_bytes,
            document.sha256.as_str(),
            document.version,
            document.indexed_version,
            document.effective_date.clone(),
            document.date_given,
            &document.label,
            document.state.as_str(),
            fault.map(|fault| fault.code.clone()),
            fault.map(|fault| fault.detail.clone()),
            fault.and_then(|fault| fault.fix.clone()),
            document.warnings.join(" "),
            document.page_count,
            document.chunk_count,
            document.updated_at
        ],
    )
    .await
}

/// Removes a document with all that hangs on it. Its text goes too: citations keep their quotes.
pub(crate) async fn remove(
    conn: &mut Conn,
    institution: InstitutionId,
    id: DocumentId,
) -> Result<(), DbError> {
    for statement in [
        "DELETE FROM passage_vectors WHERE institution_id = $1 AND document_id = $2",
        "DELETE FROM chunk WHERE institution_id = $1 AND document_id = $2",
        "DELETE FROM document_version WHERE institution_id = $1 AND document_id = $2",
    ] {
        conn.execute_all(statement, params![institution, id]).await?;
    }
    conn.execute_one(
        "DELETE FROM document WHERE institution_id = $1 AND document_id = $2",
        params![institution, id],
    )
    .await
}

/// Whether any document or version still uses the file `sha256`.
pub(crate) async fn uses_file(
    conn: &mut Conn,
    institution: InstitutionId,
    sha256: &str,
) -> Result<bool, DbError> {
    let row = conn
        .fetch_sum(
            "SELECT (SELECT COUNT(*) FROM document WHERE institution_id = $1 AND sha256 = $2) + \
             (SELECT COUNT(*) FROM document_version WHERE institution_id = $1 AND sha256 = $2) \
             AS uses",
            params![institution, sha256],
        )
        .await?;
    Ok(row.get::<i64>("uses")? > 0)
}

/// Keeps the text of the version that `document` is at.
pub(crate) async fn keep_text(
    conn: &mut Conn,
    document: &Document,
    (text, blocks): (&str, &[TextBlock]),
) -> Result<(), DbError> {
    let blocks = serde_json::to_string(blocks).map_err(|_| inconsistent("blocks"))?;
    conn.execute(
        "DELETE FROM document_version WHERE institution_id = $1 AND document_id = $2 AND version = $3",
        params![document.institution, document.id, document.version],
    )
    .await?;
    conn.execute_one(
        "INSERT INTO document_version (document_id, version, institution_id, sha256, file_name, \
         text, blocks, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            document.id,
            document.version,
            document.institution,
            document.sha256.as_str(),
            document.file_name.as_str(),
            text,
            blocks,
            document.updated_at
        ],
    )
    .await
}

/// The text and blocks of a version.
pub(crate) async fn text(
    conn: &mut Conn,
    (institution, id): (InstitutionId, DocumentId),
    version: i64,
) -> Result<Option<(String, Vec<TextBlock>)>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT text, blocks FROM document_version \
             WHERE institution_id = $1 AND document_id = $2 AND version = $3",
            params![institution, id, version],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let blocks: String = row.get("blocks")?;
    let blocks = serde_json::from_str(&blocks).map_err(|_| inconsistent("blocks"))?;
    Ok(Some((row.get("text")?, blocks)))
}

fn read(row: &Row) -> Result<Document, DbError> {
    let state: String = row.get("state")?;
    let warnings: String = row.get("warnings")?;
    let code: Option<String> = row.get("error_code")?;
    let detail: Option<String> = row.get("error_detail")?;
    let fix: Option<String> = row.get("error_fix")?;
    Ok(Document {
        id: row.get("document_id")?,
        institution: row.get("institution_id")?,
        collection: row.get("collection_id")?,
        file_name: row.get("file_name")?,
        title: row.get("title")?,
        title_given: row.get("title_given")?,
        format: row.get("format")?,
        size_bytes: row.get("size_bytes")?,
        sha256: row.get("sha256")?,
        version: row.get("version")?,
        indexed_version: row.get("indexed_version")?,
        effective_date: row.get("effective_date")?,
        date_given: row.get("date_given")?,
        label: row.get("label")?,
        state: state.parse().map_err(|()| inconsistent("state"))?,
        error: code.zip(detail).map(|(code, detail)| FileFault { code, detail, fix }),
        warnings: warnings.split_whitespace().map(str::to_owned).collect(),
        page_count: row.get("page_count")?,
        chunk_count: row.get("chunk_count")?,
        created_at: row.get("created_at_ms")?,
        updated_at: row.get("updated_at_ms")?,
    })
}
