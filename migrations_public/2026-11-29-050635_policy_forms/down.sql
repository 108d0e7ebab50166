-- The function as it was before.
CREATE OR REPLACE FUNCTION public.wall_faults(p_schema text, p_shop_role text)
    RETURNS TABLE (name text, fault text)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    -- The few rows of one shop are looked up one by one, by plans that are made once. While a fleet grows, the planner's
    -- statistics are behind it: it would read whole catalogues, with parallel workers, to find a dozen rows.
    SET enable_seqscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET max_parallel_workers_per_gather = 0
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    found_schema oid := to_regnamespace(p_schema);
    wall text := format('( SELECT ("current_schema"() = %L::name))', p_schema);
    relations oid[] := ARRAY(
        SELECT d.objid FROM pg_depend d
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = found_schema
          AND d.classid = 'pg_class'::regclass);
BEGIN
    RETURN QUERY
        SELECT c.relname::text,
               CASE WHEN c.relkind IN ('r', 'p') THEN 'no_wall'
                    WHEN c.relkind = 'v' AND coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)
                        THEN 'no_right'
                    ELSE 'relation_' || c.relkind::text END
        FROM pg_class c
        LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'wall'
        WHERE c.oid = ANY (relations) AND c.relkind NOT IN ('c', 'i', 'I')
          AND c.relname <> '__diesel_schema_migrations'
          AND NOT coalesce(
              CASE WHEN c.relkind IN ('r', 'p') THEN
                  c.relrowsecurity AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
                  AND p.polwithcheck IS NULL
                  -- Without the table, which would be read in as a whole; the wall's policy names no column.
                  AND CASE WHEN p.polqual::text LIKE '%{VAR %' THEN false
                           ELSE pg_get_expr(p.polqual, 0) = wall END
              WHEN c.relkind = 'v' THEN
                  c.reloptions @> ARRAY['security_invoker=true']
                  AND has_table_privilege(p_shop_role, c.oid, 'SELECT')
              END, false);
    RETURN QUERY
        SELECT c.relname::text, 'other_policy' FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polrelid = ANY (relations) AND p.polname <> 'wall';
    RETURN QUERY
        SELECT c.relname::text, 'foreign_key' FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        WHERE f.conrelid = ANY (relations) AND f.contype = 'f' AND f.confrelid <> ALL (relations);
    RETURN QUERY
        SELECT p.proname::text, 'definer' FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = found_schema
          AND d.classid = 'pg_proc'::regclass AND p.prosecdef;
    RETURN QUERY
        SELECT l.oid::text, 'large_object' FROM pg_largeobject_metadata l LIMIT 1;
END
$$;
