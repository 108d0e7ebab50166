-- The doors: functions that decide, as the owner, whether a request may go on. They are called in
-- the message that begins its transaction, and raise otherwise. The message after 'door:' is read by
-- the application; keep the two in step.

-- May this session of this user act at all?
CREATE FUNCTION public.enter_session(p_session uuid, p_user uuid) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM 1 FROM public.sessions
    WHERE id = p_session AND user_id = p_user AND revoked_at IS NULL AND expires_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'door:session_revoked';
    END IF;
END
$$;

-- May this session of this user enter the shop whose schema is p_schema, with at
-- least the role p_role, served by a binary whose newest tenant migration is p_version?
-- Leaves the caller's role and the shop's currency in settings that end with the transaction.
CREATE FUNCTION public.enter(p_session uuid, p_user uuid, p_schema text, p_role text, p_version text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_shop record;
BEGIN
    SELECT sessions.id AS session_id, shops.state, shops.schema_version, shops.schema_floor,
           shops.currency, memberships.role
    INTO found_shop
    FROM (VALUES (1)) AS one (row)
    LEFT JOIN public.sessions
        ON sessions.id = p_session AND sessions.user_id = p_user
        AND sessions.revoked_at IS NULL AND sessions.expires_at > now()
    LEFT JOIN public.shops ON shops.id = substr(p_schema, 6)::uuid
    LEFT JOIN public.memberships
        ON memberships.user_id = p_user AND memberships.shop_id = shops.id;

    IF found_shop.session_id IS NULL THEN
        RAISE EXCEPTION 'door:session_revoked';
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
    ELSIF array_position(ARRAY['customer', 'staff', 'owner'], found_shop.role)
        < array_position(ARRAY['customer', 'staff', 'owner'], p_role) THEN
        RAISE EXCEPTION 'door:forbidden';
    END IF;

    PERFORM set_config('shophouse.role', found_shop.role, true),
            set_config('shophouse.currency', found_shop.currency, true);
END
$$;

-- Functions are open to everybody unless closed; the engine opens each to the role that needs it.
REVOKE ALL ON FUNCTION public.enter_session(uuid, uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.enter(uuid, uuid, text, text, text) FROM PUBLIC;
