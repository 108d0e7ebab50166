-- API keys: for scripts, in one shop, with a role of their own.
CREATE TABLE api_keys (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    shop_id UUID NOT NULL,
    -- What the key may do at the most; its owner's own role bounds it too.
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of the key, which was shown once.
    key_hash BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
    -- Keys go with the membership.
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id, shop_id)
        REFERENCES memberships (user_id, shop_id) ON DELETE CASCADE,
    CONSTRAINT api_keys_role_check CHECK (role IN ('owner', 'staff', 'customer'))
);
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id, shop_id);

-- As public.enter, for a key in place of a session: the role is the lower one of the key's and its owner's.
CREATE FUNCTION public.enter_with_key(
    p_key_hash bytea, p_user uuid, p_schema text, p_role text, p_version text
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles CONSTANT text[] := ARRAY['customer', 'staff', 'owner'];
    found_shop record;
    reach int;
BEGIN
    SELECT api_keys.id AS key_id, api_keys.role AS key_role, shops.state, shops.schema_version,
           shops.schema_floor, shops.currency, memberships.role
    INTO found_shop
    FROM (VALUES (1)) AS one (row)
    LEFT JOIN public.api_keys
        ON api_keys.key_hash = p_key_hash AND api_keys.user_id = p_user
        AND api_keys.shop_id = substr(p_schema, 6)::uuid
    LEFT JOIN public.shops ON shops.id = api_keys.shop_id
    LEFT JOIN public.memberships
        ON memberships.user_id = api_keys.user_id AND memberships.shop_id = api_keys.shop_id;

    reach := least(array_position(roles, found_shop.key_role), array_position(roles, found_shop.role));
    IF found_shop.key_id IS NULL THEN
        RAISE EXCEPTION 'door:key_revoked';
    ELSIF found_shop.role IS NULL THEN
        RAISE EXCEPTION 'door:not_a_member';
    ELSIF found_shop.state = 'suspended' THEN
        RAISE EXCEPTION 'door:shop_suspended';
    ELSIF found_shop.state = 'deleting' THEN
        RAISE EXCEPTION 'door:shop_deleting';
    ELSIF found_shop.state = 'failed' THEN
        RAISE EXCEPTION 'door:shop_failed';
    ELSIF found_shop.schema_version < p_version OR found_shop.schema_floor > p_version THEN
        RAISE EXCEPTION 'door:shop_upgrading';
    ELSIF reach < array_position(roles, p_role) THEN
        RAISE EXCEPTION 'door:forbidden';
    END IF;

    PERFORM set_config('shophouse.role', roles[reach], true),
            set_config('shophouse.currency', found_shop.currency, true);
END
$$;
REVOKE ALL ON FUNCTION public.enter_with_key(bytea, uuid, text, text, text) FROM PUBLIC;
