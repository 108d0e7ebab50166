-- Raises unless the connection stands in a shop and that shop's wall is whole: for migrations of several shops in one message,
-- none of which may go on to the next without it. Where the connection stands is given, since the function has a path of its own.
CREATE FUNCTION public.require_wall(p_stands_in text, p_schema text, p_shop_role text)
    RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_stands_in IS DISTINCT FROM p_schema THEN
        RAISE 'stands in %, not in %', p_stands_in, p_schema;
    END IF;
    IF EXISTS (SELECT FROM public.wall_faults(p_schema, p_shop_role)) THEN
        RAISE 'the wall of % is not whole', p_schema;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION public.require_wall(text, text, text) FROM PUBLIC;
