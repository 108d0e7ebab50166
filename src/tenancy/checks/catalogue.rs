//! The description of a shop's schema from PostgreSQL's catalogues: tables, columns, constraints, indexes, policies,
//! grants and all other objects. It does not contain the schema's name, so that two shops can be compared.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::tenancy::TenancyError;
use crate::tenancy::shop::ShopId;

/// The definition of each object of a schema, by the object's kind and name.
pub(in crate::tenancy) type SchemaDescription = BTreeMap<String, String>;

/// The description of the schema `$1`. Objects are found through `pg_depend` and indexes of the catalogues, never by a
/// filter on the schema, so that the cost does not grow with the number of shops. No shop is on `search_path`, so
/// PostgreSQL writes all names in full; the schema's name is then removed.
const DESCRIPTION: &str = "
    WITH held AS (
        SELECT d.classid, d.objid
        FROM pg_depend d
        WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace($1)
    ), relation AS (
        SELECT c.* FROM held h JOIN pg_class c ON c.oid = h.objid WHERE h.classid = 'pg_class'::regclass
    ), raw (object, definition) AS (
        SELECT 'schema',
               concat_ws(' ', 'owned by', nspowner::regrole, 'granted',
                         (SELECT array_agg(a::text ORDER BY a::text COLLATE \"C\") FROM unnest(nspacl) a))
        FROM pg_namespace WHERE oid = to_regnamespace($1)
        UNION ALL
        SELECT 'relation ' || relname,
               concat_ws(' ', CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                                           ELSE 'kind ' || relkind::text END,
                         'owned by', relowner::regrole,
                         CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END,
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
    ), description AS (
        SELECT replace(replace(object, $1 || '.', ''), $1, '{schema}') AS object,
               replace(replace(definition, $1 || '.', ''), $1, '{schema}') AS definition
        FROM raw
    )";

/// A hash of the description. For a shop without drift, PostgreSQL sends nothing else.
const FINGERPRINT: &str = "
    SELECT encode(sha256(convert_to(coalesce(string_agg(concat(object, E'\\t', definition), E'\\n'
                                                        ORDER BY object COLLATE \"C\", definition COLLATE \"C\"), ''),
                                    'UTF8')), 'hex') AS object,
           '' AS definition
    FROM description";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    object: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The description of a shop's schema; empty when there is no such schema. The current schema must be `public`.
///
/// # Errors
/// When the database fails.
pub(in crate::tenancy) fn describe(
    pg: &mut PgConnection,
    shop: ShopId,
) -> Result<SchemaDescription, TenancyError> {
    let query =
        format!("{DESCRIPTION} SELECT object, coalesce(definition, '') AS definition FROM description");
    let rows: Vec<Row> = diesel::sql_query(query).bind::<Text, _>(shop.schema()).load(pg)?;
    Ok(rows.into_iter().map(|row| (row.object, row.definition)).collect())
}

/// A hash of the schema's description. Two shops have the same one if their descriptions are the same.
///
/// # Errors
/// When the database fails.
pub(in crate::tenancy) fn fingerprint(pg: &mut PgConnection, shop: ShopId) -> Result<String, TenancyError> {
    let query = format!("{DESCRIPTION} {FINGERPRINT}");
    let row: Row = diesel::sql_query(query).bind::<Text, _>(shop.schema()).get_result(pg)?;
    Ok(row.object)
}
