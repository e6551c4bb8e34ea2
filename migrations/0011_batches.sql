-- Answers that are kept for a while; files of calls, and batches that work through them.

ALTER TABLE endpoint ADD COLUMN cache_seconds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE model_call ADD COLUMN cached BIGINT NOT NULL DEFAULT 0;

-- A file of calls lies in the file store; one of results is read from the lines of its batch.
CREATE TABLE batch_file (
    file_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    user_id TEXT NOT NULL REFERENCES account (user_id),
    file_name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    label TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT,
    batch_id TEXT,
    good BIGINT,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX batch_file_by_owner ON batch_file (institution_id, user_id, file_id);
CREATE INDEX batch_file_by_end ON batch_file (expires_at_ms);

CREATE TABLE batch (
    batch_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    user_id TEXT NOT NULL REFERENCES account (user_id),
    via TEXT NOT NULL,
    via_id TEXT NOT NULL,
    file_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    metadata TEXT NOT NULL,
    label TEXT NOT NULL,
    act_id TEXT NOT NULL REFERENCES act (act_id),
    job_id TEXT,
    state TEXT NOT NULL,
    faults TEXT NOT NULL,
    total BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    output_bytes BIGINT NOT NULL,
    error_bytes BIGINT NOT NULL,
    output_file_id TEXT,
    error_file_id TEXT,
    moments TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX batch_by_owner ON batch (institution_id, user_id, batch_id);
CREATE INDEX batch_by_end ON batch (expires_at_ms);

-- One call of a batch: what is asked until it is answered, then what came of it.
CREATE TABLE batch_line (
    batch_id TEXT NOT NULL REFERENCES batch (batch_id),
    line BIGINT NOT NULL,
    custom_id TEXT NOT NULL,
    state TEXT NOT NULL,
    request TEXT,
    good BIGINT,
    result TEXT,
    PRIMARY KEY (batch_id, line)
);

CREATE INDEX batch_line_to_do ON batch_line (batch_id, state, line);
