-- Routes: a name that people and programs call, and the endpoints behind it in the order to try.
-- What an endpoint costs, under which licence it runs and how much it takes at once.

ALTER TABLE endpoint ADD COLUMN licence TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoint ADD COLUMN dialects TEXT NOT NULL DEFAULT 'chat_completions';
ALTER TABLE endpoint ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoint ADD COLUMN context_tokens BIGINT;
ALTER TABLE endpoint ADD COLUMN concurrent_max BIGINT;
ALTER TABLE endpoint ADD COLUMN price TEXT;

CREATE TABLE route (
    route_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    public_name TEXT NOT NULL,
    name TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    legs TEXT NOT NULL,
    bounds TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (institution_id, public_name)
);

-- What is taken out of service for a time: by a drill, or by hand.
CREATE TABLE endpoint_block (
    block_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    subject TEXT NOT NULL,
    value TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    act_id TEXT NOT NULL
);

CREATE INDEX endpoint_block_by_end ON endpoint_block (institution_id, until_ms);
