-- As public.enter, for a key in place of a session: the role is the lower one of the key's and its owner's.
CREATE OR REPLACE FUNCTION public.enter_with_key(
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

DROP FUNCTION public.enter_with_key(bytea, uuid, text, text, text, text);
-- A release without them would let such keys do more, and for longer.
DELETE FROM api_keys WHERE scopes IS NOT NULL OR expires_at IS NOT NULL;
DROP INDEX api_keys_expires_at_idx;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_scopes_check;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_previous_check;
ALTER TABLE api_keys DROP CONSTRAINT api_keys_previous_hash_key;
ALTER TABLE api_keys
    DROP COLUMN expires_at,
    DROP COLUMN scopes,
    DROP COLUMN last_used_at,
    DROP COLUMN rotated_at,
    DROP COLUMN previous_hash,
    DROP COLUMN previous_until;
