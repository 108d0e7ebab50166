-- The shops, which are the ledger of the fleet, and who belongs to them.

CREATE TABLE shops (
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- ISO 4217. A shop has one currency for good: its prices are amounts of it.
    currency TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The newest tenant migration that this shop's schema has. Versions compare as text (C collation:
    -- the same order in Rust and in every database).
    schema_version TEXT COLLATE "C" NOT NULL,
    -- The oldest tenant version that a binary must know to serve this schema.
    schema_floor TEXT COLLATE "C" NOT NULL,
    migrated_at TIMESTAMPTZ NOT NULL,
    -- Set while state is 'failed': the state to return to, the migration that failed, and why.
    failed_from TEXT,
    failed_migration TEXT,
    failure TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT shops_pkey PRIMARY KEY (id),
    CONSTRAINT shops_slug_key UNIQUE (slug),
    CONSTRAINT shops_state_check CHECK (state IN ('active', 'suspended', 'failed', 'deleting')),
    CONSTRAINT shops_failed_check CHECK ((state = 'failed') = (failed_from IS NOT NULL))
);
-- Finds the shops that lag in one range scan.
CREATE INDEX shops_schema_version_idx ON shops (schema_version, id);
-- Finds the few that are not well without reading the many that are.
CREATE INDEX shops_state_idx ON shops (state) WHERE state <> 'active';

CREATE TABLE memberships (
    user_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (user_id, shop_id),
    CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT memberships_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
    CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'staff', 'customer'))
);
CREATE INDEX memberships_shop_id_idx ON memberships (shop_id, user_id);
