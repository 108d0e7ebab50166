//! The same statements as the product sends, sent over one connection by a loop that does nothing else.

use diesel::connection::SimpleConnection;
use diesel::migration::CREATE_MIGRATIONS_TABLE;
use diesel::pg::PgConnection;
use shophouse::tenancy::{ShopId, Step, Trees};
use uuid::Uuid;

use crate::common::{Outcome, one};

/// Opens a shop: ledger row, schema, tables, migration table, policies and owner, with a message for each.
pub fn open(pg: &mut PgConnection, trees: &Trees, role: &str, user: Uuid) -> Outcome<()> {
    let shop = ShopId::generate();
    let (id, schema) = (shop.0, shop.schema());
    pg.batch_execute("BEGIN; SET LOCAL search_path TO public, pg_temp")?;
    pg.batch_execute(&format!(
        "INSERT INTO shops (id, slug, name, description, currency, state, schema_version, schema_floor, migrated_at,
                            created_at, updated_at)
         VALUES ('{id}', 'bare-{id}', 'bare', '', 'USD', 'active', '{version}', '', now(), now(), now())",
        version = trees.tenant_version(),
    ))?;
    pg.batch_execute(&format!(
        "CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {role};
         SET LOCAL search_path TO {schema}, pg_temp; {CREATE_MIGRATIONS_TABLE}"
    ))?;
    let creation = trees.tenant().creation(trees.tenant_version(), &schema);
    pg.batch_execute(&creation.sql)?;
    for step in creation.later {
        pg.batch_execute(&with_version_row(step, &schema))?;
    }
    let policy = |table: &&str| {
        format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             CREATE POLICY wall ON {table} USING ((SELECT current_schema() = '{schema}'));"
        )
    };
    let policies: String = creation.tables.iter().map(policy).collect();
    let tables = creation.tables.join(", ");
    pg.batch_execute(&format!("{policies} GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}"))?;
    pg.batch_execute(&format!(
        "INSERT INTO public.memberships (user_id, shop_id, role, created_at) VALUES ('{user}', '{id}', 'owner', now());
         INSERT INTO people (id, email, name, created_at) VALUES ('{user}', 'ada@example.com', '', now())"
    ))?;
    Ok(pg.batch_execute("COMMIT")?)
}

/// Migrates every shop: search path, statements, version row and ledger row in one message, with a commit per shop.
pub fn migrate(pg: &mut PgConnection, step: &Step) -> Outcome<()> {
    let ids = one(pg, "SELECT string_agg(id::text, ' ') FROM shops")?;
    for id in ids.split(' ') {
        let schema = ShopId(id.parse()?).schema();
        pg.batch_execute(&format!(
            "BEGIN; SET LOCAL search_path TO {schema}, pg_temp; {migration};
             UPDATE public.shops SET schema_version = '{version}', migrated_at = now() WHERE id = '{id}'; COMMIT",
            migration = with_version_row(step, &schema),
            version = step.version(),
        ))?;
    }
    Ok(())
}

fn with_version_row(step: &Step, schema: &str) -> String {
    format!(
        "{}\n;INSERT INTO {schema}.__diesel_schema_migrations (version) VALUES ('{}')",
        step.up(),
        step.version()
    )
}
