//! What a shop's schema holds, in facts that do not depend on its name: tables, columns, constraints, indexes,
//! policies, grants, and whatever else there may be.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::tenancy::TenancyError;
use crate::tenancy::shop::ShopId;

/// What each object of a schema is like, by kind and name.
pub(in crate::tenancy) type Facts = BTreeMap<String, String>;

/// The facts of the schema `$1`. All is found through `pg_depend` and the indexes of the catalogues, never by a
/// filter on the schema, so that it costs the same beside any number of shops. The path holds no shop, so
/// that PostgreSQL writes all names out in full; the schema's own is then taken out.
const FACTS: &str = "
    WITH held AS (
        SELECT d.classid, d.objid
        FROM pg_depend d
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)
    ), relation AS (
        SELECT c.* FROM held h JOIN pg_class c ON c.oid = h.objid WHERE h.classid = 'pg_class'::regclass
    ), raw (object, fact) AS (
        SELECT 'schema',
               concat_ws(' ', 'owned by', nspowner::regrole, 'granted',
                         (SELECT array_agg(a::text ORDER BY a::text COLLATE \"C\") FROM unnest(nspacl) a))
        FROM pg_namespace WHERE oid = to_regnamespace($1)
        UNION ALL
        SELECT 'relation ' || relname,
               concat_ws(' ', CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                                           ELSE 'kind ' || relkind::text END,
                         'owned by', relowner::regrole,
                         CASE WHEN relrowsecurity THEN 'walled' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
                         reloptions, 'granted',
                         (SELECT array_agg(a::text ORDER BY a::text COLLATE \"C\") FROM unnest(relacl) a),
                         CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END)
        FROM relation
        UNION ALL
        SELECT format('column %s.%s', r.relname, a.attname),
               concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                         'DEFAULT ' || pg_get_expr(f.adbin, f.adrelid), nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''),
                         'COLLATE ' || nullif(a.attcollation, 0)::regcollation,
                         'granted ' || (SELECT array_agg(g::text ORDER BY g::text COLLATE \"C\")::text
                                        FROM unnest(a.attacl) g))
        FROM relation r
        JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
        UNION ALL
        SELECT format('constraint %s on %s', k.conname, r.relname), pg_get_constraintdef(k.oid)
        FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
        UNION ALL
        SELECT format('index %s', x.relname),
               concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'not valid' END)
        FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
        UNION ALL
        SELECT format('policy %s on %s', p.polname, r.relname),
               concat_ws(' ', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, p.polcmd, p.polroles::regrole[],
                         'USING ' || pg_get_expr(p.polqual, r.oid), 'WITH CHECK ' || pg_get_expr(p.polwithcheck, r.oid))
        FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
        UNION ALL
        SELECT format('trigger %s on %s', t.tgname, r.relname), concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
        FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
        UNION ALL
        SELECT format('function %s', p.oid::regprocedure),
               concat_ws(' ', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, p.proowner::regrole, p.proacl)
        FROM held h JOIN pg_proc p ON p.oid = h.objid WHERE h.classid = 'pg_proc'::regclass
        UNION ALL
        SELECT format('%s %s', o.type, o.identity), 'is there'
        FROM held h, pg_identify_object(h.classid, h.objid, 0) o
        WHERE h.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass)
    ), facts AS (
        SELECT replace(replace(object, $1 || '.', ''), $1, '{schema}') AS object,
               replace(replace(fact, $1 || '.', ''), $1, '{schema}') AS fact
        FROM raw
    )";

/// One value for all of them, so that of a shop that is as it should be nothing else is sent.
const FINGERPRINT: &str = "
    SELECT encode(sha256(convert_to(coalesce(string_agg(concat(object, E'\\t', fact), E'\\n'
                                                        ORDER BY object COLLATE \"C\", fact COLLATE \"C\"), ''),
                                    'UTF8')), 'hex') AS object,
           '' AS fact
    FROM facts";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    object: String,
    #[diesel(sql_type = Text)]
    fact: String,
}

/// The facts of a shop's schema; none when there is no such schema. `pg` stands in `public`.
///
/// # Errors
/// When the database fails.
pub(in crate::tenancy) fn of(pg: &mut PgConnection, shop: ShopId) -> Result<Facts, TenancyError> {
    let query = format!("{FACTS} SELECT object, coalesce(fact, '') AS fact FROM facts");
    let rows: Vec<Row> = diesel::sql_query(query).bind::<Text, _>(shop.schema()).load(pg)?;
    Ok(rows.into_iter().map(|row| (row.object, row.fact)).collect())
}

/// The same for two shops whose facts are the same, and only for them.
///
/// # Errors
/// When the database fails.
pub(in crate::tenancy) fn fingerprint(pg: &mut PgConnection, shop: ShopId) -> Result<String, TenancyError> {
    let query = format!("{FACTS} {FINGERPRINT}");
    let row: Row = diesel::sql_query(query).bind::<Text, _>(shop.schema()).get_result(pg)?;
    Ok(row.object)
}
