-- Conversations of people, and their messages. At most one answer is on its way per conversation.
-- An open message is an answer under way; its act_id is that of the question until it is closed.

CREATE TABLE conversation (
    conversation_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL REFERENCES institution (institution_id),
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    label TEXT NOT NULL,
    collection_ids TEXT NOT NULL,
    act_id TEXT NOT NULL REFERENCES act (act_id),
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE INDEX conversation_by_user
ON conversation (institution_id, user_id, updated_at_ms, conversation_id);

CREATE TABLE message (
    message_id TEXT NOT NULL PRIMARY KEY,
    institution_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversation (conversation_id),
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    mode TEXT,
    citations TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    error_code TEXT,
    error_detail TEXT,
    act_id TEXT NOT NULL REFERENCES act (act_id),
    endpoint_name TEXT,
    created_at_ms BIGINT NOT NULL
);

CREATE INDEX message_by_conversation ON message (conversation_id, message_id);

CREATE UNIQUE INDEX message_open ON message (conversation_id) WHERE state = 'open';
