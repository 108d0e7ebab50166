-- The shop's own record of its users. The engine writes it in the transaction that makes a
-- membership; the shop's tables point here, because no foreign key leaves a schema.
CREATE TABLE people (
    -- The user's id.
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id)
);
