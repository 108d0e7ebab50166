-- API keys that end, that may do only what they are for, and whose secret can be replaced.
ALTER TABLE api_keys
    -- Null: never.
    ADD COLUMN expires_at TIMESTAMPTZ,
    -- What the key is for, such as 'products:read'; null: all that its role may do, as with keys that are older than this.
    ADD COLUMN scopes TEXT[],
    -- When a request last came in with it, to the minute.
    ADD COLUMN last_used_at TIMESTAMPTZ,
    -- When its secret was last replaced.
    ADD COLUMN rotated_at TIMESTAMPTZ,
    -- The hash of the secret before that, and until when it is still accepted.
    ADD COLUMN previous_hash BYTEA,
    ADD COLUMN previous_until TIMESTAMPTZ;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_previous_hash_key UNIQUE (previous_hash);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_previous_check CHECK ((previous_hash IS NULL) = (previous_until IS NULL));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_check CHECK (cardinality(scopes) > 0);
CREATE INDEX api_keys_expires_at_idx ON api_keys (expires_at);

-- As public.enter, for a key in place of a session: the role is the lower one of the key's and its owner's, and p_scope is what
-- the request needs the key to be for. A binary that knows no scopes passes null, and gets no key in that has some.
CREATE FUNCTION public.enter_with_key(
    p_key_hash bytea, p_user uuid, p_schema text, p_role text, p_version text, p_scope text
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles CONSTANT text[] := ARRAY['customer', 'staff', 'owner'];
    found_shop record;
    reach int;
BEGIN
    SELECT api_keys.id AS key_id, api_keys.role AS key_role, api_keys.scopes, shops.state, shops.schema_version,
           shops.schema_floor, shops.currency, memberships.role,
           least(api_keys.expires_at, CASE WHEN api_keys.previous_hash = p_key_hash THEN api_keys.previous_until END)
               <= now() AS expired
    INTO found_shop
    FROM (VALUES (1)) AS one (row)
    LEFT JOIN public.api_keys
        ON (api_keys.key_hash = p_key_hash OR api_keys.previous_hash = p_key_hash) AND api_keys.user_id = p_user
        AND api_keys.shop_id = substr(p_schema, 6)::uuid
    LEFT JOIN public.shops ON shops.id = api_keys.shop_id
    LEFT JOIN public.memberships
        ON memberships.user_id = api_keys.user_id AND memberships.shop_id = api_keys.shop_id;

    reach := least(array_position(roles, found_shop.key_role), array_position(roles, found_shop.role));
    IF found_shop.key_id IS NULL OR (found_shop.expired AND p_scope IS NULL) THEN
        RAISE EXCEPTION 'door:key_revoked';
    ELSIF found_shop.expired THEN
        RAISE EXCEPTION 'door:key_expired';
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
    ELSIF reach < array_position(roles, p_role) OR (found_shop.scopes IS NOT NULL AND p_scope IS NULL) THEN
        RAISE EXCEPTION 'door:forbidden';
    ELSIF p_scope <> ALL (found_shop.scopes) THEN
        RAISE EXCEPTION 'door:insufficient_scope';
    END IF;

    PERFORM set_config('shophouse.role', roles[reach], true),
            set_config('shophouse.currency', found_shop.currency, true);
END
$$;
REVOKE ALL ON FUNCTION public.enter_with_key(bytea, uuid, text, text, text, text) FROM PUBLIC;

-- For a binary of the release before this one, in a rolling upgrade.
CREATE OR REPLACE FUNCTION public.enter_with_key(
    p_key_hash bytea, p_user uuid, p_schema text, p_role text, p_version text
) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM public.enter_with_key(p_key_hash, p_user, p_schema, p_role, p_version, NULL);
END
$$;
