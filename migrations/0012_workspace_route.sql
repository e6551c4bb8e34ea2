-- The route that the institution's own workspace goes by, if it has one.

ALTER TABLE route ADD COLUMN serves_workspace BIGINT NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX route_serving_workspace ON route (institution_id) WHERE serves_workspace = 1;
