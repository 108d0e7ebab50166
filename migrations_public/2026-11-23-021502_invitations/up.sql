-- Invitations to a shop, and the shops that somebody once belonged to.

CREATE TABLE invitations (
    id UUID NOT NULL,
    shop_id UUID NOT NULL,
    -- In lower case, as users have it. Only who registers with it and with the token is let in.
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    -- SHA-256 of the token, which only the owner was shown.
    token_hash BYTEA NOT NULL,
    -- An owner: the invitation goes when the owner goes.
    invited_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (id),
    CONSTRAINT invitations_shop_id_email_key UNIQUE (shop_id, email),
    CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by, shop_id)
        REFERENCES memberships (user_id, shop_id) ON DELETE CASCADE,
    CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'staff', 'customer'))
);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by, shop_id);
CREATE INDEX invitations_expires_at_idx ON invitations (expires_at);

-- A shop keeps its record of somebody who left, since orders point at it. Here stands which shops these
-- are, so that erasing the user reaches them too.
CREATE TABLE former_members (
    user_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    CONSTRAINT former_members_pkey PRIMARY KEY (user_id, shop_id),
    CONSTRAINT former_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT former_members_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE
);
CREATE INDEX former_members_shop_id_idx ON former_members (shop_id);
