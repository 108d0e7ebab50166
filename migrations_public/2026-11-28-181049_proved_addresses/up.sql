-- Addresses are proved: by the token of a message that was sent to them. A string alone proves nothing.

-- When the user proved the address; null if never. A changed address is not proved.
ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMPTZ;

-- Addresses that somebody has still to prove. A row is good for one use, and for a day.
CREATE TABLE address_proofs (
    -- SHA-256 of the token, which only the message has.
    token_hash BYTEA NOT NULL,
    -- The address, as users have it.
    email TEXT NOT NULL,
    -- What it is for: `own`, the address that the user has; `change`, one that the user wants instead; `claim`, an address that
    -- another user has without a proof: whoever proves it gets a new account, made of the columns below. `none` is for
    -- nothing: it is written where there is nothing to prove, so that this takes as long.
    purpose TEXT NOT NULL,
    user_id UUID,
    password_hash TEXT,
    name TEXT,
    -- The shop to join, and the hash of an invitation's token to accept, with the proof.
    shop_id UUID,
    invitation_hash BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT address_proofs_pkey PRIMARY KEY (token_hash),
    CONSTRAINT address_proofs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT address_proofs_purpose_check CHECK (purpose IN ('own', 'change', 'claim', 'none')),
    CONSTRAINT address_proofs_user_check CHECK (purpose NOT IN ('own', 'change') OR user_id IS NOT NULL),
    CONSTRAINT address_proofs_claim_check CHECK (
        purpose <> 'claim' OR (password_hash IS NOT NULL AND name IS NOT NULL)
    )
);
CREATE INDEX address_proofs_user_id_idx ON address_proofs (user_id);
CREATE INDEX address_proofs_email_idx ON address_proofs (email);
CREATE INDEX address_proofs_expires_at_idx ON address_proofs (expires_at);
