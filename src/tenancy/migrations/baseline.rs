//! The baseline: a shop's schema as all migrations up to one leave it, in as few statements as it has tables and indexes.
//!
//! A new shop is made from it, so that opening one does not get slower with each release. It is generated from the
//! migrations, and a test holds it equal to them.

/// The statements that create a shop's schema at one version.
#[derive(Clone, Debug)]
pub(super) struct Baseline {
    version: String,
    sql: String,
}

/// The beginning of the line that says at which version the schema is.
const VERSION: &str = "-- version:";

/// The beginning of the line that begins a table.
const TABLE: &str = "CREATE TABLE ";

impl Baseline {
    /// The text of a baseline. Its version is empty if it does not say it.
    pub(super) fn read(sql: &str) -> Self {
        let version = sql.lines().find_map(|line| line.strip_prefix(VERSION)).unwrap_or_default().trim();
        Self { version: version.to_owned(), sql: sql.to_owned() }
    }

    /// The version of the newest migration that it contains.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The names of its tables.
    pub(super) fn tables(&self) -> Vec<&str> {
        self.sql.lines().filter_map(|line| line.strip_prefix(TABLE)?.strip_suffix(" (")).collect()
    }

    /// SQL that creates the tables in the current schema, with the bookkeeping of the migrations that it stands for.
    pub(super) fn sql<'v>(&self, versions: impl Iterator<Item = &'v str>, schema: &str) -> String {
        let rows: Vec<String> = versions.map(|version| format!("('{version}')")).collect();
        let rows = rows.join(", ");
        format!("{}\n;INSERT INTO {schema}.__diesel_schema_migrations (version) VALUES {rows};\n", self.sql)
    }
}
