-- Calls summed up by the hour, so that traffic and shares of a month need not read every call, and so
-- that the rows of single calls can go after a time while their sums stay.

-- 1 once the call is counted in a line of its hour: both change in one transaction.
ALTER TABLE model_call ADD COLUMN rolled BIGINT NOT NULL DEFAULT 0;

CREATE INDEX model_call_unrolled ON model_call (institution_id, started_at_ms) WHERE rolled = 0;

-- What is under way is asked for by institution.
DROP INDEX model_call_under_way;
CREATE INDEX model_call_under_way ON model_call (institution_id, started_at_ms) WHERE outcome IS NULL;

-- The calls that began in the hour from hour_ms on (UTC), all that are alike in one line. No person and
-- no key. The counts tell how long calls took, without those that were refused, in milliseconds rounded
-- down to five significant bits: `120 128*3` is one from 120 on and three from 128 on.
CREATE TABLE call_hour (
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    hour_ms BIGINT NOT NULL,
    line BIGINT NOT NULL,
    department_id TEXT,
    app TEXT,
    model TEXT NOT NULL,
    endpoint_id TEXT,
    route_id TEXT,
    vendor TEXT NOT NULL,
    operator_country TEXT NOT NULL,
    hosting_country TEXT NOT NULL,
    open_weights BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT,
    calls BIGINT NOT NULL,
    cached BIGINT NOT NULL,
    without_tokens BIGINT NOT NULL,
    without_cost BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cost_micro_yen BIGINT NOT NULL,
    took_counts TEXT NOT NULL,
    first_counts TEXT NOT NULL,
    PRIMARY KEY (institution_id, hour_ms, line)
);

-- From when on single calls that were rolled up are still there, how many were removed since the last
-- act that told so, and when that was.
CREATE TABLE call_retention (
    institution_id TEXT NOT NULL PRIMARY KEY REFERENCES institution (institution_id),
    kept_from_ms BIGINT NOT NULL,
    removed_calls BIGINT NOT NULL,
    removed_unserved BIGINT NOT NULL,
    told_ms BIGINT NOT NULL
);
