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
use diesel::sql_types::{Nullable, Text};

use crate::tenancy::TenancyError;
use crate::tenancy::shop::ShopId;

/// Made by a migration of `public`; keep its words and those of [`Fault::hole`] in step. Where the connection stands is
/// asked with it: a migration might have moved it.
const FAULTS: &str = "SELECT current_schema()::text AS stands_in, name, fault \
                      FROM (SELECT) AS always LEFT JOIN public.wall_faults($1, $2) ON true";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    stands_in: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    fault: Option<String>,
}

/// What the wall lacks at one object, or what would be a hole in it.
struct Fault {
    name: String,
    fault: String,
}

/// Refuses what would be a hole in a shop's wall, and raises the wall on the tables that have none yet:
/// their policy, and the shop role's rights. The connection must stand in the shop.
///
/// # Errors
/// [`TenancyError::Hole`] names the first hole found; the transaction is then to be rolled back.
pub(in crate::tenancy) fn raise(
    pg: &mut PgConnection,
    shop: ShopId,
    shop_role: &str,
) -> Result<(), TenancyError> {
    let schema = shop.schema();
    let faults = faults(pg, &schema, shop_role)?;
    if let Some(what) = faults.iter().find_map(Fault::hole) {
        return Err(TenancyError::Hole { schema, what });
    }
    let statements: String = faults.iter().map(|fault| fault.mending(&schema, shop_role)).collect();
    if !statements.is_empty() {
        pg.batch_execute(&statements)?;
    }
    Ok(())
}

/// The statement that fails unless the connection stands in the shop and the shop's wall is whole.
pub(in crate::tenancy) fn assertion(shop: ShopId, shop_role: &str) -> String {
    format!("SELECT public.require_wall(current_schema()::text, '{}', '{shop_role}')", shop.schema())
}

fn faults(pg: &mut PgConnection, schema: &str, shop_role: &str) -> Result<Vec<Fault>, TenancyError> {
    let rows: Vec<Row> =
        diesel::sql_query(FAULTS).bind::<Text, _>(schema).bind::<Text, _>(shop_role).load(pg)?;
    let stands_in = rows.first().and_then(|row| row.stands_in.clone());
    if stands_in.as_deref() != Some(schema) {
        let found = stands_in.unwrap_or_else(|| "missing".to_owned());
        return Err(TenancyError::WrongSchema { expected: schema.to_owned(), found });
    }
    let fault = |row: Row| Some(Fault { name: row.name?, fault: row.fault? });
    Ok(rows.into_iter().filter_map(fault).collect())
}

impl Fault {
    /// The statements that mend it.
    fn mending(&self, schema: &str, shop_role: &str) -> String {
        let table = format!("{schema}.\"{}\"", self.name.replace('"', "\"\""));
        if self.fault == "no_right" {
            return format!("GRANT SELECT ON {table} TO {shop_role};");
        }
        format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             DROP POLICY IF EXISTS wall ON {table};
             CREATE POLICY wall ON {table} USING ((SELECT current_schema() = '{schema}'));
             GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {shop_role};"
        )
    }

    /// What it is when it cannot be mended.
    fn hole(&self) -> Option<String> {
        let name = &self.name;
        Some(match self.fault.as_str() {
            "no_wall" | "no_right" => return None,
            "foreign_key" => {
                format!("table {name}: a foreign key leaves the schema; point it at people")
            }
            "other_policy" => {
                format!("table {name}: a policy beside the wall's; policies add up to more rows")
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
            other => format!("{name}: {other}, on which no policy can stand"),
        })
    }
}
