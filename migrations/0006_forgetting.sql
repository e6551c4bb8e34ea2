-- Since when nothing that an act commits to may be kept: it was forgotten, with all that follows.

ALTER TABLE act ADD COLUMN forgotten_at_ms BIGINT;
