-- Budgets and rates on the tree of an institution, what stands against each, and who holds what.
-- A budget that was removed stays as a row, so that what calls under way hold can still be settled.

CREATE TABLE budget (
    budget_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    period TEXT NOT NULL,
    unit TEXT NOT NULL,
    limit_amount BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    contact TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    removed_at_ms BIGINT
);

CREATE UNIQUE INDEX budget_by_subject
ON budget (institution_id, subject_id, subject_kind, period, unit) WHERE removed_at_ms IS NULL;

-- Money in millionths of a yen. A rate has one row, with period_start_ms 0.
CREATE TABLE budget_use (
    institution_id TEXT NOT NULL,
    period_start_ms BIGINT NOT NULL,
    budget_id TEXT NOT NULL REFERENCES budget (budget_id),
    used BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (institution_id, period_start_ms, budget_id)
);

CREATE TABLE budget_reservation (
    attempt_act_id TEXT NOT NULL,
    budget_id TEXT NOT NULL REFERENCES budget (budget_id),
    institution_id TEXT NOT NULL,
    period_start_ms BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (attempt_act_id, budget_id)
);
