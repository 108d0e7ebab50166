//! The wall: a policy on every table of a shop, so that PostgreSQL shows its rows only to a connection
//! that stands in the shop's schema; and the refusal of everything that would be a hole in it.
//!
//! The policy compares `current_schema()` inside a sub-select, which PostgreSQL computes once a query
//! and not once a row; `./dev bench rules` prints what that is worth. The comparison too stands inside: of a sub-select
//! that is compared PostgreSQL expects one row in 200 to pass, of one that is true or false every other. With the first
//! it would read all rows of a filter and sort them, where it need only walk an index for the rows of a page.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::{ShopId, TenancyError};

/// Diesel's bookkeeping, which the shop role has no business with.
const BOOKKEEPING: &str = "__diesel_schema_migrations";

/// What a schema holds, found through `pg_depend`: reading `pg_class` by its schema costs more
/// with every shop there is.
const RELATIONS: &str = "
    SELECT c.relname::text AS name,
           c.relkind::text AS kind,
           c.relrowsecurity AS walled,
           coalesce(c.reloptions @> ARRAY['security_invoker=true'], false) AS invoker,
           EXISTS (SELECT FROM pg_policy p
                   WHERE p.polrelid = c.oid AND p.polname = 'wall'
                     AND p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}' AND p.polwithcheck IS NULL
                     AND pg_get_expr(p.polqual, c.oid)
                         = format('( SELECT (\"current_schema\"() = %L::name))', $1))
               AS policy,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname <> 'wall') AS other_policy,
           EXISTS (SELECT FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid
                   WHERE f.conrelid = c.oid AND f.contype = 'f' AND t.relnamespace <> c.relnamespace)
               AS leaves
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_namespace'::regclass
      AND d.refobjid = to_regnamespace($1)
    ORDER BY c.relname";

const ROUTINES: &str = "
    SELECT p.proname::text AS name
    FROM pg_depend d
    JOIN pg_proc p ON p.oid = d.objid
    WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_namespace'::regclass
      AND d.refobjid = to_regnamespace($1) AND p.prosecdef";

const LARGE_OBJECTS: &str = "SELECT 'large object ' || oid AS name FROM pg_largeobject_metadata LIMIT 1";

#[derive(QueryableByName)]
#[expect(clippy::struct_excessive_bools, reason = "a row of facts")]
struct Relation {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    walled: bool,
    #[diesel(sql_type = Bool)]
    invoker: bool,
    #[diesel(sql_type = Bool)]
    policy: bool,
    #[diesel(sql_type = Bool)]
    other_policy: bool,
    #[diesel(sql_type = Bool)]
    leaves: bool,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Refuses what would be a hole in a shop's wall, and raises the wall on the tables that have none yet:
/// their policy, and the shop role's rights.
///
/// # Errors
/// [`TenancyError::Hole`] names the first hole found; the transaction is then to be rolled back.
pub(super) fn raise(pg: &mut PgConnection, shop: ShopId, shop_role: &str) -> Result<(), TenancyError> {
    let schema = shop.schema();
    let relations: Vec<Relation> = diesel::sql_query(RELATIONS).bind::<Text, _>(&schema).load(pg)?;
    if let Some(what) = relations.iter().find_map(hole) {
        return Err(TenancyError::Hole { schema, what });
    }
    refuse_routines(pg, &schema)?;
    let statements: String = relations
        .iter()
        .filter(|relation| relation.name != BOOKKEEPING)
        .filter_map(|relation| walling(relation, &schema, shop_role))
        .collect();
    if !statements.is_empty() {
        pg.batch_execute(&statements)?;
    }
    Ok(())
}

/// The statements that one relation lacks.
fn walling(relation: &Relation, schema: &str, shop_role: &str) -> Option<String> {
    let table = format!("{schema}.\"{}\"", relation.name.replace('"', "\"\""));
    match relation.kind.as_str() {
        "r" | "p" if relation.walled && relation.policy => None,
        "r" | "p" => Some(format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             DROP POLICY IF EXISTS wall ON {table};
             CREATE POLICY wall ON {table} USING ((SELECT current_schema() = '{schema}'));
             GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {shop_role};"
        )),
        "v" => Some(format!("GRANT SELECT ON {table} TO {shop_role};")),
        _ => None,
    }
}

fn hole(relation: &Relation) -> Option<String> {
    let name = &relation.name;
    match relation.kind.as_str() {
        "r" | "p" if relation.leaves => {
            Some(format!("table {name}: a foreign key leaves the schema; point it at people"))
        }
        "r" | "p" if relation.other_policy => {
            Some(format!("table {name}: a policy beside the wall's; policies add up to more rows"))
        }
        "r" | "p" | "c" | "i" | "I" => None,
        "v" if relation.invoker => None,
        "v" => Some(format!("view {name}: reads as its owner; make it WITH (security_invoker = true)")),
        "m" => Some(format!("materialised view {name}: has no policies; use a table")),
        "S" => Some(format!("sequence {name}: has no policies; use a row of a table, or a UUID")),
        _ => Some(format!("{name}: an object of kind {:?}, on which no policy can stand", relation.kind)),
    }
}

fn refuse_routines(pg: &mut PgConnection, schema: &str) -> Result<(), TenancyError> {
    let routines: Vec<Named> = diesel::sql_query(ROUTINES).bind::<Text, _>(schema).load(pg)?;
    let large: Vec<Named> = diesel::sql_query(LARGE_OBJECTS).load(pg)?;
    let what = match (routines.first(), large.first()) {
        (Some(routine), _) => format!("function {}: SECURITY DEFINER runs as its owner", routine.name),
        (None, Some(object)) => format!("{}: has no policies and no schema; use bytea", object.name),
        (None, None) => return Ok(()),
    };
    Err(TenancyError::Hole { schema: schema.to_owned(), what })
}
