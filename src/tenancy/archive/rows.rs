//! Sending spooled rows into a table.

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

/// Sends the rows of `entry` into `table`.
pub(super) fn load_rows(
    pg: &mut PgConnection,
    table: &str,
    entry: &TableEntry,
    spooled: &Spooled,
    progress: OnProgress<'_>,
) -> Result<(), ArchiveError> {
    let words = format!("{} ({})", quoted(table), column_list(entry));
    let loaded = copy_in(pg, &words, |out| send(spooled, out, &entry.name, progress))
        .map_err(|error| refused(entry, error))?;
    if loaded as u64 == spooled.rows {
        return Ok(());
    }
    Err(damaged(format!("only {loaded} rows of {} are rows", entry.name)))
}

/// Sends a spooled file, piece by piece.
pub(super) fn send(
    spooled: &Spooled,
    out: &mut dyn Write,
    name: &str,
    progress: OnProgress<'_>,
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
        report(progress, name, rows)?;
    }
}

pub(super) fn column_list(entry: &TableEntry) -> String {
    entry.columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// An error of the database becomes one of the table's.
pub(super) fn refused(entry: &TableEntry, error: ArchiveError) -> ArchiveError {
    match error {
        ArchiveError::Tenancy(TenancyError::Database(error)) => {
            ArchiveError::Rows { table: entry.name.clone(), error }
        }
        other => other,
    }
}
