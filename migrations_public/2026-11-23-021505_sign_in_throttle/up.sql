-- How often a password was tried lately, for an account and from an address.
CREATE TABLE sign_in_attempts (
    -- SHA-256 of what is counted: an email address, of a user or of nobody, or a client's address.
    subject BYTEA NOT NULL,
    attempts INTEGER NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    -- When the next attempt is let pass.
    free_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (subject)
);
CREATE INDEX sign_in_attempts_last_at_idx ON sign_in_attempts (last_at);
