//! The files of `src/schema`: generated from the migrations, and compared with them.
//!
//! With `UPDATE_SCHEMA=1` the files are written instead of compared. `./dev schema` does that.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::tree::trees_without_baseline;
use crate::support::{Database, Sql, World};

#[test]
fn schema_files_match_the_migrations() {
    let world = World::on(Database::new(), trees_without_baseline());
    let shop = world.user("ada").opens_shop("books");
    let mut sql = world.sql();
    let generated = [
        ("public.rs", schema_file(&mut sql, "public", "The tables of `public`.")),
        ("tenant.rs", schema_file(&mut sql, &shop.schema(), "The tables of a shop's schema.")),
    ];
    for (name, text) in generated {
        let path = directory().join(name);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let present = fs::read_to_string(&path).unwrap();
        assert!(present == text, "{} does not match the migrations: run ./dev schema", path.display());
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema")
}

fn schema_file(sql: &mut Sql, schema: &str, title: &str) -> String {
    let tables = sql.column(format!(
        "SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
         AND relname <> '__diesel_schema_migrations' ORDER BY relname COLLATE \"C\""
    ));
    let mut text = format!(
        "//! {title}\n//!\n//! Written by `./dev schema` from the migrations; a test holds the two equal.\n\n"
    );
    for name in &tables {
        text += &table(sql, schema, name);
    }
    text += &joinable(sql, schema).join("\n");
    let listed: String = tables.iter().map(|table| format!("    {table},\n")).collect();
    text + &format!("\n\ndiesel::allow_tables_to_appear_in_same_query!(\n{listed});\n")
}

fn table(sql: &mut Sql, schema: &str, table: &str) -> String {
    let key = sql.column(format!(
        "SELECT attname FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS k (number, place), pg_attribute
         WHERE conrelid = '{schema}.{table}'::regclass AND contype = 'p' AND attrelid = conrelid AND attnum = number
         ORDER BY place"
    ));
    let columns = sql.column(format!(
        "SELECT concat_ws(' ', attname, typname, attnotnull) FROM pg_attribute JOIN pg_type t ON t.oid = atttypid
         WHERE attrelid = '{schema}.{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    ));
    let columns: String = columns.iter().map(|column| column_line(table, column)).collect();
    format!("diesel::table! {{\n    {table} ({}) {{\n{columns}    }}\n}}\n\n", key.join(", "))
}

fn column_line(table: &str, column: &str) -> String {
    let words: Vec<&str> = column.split(' ').collect();
    let [name, kind, not_null] = words[..] else { panic!("{column}") };
    let kind = match kind.strip_prefix('_') {
        Some(element) => format!("Array<{}>", diesel_type(table, name, element)),
        None => diesel_type(table, name, kind).to_owned(),
    };
    let kind = if not_null == "t" || not_null == "true" { kind } else { format!("Nullable<{kind}>") };
    format!("        {name} -> {kind},\n")
}

fn diesel_type(table: &str, column: &str, kind: &str) -> &'static str {
    match kind {
        "bool" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "int4" => "Int4",
        "int8" => "Int8",
        "jsonb" => "Jsonb",
        "text" => "Text",
        "timestamptz" => "Timestamptz",
        "uuid" => "Uuid",
        _ => panic!("{table}.{column} has the type {kind}: add Diesel's type for it here"),
    }
}

/// One line for each foreign key, except where two refer to the same table: Diesel could not choose between them.
fn joinable(sql: &mut Sql, schema: &str) -> Vec<String> {
    sql.column(format!(
        "SELECT format('diesel::joinable!(%s -> %s (%s));', child.relname, parent.relname, attname)
         FROM pg_constraint f
         JOIN pg_class child ON child.oid = conrelid
         JOIN pg_class parent ON parent.oid = confrelid
         JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
         WHERE connamespace = '{schema}'::regnamespace AND contype = 'f' AND cardinality(conkey) = 1
         AND 1 = (SELECT count(*) FROM pg_constraint o
                  WHERE o.contype = 'f' AND o.conrelid = f.conrelid AND o.confrelid = f.confrelid)
         ORDER BY child.relname COLLATE \"C\", attname COLLATE \"C\""
    ))
}
