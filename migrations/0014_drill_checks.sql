-- Check questions of a drill: asked before anything is out of service, and again while it is.

-- Whether the drill still asks its questions for the first time; nothing is out of service yet.
ALTER TABLE drill ADD COLUMN checking BIGINT NOT NULL DEFAULT 0;

-- One question with what came of it in each round, if it was asked. It holds no answers.
CREATE TABLE drill_check (
    drill_id TEXT NOT NULL REFERENCES drill (drill_id),
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    number BIGINT NOT NULL,
    question TEXT NOT NULL,
    before_result TEXT,
    during_result TEXT,
    PRIMARY KEY (drill_id, number)
);
