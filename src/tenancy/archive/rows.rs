//! Copying spooled rows into a table.

use std::io::{BufRead, Write};

use diesel::pg::PgConnection;

use crate::tenancy::TenancyError;

use super::copy::copy_in;
use super::error::{ArchiveError, damaged};
use super::manifest::TableEntry;
use super::progress::{OnProgress, report};
use super::spool::{self, Spooled};
use super::tables::quoted;

/// A table of the manifest and its rows.
pub(super) type Part<'a> = (&'a TableEntry, &'a Spooled);

/// Copies the rows of `entry` into `table`.
pub(super) fn load_rows(
    pg: &mut PgConnection,
    table: &str,
    entry: &TableEntry,
    spooled: &Spooled,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    let target = format!("{} ({})", quoted(table), column_list(entry));
    let loaded = copy_in(pg, &target, |out| send(spooled, out, &entry.name, progress))
        .map_err(|error| refused(entry, error))?;
    if loaded as u64 == spooled.rows {
        return Ok(());
    }
    Err(damaged(format!("only {loaded} of {} rows of {} could be read", spooled.rows, entry.name)))
}

/// Writes a spooled file to `out`, in chunks.
pub(super) fn send(
    spooled: &Spooled,
    out: &mut dyn Write,
    name: &str,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    let mut reader = spooled.reader()?;
    let mut rows = 0;
    loop {
        let chunk = reader.fill_buf().map_err(spool::failed)?;
        if chunk.is_empty() {
            return Ok(());
        }
        rows += spool::rows_in(chunk);
        out.write_all(chunk).map_err(ArchiveError::Read)?;
        let length = chunk.len();
        reader.consume(length);
        report(progress, name, rows)?;
    }
}

pub(super) fn column_list(entry: &TableEntry) -> String {
    entry.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// Turns an error of the database into [`ArchiveError::Rows`].
pub(super) fn refused(entry: &TableEntry, error: ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Tenancy(TenancyError::Database(error)) => {
            ArchiveError::Rows { table: entry.name.clone(), error }
        }
        other => other,
    }
}
