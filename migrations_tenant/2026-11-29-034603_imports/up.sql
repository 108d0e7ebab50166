-- Imports of several transactions, and those that go on after their request was answered. Each is kept for a week after its end; a
-- deadline in public says when to look. While one is open, it is the shop's only import.
CREATE TABLE imports (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    user_id UUID NOT NULL,
    rows_total INTEGER NOT NULL,
    rows_done INTEGER NOT NULL,
    report JSONB,
    problem JSONB,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    CONSTRAINT imports_pkey PRIMARY KEY (id),
    CONSTRAINT imports_user_id_fkey FOREIGN KEY (user_id) REFERENCES people (id),
    CONSTRAINT imports_kind_check CHECK (kind IN ('products', 'stock')),
    CONSTRAINT imports_state_check CHECK (state IN ('running', 'cancelling', 'done', 'failed', 'cancelled')),
    CONSTRAINT imports_ended_at_check CHECK ((state IN ('running', 'cancelling')) = (ended_at IS NULL))
);
CREATE INDEX imports_user_id_idx ON imports (user_id);
-- The open one.
CREATE INDEX imports_open_idx ON imports (id) WHERE ended_at IS NULL;
