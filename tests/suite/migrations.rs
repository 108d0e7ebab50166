//! The two migration trees: each migration can be undone, and the tables follow the rules.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use shophouse::tenancy::Tree;

use crate::support::catalogue::describe;
use crate::support::tree::trees;
use crate::support::{Database, Login, Sql, World};

#[test]
fn every_migration_can_be_undone_and_done_again() {
    undo_and_redo("public", trees().public());
    undo_and_redo("shop_of_a_test", trees().tenant());
}

/// Migrations that leave the tables as they are.
const ROWS_ONLY: [&str; 3] = ["_normal_emails", "_normal_text", "_product_counts"];

fn undo_and_redo(schema: &str, tree: &Tree) {
    let database = Database::empty();
    let mut sql = database.connect(Login::Owner);
    sql.run(format!("CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema}, pg_temp"));
    let mut migrations: Vec<Box<dyn Migration<Pg>>> = tree.migrations().unwrap();
    migrations.sort_by_key(|migration| migration.name().version().as_owned());
    let mut states = vec![describe(&mut sql, schema)];
    for migration in &migrations {
        migration.run(&mut sql.0).unwrap();
        let (before, after) = (states.last().unwrap(), describe(&mut sql, schema));
        let changes_rows_only = ROWS_ONLY.iter().any(|name| migration.name().to_string().ends_with(name));
        assert_eq!(*before == after, changes_rows_only, "{} does nothing", migration.name());
        states.push(after);
    }
    for (migration, before) in migrations.iter().zip(&states).rev() {
        migration.revert(&mut sql.0).unwrap();
        assert_eq!(describe(&mut sql, schema), *before, "{} is not undone by its down.sql", migration.name());
    }
    for migration in &migrations {
        migration.run(&mut sql.0).unwrap();
    }
    assert_eq!(describe(&mut sql, schema), states[migrations.len()]);
}

/// The rules that the tables of both schemas follow: what is not allowed, and a query that finds it.
const NOT_ALLOWED: &[(&str, &str)] = &[
    (
        "a foreign key without an index that begins with its columns",
        "SELECT conname FROM pg_constraint f WHERE connamespace = '{schema}'::regnamespace AND contype = 'f'
         AND NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = conrelid AND indpred IS NULL
                         AND (i.indkey::int2[])[0:cardinality(conkey) - 1] = conkey)",
    ),
    (
        "a table without a primary key",
        "SELECT relname FROM pg_class c WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
         AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')",
    ),
    (
        "a constraint whose name does not begin with its table's, or that PostgreSQL named",
        "SELECT conname FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
         WHERE connamespace = '{schema}'::regnamespace
         AND (NOT starts_with(conname, relname || '_') OR conname ~ '(check|fkey|key)[0-9]+$')",
    ),
    (
        "an index whose name does not begin with its table's, or that PostgreSQL named",
        "SELECT x.relname FROM pg_index i JOIN pg_class x ON x.oid = indexrelid JOIN pg_class c ON c.oid = indrelid
         WHERE c.relnamespace = '{schema}'::regnamespace
         AND (NOT starts_with(x.relname, c.relname || '_') OR x.relname ~ '(idx|key)[0-9]+$')",
    ),
    (
        "a foreign key that leaves the schema",
        "SELECT conname FROM pg_constraint f JOIN pg_class t ON t.oid = confrelid
         WHERE connamespace = '{schema}'::regnamespace AND contype = 'f' AND t.relnamespace <> connamespace",
    ),
    (
        "an enum or a domain",
        "SELECT typname FROM pg_type WHERE typnamespace = '{schema}'::regnamespace AND typtype IN ('e', 'd')",
    ),
    (
        "a trigger",
        "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
         WHERE relnamespace = '{schema}'::regnamespace AND NOT tgisinternal",
    ),
    (
        "a sequence, a view or another relation that is no table",
        // Those of an extension are its own.
        "SELECT relname FROM pg_class c WHERE relnamespace = '{schema}'::regnamespace
         AND relkind NOT IN ('r', 'i')
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
    ),
    (
        "a time without its zone, a floating-point number or text of a fixed width",
        "SELECT relname || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
         WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' AND attnum > 0
         AND relname <> '__diesel_schema_migrations'
         AND format_type(atttypid, atttypmod) ~ '^(timestamp without|time |real|double|character|money)'",
    ),
];

fn violations(sql: &mut Sql, schema: &str) -> Vec<String> {
    let found = |(what, query): &(&str, &str)| {
        let rows = sql.column(query.replace("{schema}", schema));
        (!rows.is_empty()).then(|| format!("{schema}: {what}: {}", rows.join(", ")))
    };
    NOT_ALLOWED.iter().filter_map(found).collect()
}

#[test]
fn the_tables_follow_the_rules() {
    let world = World::new();
    let schema = world.user("ada").opens_shop("books").schema();
    assert_eq!(violations(&mut world.sql(), "public"), [""; 0]);
    assert_eq!(violations(&mut world.sql(), &schema), [""; 0]);
}

#[test]
fn a_violation_would_be_found() {
    let database = Database::empty();
    let mut sql = database.connect(Login::Owner);
    sql.run(
        "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.things (id INT PRIMARY KEY);
         CREATE TYPE mood AS ENUM ('good'); CREATE SEQUENCE numbers;
         CREATE TABLE a (at TIMESTAMP, b INT CONSTRAINT mine CHECK (b > 0), CONSTRAINT a_fk FOREIGN KEY (b) REFERENCES elsewhere.things);
         CREATE INDEX other ON a (at);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER watch BEFORE INSERT ON a EXECUTE FUNCTION f()",
    );
    let found = violations(&mut sql, "public");
    assert_eq!(found.len(), NOT_ALLOWED.len(), "{found:#?}");
}

#[test]
fn a_shop_opened_today_is_the_same_as_any_other() {
    let world = World::new();
    let ada = world.user("ada");
    let catalogue = |slug: &str| -> BTreeSet<String> {
        let schema = ada.opens_shop(slug).schema();
        let lines = describe(&mut world.sql(), &schema);
        lines.iter().map(|line| line.replace(&schema, "shop")).collect()
    };
    assert_eq!(catalogue("one"), catalogue("two"));
}
