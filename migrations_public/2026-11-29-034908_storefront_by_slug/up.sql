-- A storefront is entered with the slug that its visitor asked for and the id that the server remembers for it: both must still
-- belong together. The function without the slug stays for the former release.
CREATE FUNCTION public.enter_storefront(p_schema text, p_slug text, p_version text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('shophouse.role', 'customer', true),
            set_config('shophouse.currency', shops.currency, true)
    FROM public.shops
    WHERE shops.id = substr(p_schema, 6)::uuid AND shops.slug = p_slug AND shops.state = 'active'
        AND shops.schema_version >= p_version AND shops.schema_floor <= p_version;
    IF FOUND THEN
        RETURN;
    END IF;

    PERFORM 1
    FROM public.shops
    WHERE shops.id = substr(p_schema, 6)::uuid AND shops.slug = p_slug AND shops.state = 'active';
    IF FOUND THEN
        RAISE EXCEPTION 'door:shop_upgrading';
    END IF;
    RAISE EXCEPTION 'door:no_storefront';
END
$$;

-- Functions are open to everybody unless closed; the engine opens it to the shop role.
REVOKE ALL ON FUNCTION public.enter_storefront(text, text, text) FROM PUBLIC;
