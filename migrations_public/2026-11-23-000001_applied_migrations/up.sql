-- Which migrations this installation has applied, to public or to at least one shop, as which text.
CREATE TABLE applied_migrations (
    tree TEXT NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    -- The directory's name.
    name TEXT NOT NULL,
    -- SHA-256 of up.sql, in hexadecimal.
    checksum TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT applied_migrations_pkey PRIMARY KEY (tree, version),
    CONSTRAINT applied_migrations_tree_check CHECK (tree IN ('public', 'tenant'))
);
