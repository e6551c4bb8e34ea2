-- Collections, documents with their versions, chunks, and the vectors of passages.

CREATE TABLE collection (
    collection_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    label TEXT NOT NULL,
    readers_everyone BIGINT NOT NULL,
    reader_departments TEXT NOT NULL,
    editor_departments TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    UNIQUE (institution_id, key)
);

CREATE TABLE document (
    document_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    collection_id TEXT NOT NULL REFERENCES collection (collection_id),
    file_name TEXT NOT NULL,
    title TEXT NOT NULL,
    title_given BIGINT NOT NULL,
    format TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    version BIGINT NOT NULL,
    indexed_version BIGINT,
    effective_date TEXT,
    date_given BIGINT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    error_code TEXT,
    error_detail TEXT,
    error_fix TEXT,
    warnings TEXT NOT NULL,
    page_count BIGINT,
    chunk_count BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    UNIQUE (collection_id, file_name)
);

CREATE INDEX document_by_institution ON document (institution_id, document_id);

CREATE TABLE document_version (
    document_id TEXT NOT NULL REFERENCES document (document_id),
    version BIGINT NOT NULL,
    institution_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    file_name TEXT NOT NULL,
    text TEXT NOT NULL,
    blocks TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (document_id, version)
);

CREATE TABLE chunk (
    document_id TEXT NOT NULL REFERENCES document (document_id),
    place BIGINT NOT NULL,
    institution_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    heading TEXT NOT NULL,
    page BIGINT,
    start_byte BIGINT NOT NULL,
    end_byte BIGINT NOT NULL,
    text TEXT NOT NULL,
    original TEXT,
    PRIMARY KEY (document_id, place)
);

CREATE TABLE passage_vectors (
    document_id TEXT NOT NULL PRIMARY KEY REFERENCES document (document_id),
    institution_id TEXT NOT NULL,
    model TEXT NOT NULL,
    dimensions BIGINT NOT NULL,
    passages TEXT NOT NULL,
    vectors BYTEA NOT NULL
);

CREATE INDEX passage_vectors_by_institution ON passage_vectors (institution_id);

CREATE TABLE index_generation (
    institution_id TEXT NOT NULL PRIMARY KEY REFERENCES institution (institution_id),
    generation BIGINT NOT NULL
);
