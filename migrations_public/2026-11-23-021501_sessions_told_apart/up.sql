-- What tells a user's sessions apart, and finds those whose time is over.
ALTER TABLE sessions
    -- The User-Agent that signed in, as it called itself.
    ADD COLUMN user_agent TEXT NOT NULL DEFAULT '',
    -- The last refresh; null until the first.
    ADD COLUMN refreshed_at TIMESTAMPTZ;
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
