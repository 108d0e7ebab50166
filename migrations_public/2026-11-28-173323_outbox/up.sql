-- Messages to be sent by mail. Whatever causes a message writes its row here, in the same transaction; a server sends it later.
CREATE TABLE outbox (
    -- In the order of time. The Message-ID of the message has it too.
    id UUID NOT NULL,
    -- As users have their address.
    recipient TEXT NOT NULL,
    -- The message by its name, and what it says: tokens among it. Null as soon as the message is sent.
    template TEXT NOT NULL,
    contents JSONB,
    created_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- When there is something to do: to try a waiting message, or to remove the row of one that has ended. Whoever sends a
    -- message first moves this to a time at which it has certainly ended trying.
    due_at TIMESTAMPTZ NOT NULL,
    -- No further attempt after this time.
    give_up_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    -- Of the last attempt, without secrets.
    error TEXT,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_state_check CHECK (state IN ('waiting', 'sent', 'failed'))
);
CREATE INDEX outbox_due_at_idx ON outbox (state, due_at);
CREATE INDEX outbox_recipient_idx ON outbox (recipient);

-- One-time tokens to set a new password with, for those who forgot theirs. Anybody may ask for one for any address. So a user
-- has as many as were asked for: one asked for by a stranger makes no other invalid, neither these nor the operator's.
CREATE TABLE mailed_resets (
    -- SHA-256 of the token.
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT mailed_resets_pkey PRIMARY KEY (token_hash),
    CONSTRAINT mailed_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX mailed_resets_user_id_idx ON mailed_resets (user_id);
CREATE INDEX mailed_resets_expires_at_idx ON mailed_resets (expires_at);
