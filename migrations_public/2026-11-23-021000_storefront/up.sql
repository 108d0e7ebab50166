-- One more door, with the same rules as the others: may anybody look into the shop whose schema is p_schema, served by
-- a binary whose newest tenant migration is p_version? Whoever looks in is shown what a customer is shown.
CREATE FUNCTION public.enter_storefront(p_schema text, p_version text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_shop record;
BEGIN
    SELECT shops.state, shops.schema_version, shops.schema_floor, shops.currency
    INTO found_shop
    FROM public.shops
    WHERE shops.id = substr(p_schema, 6)::uuid;

    IF found_shop.state IS DISTINCT FROM 'active' THEN
        RAISE EXCEPTION 'door:no_storefront';
    ELSIF found_shop.schema_version < p_version OR found_shop.schema_floor > p_version THEN
        RAISE EXCEPTION 'door:shop_upgrading';
    END IF;

    PERFORM set_config('shophouse.role', 'customer', true),
            set_config('shophouse.currency', found_shop.currency, true);
END
$$;

-- Functions are open to everybody unless closed; the engine opens it to the shop role.
REVOKE ALL ON FUNCTION public.enter_storefront(text, text) FROM PUBLIC;
