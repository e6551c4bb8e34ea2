-- What each call of a model is counted by, and what came of it: the sums of traffic, cost and
-- dependence are taken from here. It holds no content. A row without an outcome is a call under way.

CREATE TABLE model_call (
    act_id TEXT NOT NULL PRIMARY KEY REFERENCES act (act_id),
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    request_act_id TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    label TEXT NOT NULL,
    purpose TEXT NOT NULL,
    action TEXT NOT NULL,
    route_id TEXT,
    endpoint_id TEXT,
    model TEXT NOT NULL,
    vendor TEXT NOT NULL,
    operator_country TEXT NOT NULL,
    hosting_country TEXT NOT NULL,
    open_weights BIGINT NOT NULL,
    user_id TEXT,
    key_id TEXT,
    department_id TEXT,
    app TEXT,
    outcome TEXT,
    code TEXT,
    prompt_tokens BIGINT,
    completion_tokens BIGINT,
    cost_micro_yen BIGINT,
    first_ms BIGINT,
    took_ms BIGINT
);

CREATE INDEX model_call_by_time ON model_call (institution_id, started_at_ms);
CREATE INDEX model_call_under_way ON model_call (started_at_ms) WHERE outcome IS NULL;

INSERT INTO model_call (
    act_id, institution_id, request_act_id, started_at_ms, label, purpose, action, model, vendor,
    operator_country, hosting_country, open_weights
)
SELECT
    act_id, institution_id, request_act_id, started_at_ms, label, '', '', '', '', '', '', 0
FROM open_attempt;

DROP TABLE open_attempt;
