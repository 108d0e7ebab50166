//! Applying a tree to a schema: `public` by Diesel's harness, a shop's in as few messages as there are
//! migrations.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::CREATE_MIGRATIONS_TABLE;
use diesel::pg::PgConnection;
use diesel_migrations::MigrationHarness;

use crate::database::{DatabaseError, Pool};
use crate::tenancy::TenancyError;
use crate::tenancy::access::begin_owner;
use crate::tenancy::shop::ShopId;

use super::tree::{Step, Trees, unreadable};

/// Brings `public` up to date, and refuses files that were edited after they had been applied.
pub(in crate::tenancy) fn apply_public(
    owner: &Pool,
    trees: &Trees,
    lock_timeout: Duration,
) -> Result<(), TenancyError> {
    // Another instance may be at it: wait, then find nothing left to do.
    let begin = format!(
        "{}; SELECT pg_advisory_xact_lock(hashtext('shophouse public migrations'))",
        begin_owner(Duration::ZERO, lock_timeout),
    );
    owner.run_blocking(&begin, |pg| {
        let applied = pg.applied_migrations().map_err(unreadable)?;
        for step in trees.public.steps() {
            if !applied.contains(&step.version().into()) {
                pg.run_migration(step).map_err(|error| failed(step, error))?;
            }
        }
        super::history::check(pg, trees).map(drop)
    })?
}

/// The harness wraps what PostgreSQL said; it is unwrapped here.
fn failed(step: &Step, error: Box<dyn std::error::Error + Send + Sync>) -> TenancyError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => TenancyError::Migration { name: step.name().to_owned(), error: (*error).into() },
        Err(other) => unreadable(format!("{}: {other}", step.name())),
    }
}

/// Makes a shop's schema in which no migration has run, with Diesel's bookkeeping table.
pub(in crate::tenancy) fn make_schema(shop: ShopId, shop_role: &str) -> String {
    let schema = shop.schema();
    format!(
        "CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {shop_role}; \
         SET LOCAL search_path TO {schema}, pg_temp; {CREATE_MIGRATIONS_TABLE}"
    )
}

/// Applies migrations to a shop's schema and notes each of them there. Leaves `pg` standing in the schema.
pub(in crate::tenancy) fn apply_tenant(
    pg: &mut PgConnection,
    shop: ShopId,
    steps: &[Step],
) -> Result<(), TenancyError> {
    let schema = shop.schema();
    let mut message = standing_in(&schema);
    for step in steps {
        message.push_str(&noted(step, &schema));
        pg.batch_execute(&message).map_err(|error| TenancyError::Migration {
            name: step.name().to_owned(),
            error: DatabaseError::from(error),
        })?;
        message.clear();
    }
    Ok(())
}

/// The statement that makes a shop's schema the path for the rest of the transaction.
pub(in crate::tenancy) fn standing_in(schema: &str) -> String {
    format!("SET LOCAL search_path TO {schema}, pg_temp;\n")
}

/// A migration and the note of it, which is named in full, so that it cannot land elsewhere, whatever the migration did
/// to the path.
pub(in crate::tenancy) fn noted(step: &Step, schema: &str) -> String {
    let (up, version) = (step.up(), step.version());
    // A new line first: the text may end in a comment.
    format!("{up}\n;INSERT INTO {schema}.__diesel_schema_migrations (version) VALUES ('{version}');\n")
}
