-- The answers to requests that came with an Idempotency-Key, for 24 hours: whoever sends such a request
-- again is given its answer again, and nothing happens twice.
CREATE TABLE idempotency_keys (
    user_id UUID NOT NULL,
    -- SHA-256 of the address and the key, either of which may be long.
    key_hash BYTEA NOT NULL,
    -- HMAC of the query and the body: what was sent cannot be guessed from it.
    request_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    -- Sealed: it may hold what is shown once and kept nowhere.
    body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key_hash),
    CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES people (id)
);
-- Finds the few whose time is over.
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
