-- Who was removed from a shop by one of its owners, and may not join it again without an owner. Whoever leaves a shop has
-- no row here. About those who left or were removed before this table existed, nothing is known: they may join again.
CREATE TABLE removed_members (
    shop_id UUID NOT NULL,
    -- SHA-256 of the shop's id and the address that the user had. It stays when the user is erased: whoever registers with
    -- the address again is still recognised, without the address being stored.
    email_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    CONSTRAINT removed_members_pkey PRIMARY KEY (shop_id, email_hash),
    CONSTRAINT removed_members_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
    CONSTRAINT removed_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX removed_members_user_id_idx ON removed_members (user_id, shop_id);
