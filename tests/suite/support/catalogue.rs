//! The description of a schema as lines that can be compared. On one node, Citus keeps a shop's rows in tables of the same schema, which
//! `pg_class` does not show.

use super::Sql;

/// One query for each kind of object in the schema `{schema}`.
const KINDS: &[&str] = &[
    "SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                      'not null: ' || a.attnotnull, 'default: ' || pg_get_expr(d.adbin, d.adrelid),
                      'collation: ' || a.attcollation::regcollation)
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind <> 'i'",
    "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
     FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace
       AND (conrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = conrelid))",
    "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = '{schema}'::regnamespace",
    "SELECT concat_ws(' ', pg_get_functiondef(oid), proacl) FROM pg_proc
     WHERE pronamespace = '{schema}'::regnamespace",
    "SELECT concat_ws(' ', 'relation', relkind::text, relname, relacl) FROM pg_class
     WHERE relnamespace = '{schema}'::regnamespace",
    "SELECT concat_ws(' ', 'type', t.typtype::text, t.typname) FROM pg_type t LEFT JOIN pg_type row ON row.oid = t.typelem
     WHERE t.typnamespace = '{schema}'::regnamespace
       AND (greatest(t.typrelid, row.typrelid) = 0
            OR EXISTS (SELECT FROM pg_class c WHERE c.oid = greatest(t.typrelid, row.typrelid)))",
    "SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname) FROM pg_trigger t
     JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = '{schema}'::regnamespace AND NOT tgisinternal",
];

/// Everything in a schema: columns, constraints, indexes, functions, relations, types, triggers.
pub fn describe(sql: &mut Sql, schema: &str) -> Vec<String> {
    let of = |kind: &&str| sql.column(kind.replace("{schema}", schema));
    let mut all: Vec<String> = KINDS.iter().flat_map(of).collect();
    all.sort_unstable();
    all
}
