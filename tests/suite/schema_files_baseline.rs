//! `src/schema/tenant.sql`, from which new shops are made: generated from the migrations, and compared with them.
//!
//! With `UPDATE_SCHEMA=1` the file is written instead of compared. `./dev schema` does that.

use std::fs;
use std::path::Path;

use crate::support::tree::{trees, trees_without_baseline};
use crate::support::{Database, Member, Sql, World, process};

/// The tables that the engine fills itself, in every shop.
const FILLED: &str = "'people', '__diesel_schema_migrations'";

#[test]
fn the_baseline_is_what_the_migrations_lead_to() {
    let world = World::on(Database::new(), trees_without_baseline());
    let shop = world.user("ada").opens_shop("books");
    let text = baseline(&mut world.sql(), &shop);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema/tenant.sql");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let present = fs::read_to_string(&path).unwrap();
    assert!(present == text, "{} does not match the migrations: run ./dev schema", path.display());
}

#[test]
fn a_shop_of_the_baseline_differs_in_nothing_from_one_of_the_migrations() {
    let world = World::on(Database::new(), trees_without_baseline());
    let migrated = world.user("ada").opens_shop("migrated");
    let newer = World::on(world.database.shared(), trees());
    let opened = newer.signs_in("ada@example.com").opens_shop("opened");
    // It compares both with a schema that the migrations have made.
    process::done(&world.database, &["drift"]);
    let rows = |shop: &Member<'_>| {
        let mut rows = world.sql().content(&shop.schema());
        // Without the times of bookkeeping and joining.
        rows.retain(|table| !table.starts_with("people:") && !table.starts_with("__diesel"));
        let versions = format!("SELECT version FROM {}.__diesel_schema_migrations ORDER BY 1", shop.schema());
        (rows, world.sql().column(versions))
    };
    assert_eq!(rows(&opened), rows(&migrated));
}

fn baseline(sql: &mut Sql, shop: &Member<'_>) -> String {
    let schema = shop.schema();
    // Then definitions have no schema in the names of tables.
    sql.run(format!("SET search_path TO {schema}, pg_temp"));
    let version = sql.one("SELECT max(version) FROM __diesel_schema_migrations");
    let statements: Vec<String> =
        tables(sql).iter().flat_map(|table| of_table(sql, &schema, table)).map(|made| made + ";\n").collect();
    format!(
        "-- A shop's schema, from which new shops are made. The migrations say why it is so.\n\
         -- Written by `./dev schema` from the migrations; a test holds the two equal.\n\
         -- version: {version}\n{}",
        statements.concat()
    )
}

/// The tables, each after those that its foreign keys refer to.
fn tables(sql: &mut Sql) -> Vec<String> {
    let mut left = sql.column(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
         AND relname <> '__diesel_schema_migrations' ORDER BY relname COLLATE \"C\"",
    );
    let mut sorted = Vec::new();
    while !left.is_empty() {
        let before = left.len();
        for table in std::mem::take(&mut left) {
            let parents = sql.column(format!(
                "SELECT p.relname FROM pg_constraint JOIN pg_class p ON p.oid = confrelid
                 WHERE conrelid = '{table}'::regclass AND contype = 'f' AND confrelid <> conrelid"
            ));
            let is_ready = parents.iter().all(|parent| sorted.contains(parent));
            if is_ready { sorted.push(table) } else { left.push(table) }
        }
        assert!(left.len() < before, "foreign keys in a circle: {left:?}");
    }
    sorted
}

fn of_table(sql: &mut Sql, schema: &str, table: &str) -> Vec<String> {
    let columns = sql.column(format!(
        "SELECT concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
                          CASE WHEN attcollation <> t.typcollation THEN 'COLLATE ' || attcollation::regcollation END,
                          CASE WHEN attnotnull THEN 'NOT NULL' END,
                          'DEFAULT ' || pg_get_expr(adbin, adrelid))
         FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
         LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    ));
    let constraints = sql.column(format!(
        "SELECT format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
         WHERE conrelid = '{table}'::regclass AND contype IN ('p', 'u', 'x', 'c', 'f')
         ORDER BY strpos('puxcf', contype::text), conname COLLATE \"C\""
    ));
    let parts: Vec<String> =
        columns.into_iter().chain(constraints).map(|part| format!("    {part}")).collect();
    let indexes = sql.column(format!(
        "SELECT replace(pg_get_indexdef(indexrelid), '{schema}.', '') FROM pg_index JOIN pg_class i ON i.oid = indexrelid
         WHERE indrelid = '{table}'::regclass
         AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
         ORDER BY relname COLLATE \"C\""
    ));
    let mut statements = vec![format!("CREATE TABLE {table} (\n{}\n)", parts.join(",\n"))];
    statements.extend(indexes);
    statements.extend(rows(sql, table));
    statements
}

/// The statement that inserts the rows that every new shop has.
fn rows(sql: &mut Sql, table: &str) -> Option<String> {
    if FILLED.contains(&format!("'{table}'")) {
        return None;
    }
    let cells = "jsonb_each_text(to_jsonb(t)) WITH ORDINALITY AS cell (name, value, place)";
    let rows = sql.column(format!(
        "SELECT (SELECT string_agg(quote_nullable(cell.value), ', ' ORDER BY cell.place) FROM {cells})
         FROM {table} t ORDER BY t::text COLLATE \"C\""
    ));
    let names = sql.one(format!(
        "SELECT (SELECT string_agg(quote_ident(cell.name), ', ' ORDER BY cell.place) FROM {cells})
         FROM (SELECT) AS always LEFT JOIN {table} t ON true LIMIT 1"
    ));
    let rows: Vec<String> = rows.into_iter().map(|row| format!("({row})")).collect();
    (!rows.is_empty()).then(|| format!("INSERT INTO {table} ({names}) VALUES {}", rows.join(", ")))
}
