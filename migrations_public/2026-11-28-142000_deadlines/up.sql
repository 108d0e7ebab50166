-- What in a shop ends by itself at its time, such as an order that nobody pays. What is due in any shop is found here: nothing
-- visits shops for it, so an idle shop costs nothing.

-- How long a customer's order waits for its payment; 0 means for ever.
ALTER TABLE shops ADD COLUMN order_hold_minutes INTEGER NOT NULL DEFAULT 60;
ALTER TABLE shops ADD CONSTRAINT shops_order_hold_minutes_check CHECK (order_hold_minutes BETWEEN 0 AND 43200);

-- The time at which to look at something in a shop. The shop's own row says whether it really ends then. No foreign key to
-- shops: it would lock the shop's row, and an order would wait for a migration of the shop that waits for the order. Whoever
-- erases a shop deletes its rows.
CREATE TABLE deadlines (
    shop_id UUID NOT NULL,
    item_id UUID NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT deadlines_pkey PRIMARY KEY (shop_id, item_id)
);
CREATE INDEX deadlines_due_at_idx ON deadlines (due_at);
CREATE INDEX deadlines_shop_id_idx ON deadlines (shop_id, due_at);

-- The two functions that a shop calls come in pairs. The first of a pair reads where its caller stands and passes that on: a
-- function with a search_path of its own could not see it, and an argument could name another shop. So it has the caller's
-- path, and depends on none of it: each name has its schema, and there is neither operator nor cast. Only the owner may call
-- the second one.

-- Notes that something new ends when the shop's time is over. Returns that time; null if it never ends.
CREATE FUNCTION public.begin_hold_in(p_schema name, p_item uuid, p_from timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_due timestamptz;
BEGIN
    INSERT INTO public.deadlines (shop_id, item_id, due_at)
    SELECT shops.id, p_item, p_from + make_interval(mins => shops.order_hold_minutes)
    FROM public.shops
    WHERE shops.id = substr(p_schema::text, 6)::uuid AND shops.order_hold_minutes > 0
    RETURNING due_at INTO found_due;
    RETURN found_due;
END
$$;
REVOKE ALL ON FUNCTION public.begin_hold_in(name, uuid, timestamptz) FROM PUBLIC;

CREATE FUNCTION public.begin_hold(p_item uuid, p_from timestamptz) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
BEGIN
    RETURN public.begin_hold_in(pg_catalog.current_schema(), p_item, p_from);
END
$$;
REVOKE ALL ON FUNCTION public.begin_hold(uuid, timestamptz) FROM PUBLIC;

-- Notes another time for something that is held; null if it never ends.
CREATE FUNCTION public.change_hold_in(p_schema name, p_item uuid, p_until timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this_shop CONSTANT uuid := substr(p_schema::text, 6)::uuid;
BEGIN
    IF p_until IS NULL THEN
        DELETE FROM public.deadlines WHERE shop_id = this_shop AND item_id = p_item;
    ELSE
        INSERT INTO public.deadlines (shop_id, item_id, due_at)
        VALUES (this_shop, p_item, p_until)
        ON CONFLICT (shop_id, item_id) DO UPDATE SET due_at = excluded.due_at;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION public.change_hold_in(name, uuid, timestamptz) FROM PUBLIC;

CREATE FUNCTION public.change_hold(p_item uuid, p_until timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
BEGIN
    PERFORM public.change_hold_in(pg_catalog.current_schema(), p_item, p_until);
END
$$;
REVOKE ALL ON FUNCTION public.change_hold(uuid, timestamptz) FROM PUBLIC;
