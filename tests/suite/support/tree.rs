//! Migration trees for tests: this release's, and a next release's with one more tenant migration that the test defines.

use diesel_migrations::MigrationHarness;
use shophouse::tenancy::{FleetOptions, FleetReport, Step, Tenancy, Tree, Trees};

use super::{Member, Sql, World, citus};

/// The version of the next release's migration: later than all others.
pub const NEXT: &str = "99990101000000";
/// The name of that migration.
pub const NEXT_NAME: &str = "9999-01-01-000000_next";

/// Migrates all shops, with two workers.
pub fn migrate(engine: &Tenancy) -> FleetReport {
    migrate_with(engine, FleetOptions::default())
}

/// The same with other options, except for the workers.
pub fn migrate_with(engine: &Tenancy, options: FleetOptions) -> FleetReport {
    engine.migrate_fleet(&FleetOptions { workers: 2, ..options }, &|| false, &|_| {}).unwrap()
}

/// Reverts one migration in the shops, as if the binary were the next release. Returns the version of all shops then.
pub fn set_back(world: &World, shops: &[Member<'_>]) -> String {
    let mut sql = world.sql();
    for shop in shops {
        sql.run(format!("SET search_path TO {}, pg_temp", shop.schema()));
        if citus::nodes() > 0 {
            revert_one_by_one(&mut sql);
        } else {
            sql.0.revert_last_migration(trees().tenant().clone()).unwrap();
        }
    }
    let version = sql.one("SELECT max(version) FROM __diesel_schema_migrations");
    sql.run(format!("UPDATE public.shops SET schema_version = '{version}'"));
    version
}

/// The same on Citus, which takes one statement at a time.
fn revert_one_by_one(sql: &mut Sql) {
    let version = sql.one("SELECT max(version) FROM __diesel_schema_migrations");
    let trees = trees();
    let step = trees.tenant().steps().iter().find(|step| step.version() == version).unwrap();
    let path = format!("{}/migrations_tenant/{}/down.sql", env!("CARGO_MANIFEST_DIR"), step.name());
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
    let joined = lines.join("\n");
    for statement in joined.split(";\n").filter(|statement| !statement.trim().is_empty()) {
        sql.run(statement);
    }
    sql.run(format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'"));
}

/// Reverts a shop to before a migration, whose version is given, as if the binary were a later release.
pub fn set_back_before(world: &World, shop: &Member<'_>, version: &str) {
    let later = format!("{}.__diesel_schema_migrations WHERE version >= '{version}'", shop.schema());
    while world.sql().count(&later) > 0 {
        set_back(world, std::slice::from_ref(shop));
    }
}

/// The trees of this release.
pub fn trees() -> Trees {
    shophouse::trees().unwrap()
}

/// The same without the baseline: new shops are made by the migrations themselves.
pub fn trees_without_baseline() -> Trees {
    let trees = trees();
    let tenant = Tree::of(trees.tenant().steps().to_vec()).unwrap();
    Trees::new(trees.public().clone(), tenant).unwrap()
}

/// The trees of a release whose last tenant migration runs `up`.
pub fn next_release(up: impl Into<String>) -> Trees {
    let step = Step::new(NEXT_NAME, &up.into(), "").unwrap();
    trees().with_tenant(step).unwrap()
}
