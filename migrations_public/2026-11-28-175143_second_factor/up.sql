-- The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when the app is lost.
CREATE TABLE totp_factors (
    -- One a user.
    user_id UUID NOT NULL,
    -- Encrypted with the server's secret: who reads the database can make no codes.
    secret BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- When the user gave the first code. Before that, nothing asks for one.
    confirmed_at TIMESTAMPTZ,
    -- The time step of the last code that was accepted. No code of it or of an earlier one is accepted again.
    last_step BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT totp_factors_pkey PRIMARY KEY (user_id),
    CONSTRAINT totp_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL,
    -- SHA-256 of the code, which was shown once. Used ones are gone.
    code_hash BYTEA NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash),
    CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES totp_factors (user_id) ON DELETE CASCADE
);

-- Whether the shop's staff and owners must have a second factor.
ALTER TABLE shops ADD COLUMN require_second_factor BOOLEAN NOT NULL DEFAULT FALSE;

-- As before; and of a shop that requires a second factor, staff and owners without one are no more than customers. The table
-- of factors is read only for such shops.
CREATE OR REPLACE FUNCTION public.enter(p_session uuid, p_user uuid, p_schema text, p_role text, p_version text)
    RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_shop record;
BEGIN
    SELECT sessions.id AS session_id, shops.state, shops.schema_version, shops.schema_floor,
           shops.currency, shops.require_second_factor, memberships.role
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
    ELSIF found_shop.require_second_factor AND found_shop.role <> 'customer' THEN
        PERFORM 1 FROM public.totp_factors WHERE user_id = p_user AND confirmed_at IS NOT NULL;
        IF NOT FOUND THEN
            IF p_role <> 'customer' THEN
                RAISE EXCEPTION 'door:second_factor_required';
            END IF;
            found_shop.role := 'customer';
        END IF;
    END IF;

    PERFORM set_config('shophouse.role', found_shop.role, true),
            set_config('shophouse.currency', found_shop.currency, true);
END
$$;
