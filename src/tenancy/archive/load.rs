//! Loading: the rows of an archive into the fresh schema of a shop that is at the archive's version.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::tenancy::{ShopId, TenancyError};

use super::copy::{copy_in, settle_formats};
use super::manifest::TableEntry;
use super::spool::{self, Spooled};
use super::tables::{self, Table, quoted};
use super::unpack::Archive;
use super::{ArchiveError, Watch, people, tell};

/// Where the rows of a table wait that hold ids of people.
const WAITING: &str = "__import_rows";

/// Fills the schema that `pg` stands in. The people of the archive get the ids that they are to have here.
pub(super) fn load(
    pg: &mut PgConnection,
    shop: ShopId,
    archive: &Archive,
    watch: Watch<'_>,
) -> Result<(), ArchiveError> {
    settle_formats(pg)?;
    let keys = tables::foreign_keys(pg, shop)?;
    let files = files_of(archive, &tables::of_shop(pg, shop)?)?;
    let ordered = tables::in_order(tables::of_shop(pg, shop)?, &keys)?;
    let people = tables::columns_of_people(&keys);
    pg.batch_execute("SET CONSTRAINTS ALL DEFERRED")?;
    empty(pg, &ordered)?;
    people::identify(pg, archive, files[tables::PEOPLE], watch)?;
    for table in &ordered {
        let (entry, spooled) = files[table.name.as_str()];
        match people.get(&table.name) {
            None => load_rows(pg, &table.name, entry, spooled, watch)?,
            Some(columns) => load_renamed(pg, entry, spooled, columns, watch)?,
        }
    }
    // What waited is checked here, and not when a migration alters the tables, which PostgreSQL would refuse.
    pg.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
    Ok(())
}

/// A table of the manifest and its rows.
pub(super) type Part<'a> = (&'a TableEntry, &'a Spooled);

/// The parts of the archive by table, which must be the tables that its version has.
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
    ArchiveError::Unlike(format!("its table {table} is not as version {version} makes it"))
}

/// Takes out what the migrations put in: the archive has those rows as they were last. Children come first. Not
/// TRUNCATE, which makes new files for tables that are empty but for a row or two.
fn empty(pg: &mut PgConnection, ordered: &[Table]) -> QueryResult<()> {
    let deletes = ordered.iter().rev().map(|table| format!("DELETE FROM {};", quoted(&table.name)));
    pg.batch_execute(&deletes.collect::<String>())
}

/// Loads rows that hold ids of people, each id replaced by the one that the person has here.
fn load_renamed(
    pg: &mut PgConnection,
    entry: &TableEntry,
    spooled: &Spooled,
    people: &BTreeSet<String>,
    watch: Watch<'_>,
) -> Result<(), ArchiveError> {
    let table = quoted(&entry.name);
    pg.batch_execute(&format!("CREATE TABLE {WAITING} (LIKE {table})"))?;
    load_rows(pg, WAITING, entry, spooled, watch)?;
    let value = |column: &String| {
        let quoted = quoted(column);
        if people.contains(column) { people::id_here(&format!("waiting.{quoted}")) } else { quoted }
    };
    let values: Vec<_> = entry.columns.iter().map(value).collect();
    let insert = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {WAITING} AS waiting; DROP TABLE {WAITING}",
        column_list(entry),
        values.join(", "),
    );
    pg.batch_execute(&insert).map_err(|error| refused(entry, error.into()))
}

/// Sends the rows of `entry` into `table`.
pub(super) fn load_rows(
    pg: &mut PgConnection,
    table: &str,
    entry: &TableEntry,
    spooled: &Spooled,
    watch: Watch<'_>,
) -> Result<(), ArchiveError> {
    let words = format!("{} ({})", quoted(table), column_list(entry));
    let loaded = copy_in(pg, &words, |out| send(spooled, out, &entry.name, watch))
        .map_err(|error| refused(entry, error))?;
    if loaded as u64 == spooled.rows {
        return Ok(());
    }
    Err(super::error::damaged(format!("only {loaded} rows of {} are rows", entry.name)))
}

/// Sends a spooled file, piece by piece.
pub(super) fn send(
    spooled: &Spooled,
    out: &mut dyn Write,
    name: &str,
    watch: Watch<'_>,
) -> Result<(), ArchiveError> {
    let mut reader = spooled.reader()?;
    let mut rows = 0;
    loop {
        let piece = reader.fill_buf().map_err(spool::failed)?;
        if piece.is_empty() {
            return Ok(());
        }
        rows += spool::rows_in(piece);
        out.write_all(piece).map_err(ArchiveError::Read)?;
        let length = piece.len();
        reader.consume(length);
        tell(watch, name, rows)?;
    }
}

fn column_list(entry: &TableEntry) -> String {
    entry.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// An error of the database becomes one of the table's.
fn refused(entry: &TableEntry, error: ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Tenancy(TenancyError::Database(error)) => {
            ArchiveError::Rows { table: entry.name.clone(), error }
        }
        other => other,
    }
}
