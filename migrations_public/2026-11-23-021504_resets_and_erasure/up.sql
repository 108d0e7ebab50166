-- One-time tokens to set a new password with, made by the operator; and users who are erased.

CREATE TABLE reset_tokens (
    -- One a user: a new one takes the old one's place.
    user_id UUID NOT NULL,
    -- SHA-256 of the token.
    token_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT reset_tokens_pkey PRIMARY KEY (user_id),
    CONSTRAINT reset_tokens_token_hash_key UNIQUE (token_hash),
    CONSTRAINT reset_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

ALTER TABLE users
    -- Set when the user was erased here; the row stays, since a shop's records have its id.
    ADD COLUMN erased_at TIMESTAMPTZ,
    -- Whether some shop still has to forget the user.
    ADD COLUMN erasing BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX users_erasing_idx ON users (id) WHERE erasing;
