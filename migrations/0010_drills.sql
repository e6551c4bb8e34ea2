-- Drills: doing without an endpoint, a vendor or a country for a time, and what was seen meanwhile.
-- Calls that nothing in service was left to answer: they reach no endpoint, so that no call of a
-- model speaks of them.

CREATE TABLE drill (
    drill_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    block_id TEXT NOT NULL REFERENCES endpoint_block (block_id),
    subject TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    start_act_id TEXT NOT NULL,
    ended_ms BIGINT,
    end_act_id TEXT,
    report TEXT,
    report_sha256 TEXT
);

-- One at a time: two would spoil each other's figures.
CREATE UNIQUE INDEX drill_under_way ON drill (institution_id) WHERE ended_ms IS NULL;
CREATE INDEX drill_by_block ON drill (block_id);

CREATE TABLE unserved_call (
    unserved_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    at_ms BIGINT NOT NULL,
    route_id TEXT,
    endpoint_id TEXT,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL
);

CREATE INDEX unserved_call_by_time ON unserved_call (institution_id, at_ms);
