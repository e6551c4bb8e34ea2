-- Accounts, sign-in failures, sessions, API keys, departments and teams, the set-up token.
-- Tokens and secrets are stored as SHA-256 only; passwords as Argon2id PHC strings.

CREATE TABLE department (
    department_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (institution_id, key)
);

CREATE TABLE team (
    team_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL,
    department_id TEXT NOT NULL REFERENCES department (department_id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (department_id, key)
);

CREATE TABLE account (
    user_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    user_name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    roles TEXT NOT NULL,
    department_id TEXT REFERENCES department (department_id),
    clearance TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_sign_in_at_ms BIGINT,
    UNIQUE (institution_id, user_name)
);

CREATE TABLE team_member (
    team_id TEXT NOT NULL REFERENCES team (team_id),
    user_id TEXT NOT NULL REFERENCES account (user_id),
    institution_id TEXT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);

CREATE INDEX team_member_by_user ON team_member (user_id);

-- Kept by name, whether or not there is such an account, so that both look alike from outside.
CREATE TABLE sign_in_failure (
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    user_name TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_failure_at_ms BIGINT NOT NULL,
    locked_until_ms BIGINT,
    PRIMARY KEY (institution_id, user_name)
);

CREATE TABLE session (
    session_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES account (user_id),
    token_hash BYTEA NOT NULL UNIQUE,
    csrf_token BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE api_key (
    key_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES account (user_id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    secret_hash BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    last_used_at_ms BIGINT,
    revoked_at_ms BIGINT
);

CREATE INDEX api_key_by_institution ON api_key (institution_id, key_id);

-- At most one row: the one-time token that makes the first administrator.
CREATE TABLE set_up_token (
    slot BIGINT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
