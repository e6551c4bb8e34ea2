//! Rows of chunks, of the vectors of passages, and of the generation that both make up.

use kaname_kernel::{DocumentId, InstitutionId};
use kaname_platform::{Conn, DbError, db::Row, params};
use kaname_text_core::{BlockKind, Chunk};

use super::inconsistent;
use crate::{digest::Passage, index::vectors::DocumentVectors};

const KINDS: [(BlockKind, &str); 5] = [
    (BlockKind::Heading, "heading"),
    (BlockKind::Paragraph, "paragraph"),
    (BlockKind::ListItem, "list_item"),
    (BlockKind::TableHeader, "table_header"),
    (BlockKind::TableRow, "table_row"),
];

/// Puts `chunks` in the place of the document's.
pub(crate) async fn replace(
    conn: &mut Conn,
    (institution, document): (InstitutionId, DocumentId),
    (text, chunks): (&str, &[Chunk]),
) -> Result<(), DbError> {
    conn.execute_all(
        "DELETE FROM chunk WHERE institution_id = $1 AND document_id = $2",
        params![institution, document],
    )
    .await?;
    for (place, chunk) in chunks.iter().enumerate() {
        let kind = KINDS.iter().find(|(kind, _)| *kind == chunk.kind).map_or("", |(_, name)| name);
        let original = text.get(chunk.range.clone()).filter(|original| *original != chunk.text);
        conn.execute_one(
            "INSERT INTO chunk (document_id, place, institution_id, kind, heading, page, \
             start_byte, end_byte, text, original) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                document,
                whole(place),
                institution,
                kind,
                chunk.heading.as_str(),
                chunk.page.map(i64::from),
                whole(chunk.range.start),
                whole(chunk.range.end),
                chunk.text.as_str(),
                original
            ],
        )
        .await?;
    }
    Ok(())
}

/// The chunks of a document, in order.
pub(crate) async fn of_document(
    conn: &mut Conn,
    (institution, document): (InstitutionId, DocumentId),
) -> Result<Vec<Chunk>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM chunk WHERE institution_id = $1 AND document_id = $2 ORDER BY place",
            params![institution, document],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// One chunk of a document, and its original where it is not the text itself.
pub(crate) async fn find(
    conn: &mut Conn,
    (institution, document): (InstitutionId, DocumentId),
    place: usize,
) -> Result<Option<(Chunk, Option<String>)>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT * FROM chunk WHERE institution_id = $1 AND document_id = $2 AND place = $3",
            params![institution, document, whole(place)],
        )
        .await?;
    row.map(|row| Ok((read(&row)?, row.get("original")?))).transpose()
}

/// What the index holds of a document besides its words.
#[derive(Debug, Clone)]
pub(crate) struct StoredPassages {
    pub(crate) document: DocumentId,
    pub(crate) passages: Vec<Passage>,
    pub(crate) vectors: DocumentVectors,
}

/// Puts the vectors of `passages` in the place of the document's.
pub(crate) async fn replace_vectors(
    conn: &mut Conn,
    institution: InstitutionId,
    (model, stored): (&str, &StoredPassages),
) -> Result<(), DbError> {
    conn.execute(
        "DELETE FROM passage_vectors WHERE institution_id = $1 AND document_id = $2",
        params![institution, stored.document],
    )
    .await?;
    let places: Vec<(usize, usize, usize)> =
        stored.passages.iter().map(|passage| (passage.chunk, passage.start, passage.end)).collect();
    let places = serde_json::to_string(&places).map_err(|_| inconsistent("passages"))?;
    conn.execute_one(
        "INSERT INTO passage_vectors (document_id, institution_id, model, dimensions, passages, \
         vectors) VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            stored.document,
            institution,
            model,
            whole(stored.vectors.dimensions()),
            places,
            stored.vectors.to_bytes()
        ],
    )
    .await
}

/// The vectors of every passage of `institution`.
pub(crate) async fn all_vectors(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Vec<StoredPassages>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT * FROM passage_vectors WHERE institution_id = $1 ORDER BY document_id",
            params![institution],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let places: String = row.get("passages")?;
            let places: Vec<(usize, usize, usize)> =
                serde_json::from_str(&places).map_err(|_| inconsistent("passages"))?;
            let bytes: Vec<u8> = row.get("vectors")?;
            let dimensions = usize_of(row, "dimensions")?;
            Ok(StoredPassages {
                document: row.get("document_id")?,
                passages: places
                    .into_iter()
                    .map(|(chunk, start, end)| Passage { chunk, start, end })
                    .collect(),
                vectors: DocumentVectors::from_bytes(&bytes, dimensions),
            })
        })
        .collect()
}

/// Moves the generation on, in the transaction of the change; gives the new one.
pub(crate) async fn next_generation(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<i64, DbError> {
    let row = conn
        .fetch_one(
            "INSERT INTO index_generation (institution_id, generation) VALUES ($1, 1) \
             ON CONFLICT (institution_id) DO UPDATE SET generation = \
             index_generation.generation + 1 RETURNING generation",
            params![institution],
        )
        .await?;
    row.get("generation")
}

/// The generation that the records are at; 0 before the first document.
pub(crate) async fn generation(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<i64, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT generation FROM index_generation WHERE institution_id = $1",
            params![institution],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("generation"))
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn usize_of(row: &Row, column: &str) -> Result<usize, DbError> {
    usize::try_from(row.get::<i64>(column)?).map_err(|_| inconsistent(column))
}

fn read(row: &Row) -> Result<Chunk, DbError> {
    let kind: String = row.get("kind")?;
    let kind = KINDS.iter().find(|(_, name)| *name == kind).ok_or_else(|| inconsistent("kind"))?.0;
    let page: Option<i64> = row.get("page")?;
    Ok(Chunk {
        kind,
        heading: row.get("heading")?,
        page: page.and_then(|page| u32::try_from(page).ok()),
        range: usize_of(row, "start_byte")?..usize_of(row, "end_byte")?,
        text: row.get("text")?,
    })
}
