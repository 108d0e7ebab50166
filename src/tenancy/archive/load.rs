//! Loading: copies the rows of an archive into a new schema at the archive's version.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::tenancy::citus::Server;
use crate::tenancy::shop::ShopId;

use super::copy::set_formats;
use super::error::ArchiveError;
use super::manifest::TableEntry;
use super::people;
use super::progress::OnProgress;
use super::rows::{Part, column_list, load_rows, refused};
use super::spool::Spooled;
use super::tables::{self, Table, quoted};
use super::unpack::Archive;

/// A table that first takes the rows in which ids of people are to be replaced.
const STAGING: &str = "__import_rows";

/// Fills the current schema. The people of the archive get the ids that they have in this installation.
pub(super) fn load(
    server: Server,
    pg: &mut PgConnection,
    shop: ShopId,
    archive: &Archive,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    set_formats(pg)?;
    let keys = tables::foreign_keys(pg, shop)?;
    let files = files_of(archive, &tables::of_shop(pg, shop)?)?;
    let ordered = tables::in_order(tables::of_shop(pg, shop)?, &keys)?;
    let people = tables::columns_of_people(&keys);
    pg.batch_execute("SET CONSTRAINTS ALL DEFERRED")?;
    empty(server, pg, &ordered)?;
    people::identify(pg, archive, files[tables::PEOPLE], progress)?;
    for table in &ordered {
        let (entry, spooled) = files[table.name.as_str()];
        match people.get(&table.name) {
            None => load_rows(pg, &table.name, entry, spooled, progress)?,
            Some(columns) => load_with_new_ids(pg, entry, spooled, columns, progress)?,
        }
    }
    // Checks deferred constraints: PostgreSQL refuses to alter a table with pending checks, and migrations follow.
    pg.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    Ok(())
}

/// The archive's files by table. The tables must be those that its version has.
fn files_of<'a>(archive: &'a Archive, tables: &[Table]) -> Result<BTreeMap<&'a str, Part<'a>>, ArchiveError> {
    let columns = |columns: &'a [String]| columns.iter().map(String::as_str).collect::<BTreeSet<_>>();
    let entries = &archive.manifest.tables;
    for entry in entries {
        let table = tables.iter().find(|table| table.name == entry.name);
        let same = table.is_some_and(|table| {
            table.columns.iter().map(String::as_str).collect::<BTreeSet<_>>() == columns(&entry.columns)
                && table.columns.len() == entry.columns.len()
        });
        if !same {
            return Err(unlike(&entry.name, archive));
        }
    }
    if let Some(missing) = tables.iter().find(|table| !entries.iter().any(|entry| entry.name == table.name)) {
        return Err(unlike(&missing.name, archive));
    }
    let parts = entries.iter().zip(&archive.tables);
    Ok(parts.map(|(entry, spooled)| (entry.name.as_str(), (entry, spooled))).collect())
}

fn unlike(table: &str, archive: &Archive) -> ArchiveError {
    let version = &archive.manifest.schema_version;
    ArchiveError::Mismatch(format!("its table {table} is not as version {version} makes it"))
}

/// Deletes the rows that migrations have inserted: the archive has its own version of them. Referring tables come first.
/// Not TRUNCATE, which would create new files for tables with one or two rows.
fn empty(server: Server, pg: &mut PgConnection, ordered: &[Table]) -> QueryResult<()> {
    let deletes = ordered.iter().rev().map(|table| format!("DELETE FROM {};", quoted(&table.name)));
    server.execute(pg, &deletes.collect::<String>())
}

/// Loads rows that contain ids of people, and replaces each id with the one that the person has here.
fn load_with_new_ids(
    pg: &mut PgConnection,
    entry: &TableEntry,
    spooled: &Spooled,
    people: &BTreeSet<String>,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    let table = quoted(&entry.name);
    pg.batch_execute(&format!("CREATE TEMP TABLE {STAGING} (LIKE {table})"))?;
    load_rows(pg, STAGING, entry, spooled, progress)?;
    let value = |column: &String| {
        let quoted = quoted(column);
        if people.contains(column) { people::new_id_sql(&format!("staging.{quoted}")) } else { quoted }
    };
    let values: Vec<_> = entry.columns.iter().map(value).collect();
    let insert = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {STAGING} AS staging",
        column_list(entry),
        values.join(", "),
    );
    pg.batch_execute(&insert).map_err(|error| refused(entry, error.into()))?;
    Ok(pg.batch_execute(&format!("DROP TABLE {STAGING}"))?)
}
