//! Row-level security: the policy on every table of a shop, and the refusal of everything that would bypass it.
//!
//! The policy returns rows only while `current_schema()` is the shop's schema. The whole comparison is in a sub-select,
//! for two reasons. PostgreSQL computes it once a query and not once a row (`./dev bench rules` measures that). And the
//! planner expects half of the rows to pass a Boolean sub-select, but one in 200 to pass a comparison with one: then it
//! would sort all rows of a filter instead of reading one page from an index.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use crate::tenancy::TenancyError;
use crate::tenancy::citus::Server;
use crate::tenancy::shop::ShopId;

/// Finds what is wrong with a shop's tables. `public.wall_faults` is created by a migration of `public`, and
/// [`Fault::bypass`] must know every word that it returns. Reads the current schema too, in case a migration changed it.
const FAULTS: &str = "SELECT current_schema()::text AS current_schema, name, fault \
                      FROM (SELECT) AS always LEFT JOIN public.wall_faults($1, $2) ON true";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    current_schema: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    fault: Option<String>,
}

/// An object that lacks its policy or right, or that would bypass the policies.
struct Fault {
    name: String,
    fault: String,
}

/// Refuses what would bypass the policies of a shop, and creates the policy and grants the shop role's rights on the
/// tables that lack them. The current schema must be the shop's.
///
/// # Errors
/// [`TenancyError::Bypass`] names the first object that would bypass a policy; roll the transaction back then.
pub(in crate::tenancy) fn enforce(
    server: Server,
    pg: &mut PgConnection,
    shop: ShopId,
    shop_role: &str,
) -> Result<(), TenancyError> {
    let schema = shop.schema();
    let faults = faults(pg, &schema, shop_role)?;
    if let Some(what) = faults.iter().find_map(Fault::bypass) {
        return Err(TenancyError::Bypass { schema, what });
    }
    let statements: String = faults.iter().map(|fault| fault.fix(server, &schema, shop_role)).collect();
    if !statements.is_empty() {
        server.execute(pg, &statements)?;
    }
    Ok(())
}

/// Gives the policies of a shop the form that the server wants, which may have been another one when they were created.
pub(in crate::tenancy) fn renew(server: Server, pg: &mut PgConnection, shop: ShopId) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let schema = shop.schema();
    let tables: Vec<Table> = diesel::sql_query(
        "SELECT polrelid::regclass::text AS name FROM pg_depend JOIN pg_policy ON polrelid = objid \
         WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_namespace'::regclass \
           AND refobjid = to_regnamespace($1) AND polname = 'wall'",
    )
    .bind::<Text, _>(&schema)
    .load(pg)?;
    let condition = server.policy(&schema);
    let alter = |table: &Table| format!("ALTER POLICY wall ON {} USING ({condition});", table.name);
    server.execute(pg, &tables.iter().map(alter).collect::<String>())
}

/// A statement that fails unless the current schema is the shop's and all its policies and rights are in place.
pub(in crate::tenancy) fn assertion(shop: ShopId, shop_role: &str) -> String {
    format!("SELECT public.require_wall(current_schema()::text, '{}', '{shop_role}')", shop.schema())
}

/// SQL that creates the policies of tables that have none, and grants the shop role its rights on them.
pub(in crate::tenancy) fn creation(server: Server, schema: &str, shop_role: &str, tables: &[&str]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let condition = server.policy(schema);
    let policy = |table: &&str| {
        format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY wall ON {table} USING ({condition});\n"
        )
    };
    let policies: String = tables.iter().map(policy).collect();
    format!("{policies}GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {shop_role};", tables.join(", "))
}

fn faults(pg: &mut PgConnection, schema: &str, shop_role: &str) -> Result<Vec<Fault>, TenancyError> {
    let rows: Vec<Row> =
        diesel::sql_query(FAULTS).bind::<Text, _>(schema).bind::<Text, _>(shop_role).load(pg)?;
    let current_schema = rows.first().and_then(|row| row.current_schema.clone());
    if current_schema.as_deref() != Some(schema) {
        let found = current_schema.unwrap_or_else(|| "missing".to_owned());
        return Err(TenancyError::WrongSchema { expected: schema.to_owned(), found });
    }
    let fault = |row: Row| Some(Fault { name: row.name?, fault: row.fault? });
    Ok(rows.into_iter().filter_map(fault).collect())
}

impl Fault {
    /// The statements that repair it.
    fn fix(&self, server: Server, schema: &str, shop_role: &str) -> String {
        let table = format!("{schema}.\"{}\"", self.name.replace('"', "\"\""));
        if self.fault == "no_right" {
            return format!("GRANT SELECT ON {table} TO {shop_role};");
        }
        let creation = creation(server, schema, shop_role, &[&table]);
        format!("DROP POLICY IF EXISTS wall ON {table}; {creation}")
    }

    /// Why it would bypass the policies; none if [`Fault::fix`] repairs it.
    fn bypass(&self) -> Option<String> {
        let name = &self.name;
        Some(match self.fault.as_str() {
            "no_wall" | "no_right" => return None,
            "foreign_key" => {
                format!("table {name}: a foreign key leaves the schema; point it at people")
            }
            "other_policy" => {
                format!("table {name}: has a second policy; with each policy more rows are visible")
            }
            "definer" => format!("function {name}: SECURITY DEFINER runs as its owner"),
            "large_object" => format!("large object {name}: has no policies and no schema; use bytea"),
            "relation_v" => {
                format!("view {name}: reads as its owner; make it WITH (security_invoker = true)")
            }
            "relation_m" => format!("materialised view {name}: has no policies; use a table"),
            "relation_S" => {
                format!("sequence {name}: has no policies; use a row of a table, or a UUID")
            }
            other => format!("{name}: {other}, which cannot have a policy"),
        })
    }
}
