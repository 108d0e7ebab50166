//! Applying a tree to a schema. Diesel's harness migrates `public`. A shop's schema is migrated with one message for
//! each migration.

use std::time::Duration;

use diesel::migration::CREATE_MIGRATIONS_TABLE;
use diesel::pg::PgConnection;
use diesel_migrations::MigrationHarness;

use crate::database::{DatabaseError, Pool};
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin_owner};
use crate::tenancy::citus::{self, FullNode, Server};
use crate::tenancy::isolation::policies;
use crate::tenancy::shop::ShopId;

use super::step::{Step, unreadable};
use super::tree::{Creation, Tree, Trees};

/// Migrates `public`, and refuses files that were edited after they had been applied.
pub(in crate::tenancy) fn apply_public(
    server: Server,
    owner: &Pool,
    trees: &Trees,
    lock_timeout: Duration,
) -> Result<(), TenancyError> {
    // If another instance is migrating `public`, this waits, and then nothing is left to do.
    let begin = format!(
        "{}; SELECT pg_advisory_xact_lock(hashtext('shophouse public migrations'))",
        begin_owner(server, Mode::ReadWrite, Duration::ZERO, lock_timeout),
    );
    owner.run_blocking(&begin, |pg| {
        server.keep_ddl_here(pg)?;
        let applied = pg.applied_migrations().map_err(unreadable)?;
        for step in trees.public.steps() {
            if !applied.contains(&step.version().into()) {
                pg.run_migration(step).map_err(|error| failed(step, error))?;
            }
        }
        super::history::check(pg, trees).map(drop)
    })?
}

/// Unwraps PostgreSQL's error, which the harness has boxed.
fn failed(step: &Step, error: Box<dyn std::error::Error + Send + Sync>) -> TenancyError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => TenancyError::Migration { name: step.name().to_owned(), error: (*error).into() },
        Err(other) => unreadable(format!("{}: {other}", step.name())),
    }
}

/// SQL that creates a shop's schema with Diesel's bookkeeping table, before any migration. A schema that is rolled back is not
/// worth a place on a worker.
pub(in crate::tenancy) fn create_schema_sql(
    server: Server,
    shop: ShopId,
    shop_role: &str,
    is_placed: bool,
) -> String {
    let (schema, placement) = (shop.schema(), server.placement(is_placed));
    format!(
        "{placement}CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {shop_role}; \
         SET LOCAL search_path TO {schema}, pg_temp; {CREATE_MIGRATIONS_TABLE}"
    )
}

/// Creates a shop's schema and brings it to a version, from the baseline where there is one, whose tables have their policies then. It is
/// the current schema afterwards.
///
/// Returns whether it is placed, on none of the servers `full`. Without a baseline it is not: Citus refuses some statements of the
/// migrations before that.
pub(in crate::tenancy) fn create_tenant(
    server: Server,
    pg: &mut PgConnection,
    shop: ShopId,
    shop_role: &str,
    (tree, version): (&Tree, &str),
    full: &[FullNode],
) -> Result<bool, TenancyError> {
    let schema = shop.schema();
    let Creation { sql, tables, later } = tree.creation(version, &schema);
    let is_placed = !sql.is_empty();
    let baseline = sql + &policies::creation(server, &schema, shop_role, &tables);
    let create = create_schema_sql(server, shop, shop_role, is_placed);
    if is_placed && !full.is_empty() {
        citus::create_schema(server, pg, &schema, &create, full)?;
        server.execute(pg, &baseline)?;
    } else {
        server.execute(pg, &format!("{create};{baseline}"))?;
    }
    apply_tenant(server, pg, shop, later)?;
    Ok(is_placed)
}

/// Applies migrations to a shop's schema, with Diesel's bookkeeping. The shop's schema is the current one afterwards.
pub(in crate::tenancy) fn apply_tenant(
    server: Server,
    pg: &mut PgConnection,
    shop: ShopId,
    steps: &[Step],
) -> Result<(), TenancyError> {
    let schema = shop.schema();
    let mut message = search_path_sql(&schema);
    for step in steps {
        message.push_str(&step_sql(step, &schema));
        server.execute(pg, &message).map_err(|error| TenancyError::Migration {
            name: step.name().to_owned(),
            error: DatabaseError::from(error),
        })?;
        message.clear();
    }
    Ok(())
}

/// SQL that sets `search_path` to a shop's schema for the rest of the transaction.
pub(in crate::tenancy) fn search_path_sql(schema: &str) -> String {
    format!("SET LOCAL search_path TO {schema}, pg_temp;\n")
}

/// SQL of a migration and its bookkeeping. The bookkeeping table has its full name, because the migration may have
/// changed `search_path`.
pub(in crate::tenancy) fn step_sql(step: &Step, schema: &str) -> String {
    let (up, version) = (step.up(), step.version());
    // A new line first: the text may end in a comment.
    format!("{up}\n;INSERT INTO {schema}.__diesel_schema_migrations (version) VALUES ('{version}');\n")
}
