-- Model endpoints, and the attempts to call one that have no outcome yet.

CREATE TABLE endpoint (
    endpoint_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    base_url TEXT,
    has_api_key BIGINT NOT NULL,
    model TEXT NOT NULL,
    public_name TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    languages TEXT NOT NULL,
    clearance TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    vendor TEXT NOT NULL,
    operator_country TEXT NOT NULL,
    hosting_country TEXT NOT NULL,
    open_weights BIGINT NOT NULL,
    health_state TEXT NOT NULL,
    health_checked_at_ms BIGINT,
    health_detail TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (institution_id, public_name)
);

CREATE TABLE open_attempt (
    act_id TEXT NOT NULL PRIMARY KEY REFERENCES act (act_id),
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    request_act_id TEXT NOT NULL,
    label TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL
);

CREATE INDEX open_attempt_by_start ON open_attempt (started_at_ms);
