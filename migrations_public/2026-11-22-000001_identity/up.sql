-- Who people are and where they are signed in.

-- One row: the name that this installation's roles carry. Roles belong to the whole PostgreSQL
-- cluster, so two installations on one server must not share them.
CREATE TABLE installation (
    singleton BOOLEAN NOT NULL DEFAULT TRUE,
    name TEXT NOT NULL,
    -- The newest migration of public when its roles were last given their rights.
    rights_version TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT installation_pkey PRIMARY KEY (singleton),
    CONSTRAINT installation_singleton_check CHECK (singleton),
    CONSTRAINT installation_name_check CHECK (name ~ '^[a-z0-9]{1,16}$')
);

CREATE TABLE users (
    id UUID NOT NULL,
    -- Kept in lower case by the application: unique without case.
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    -- A PHC string: algorithm, cost and salt stand in it.
    password_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email)
);

-- A session is one sign-in; access tokens name it, and end with it.
CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- The idle lifetime: moved ahead by every refresh.
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

-- Every refresh token ever given out in a session, by its SHA-256, so that the reuse of a spent
-- one is noticed.
CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL,
    session_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    spent_at TIMESTAMPTZ,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
