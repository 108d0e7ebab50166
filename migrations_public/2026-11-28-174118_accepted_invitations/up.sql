-- An invitation is for whoever holds its token, with an account or without one, and makes nobody a member until it is accepted.

-- A member who is to have a higher role, and the only one who may accept it; null for whoever is invited from outside.
ALTER TABLE invitations ADD COLUMN user_id UUID;
-- The offer goes when the member goes.
ALTER TABLE invitations ADD CONSTRAINT invitations_user_id_fkey FOREIGN KEY (user_id, shop_id)
    REFERENCES memberships (user_id, shop_id) ON DELETE CASCADE;
CREATE INDEX invitations_user_id_idx ON invitations (user_id, shop_id);
-- Finds the invitations for a proved address.
CREATE INDEX invitations_email_idx ON invitations (email, id);

-- When an owner removed the person: invitations from before do not let the person in again.
ALTER TABLE removed_members ADD COLUMN removed_at TIMESTAMPTZ NOT NULL DEFAULT now();

-- How many invitations a shop, or an owner in all shops, has made in a day, and when a shop or all shops last sent one to an
-- address. It outlives the invitations, so revoking them gives nobody more.
CREATE TABLE invitation_counts (
    -- SHA-256 of what is counted for.
    subject BYTEA NOT NULL,
    made INTEGER NOT NULL,
    -- The count restarts then.
    ends_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT invitation_counts_pkey PRIMARY KEY (subject)
);
CREATE INDEX invitation_counts_ends_at_idx ON invitation_counts (ends_at);
