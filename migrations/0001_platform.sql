-- Institutions, the act log, the ledger's tiles and checkpoints, durable jobs, sealed secrets.
-- Plain types only: BIGINT, TEXT, BYTEA (BLOB on SQLite). Times are milliseconds since the epoch, UTC.

CREATE TABLE institution (
    institution_id TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    label_pack TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE act (
    act_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    user_id TEXT,
    actor_name TEXT NOT NULL,
    via TEXT NOT NULL,
    label TEXT,
    parent_act_id TEXT,
    refs TEXT NOT NULL,
    entry BYTEA NOT NULL,
    leaf_index BIGINT
);

CREATE UNIQUE INDEX act_by_leaf ON act (institution_id, leaf_index);

CREATE INDEX act_pending ON act (institution_id, act_id) WHERE leaf_index IS NULL;

CREATE INDEX act_by_time ON act (institution_id, at_ms);

CREATE INDEX act_by_parent ON act (institution_id, parent_act_id);

CREATE TABLE act_content (
    act_id TEXT NOT NULL REFERENCES act (act_id),
    institution_id TEXT NOT NULL,
    field TEXT NOT NULL,
    salt BYTEA NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (act_id, field)
);

CREATE TABLE ledger_tile (
    institution_id TEXT NOT NULL,
    level BIGINT NOT NULL,
    tile_index BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (institution_id, level, tile_index)
);

CREATE TABLE ledger_head (
    institution_id TEXT NOT NULL PRIMARY KEY REFERENCES institution (institution_id),
    tree_size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    checkpoint TEXT NOT NULL,
    signed_at_ms BIGINT NOT NULL
);

CREATE TABLE job (
    job_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_by TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at_ms BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until_ms BIGINT,
    progress_done BIGINT NOT NULL,
    progress_total BIGINT,
    progress_note TEXT,
    cancel_requested BIGINT NOT NULL,
    error_code TEXT,
    error_detail TEXT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE INDEX job_ready ON job (state, run_at_ms);

CREATE INDEX job_by_institution ON job (institution_id, created_at_ms);

CREATE TABLE secret (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    nonce BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (scope, name)
);
