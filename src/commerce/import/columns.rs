//! The columns of a file: their positions, and the cells of its rows.

use std::collections::HashMap;

use csv::ByteRecord;

use crate::commerce::products::draft::MAX_OPTIONS;

use super::column_names::find;
use super::fault::{Fault, Faults};
use super::kind::FileOf;
use super::other_files;
use super::place::Start;

pub(super) use super::column_names::{Column, VARIANT_COLUMNS};

/// The columns of a file.
pub(super) struct Header {
    pub(super) kind: FileOf,
    /// The names as the file has them, trimmed.
    names: Vec<String>,
    positions: HashMap<Column, usize>,
    /// The columns that the import does not read, with their positions.
    ignored: Vec<(usize, String)>,
}

/// A row of which all cells are UTF-8.
pub(super) struct Row<'a> {
    pub(super) start: Start,
    header: &'a Header,
    cells: Vec<&'a str>,
}

impl Header {
    /// Reads the columns from the first record of a file. Only by a handle is it known what is to be updated.
    pub(super) fn read(
        start: Start,
        record: &ByteRecord,
        kind: FileOf,
        needs_handle: bool,
    ) -> Result<Self, Fault> {
        let mut header = Self { kind, ..Self::unread(&[], Vec::new()) };
        for (position, name) in names(start, record)?.iter().enumerate() {
            header.add(start, position, name)?;
        }
        if let Some(detail) = other_files::recognise(kind, &header.names) {
            return Err(Fault::of_row(start, "wrong_header", detail));
        }
        let needed = [
            (Column::Title, "Title", true),
            (Column::Handle, "Handle", needs_handle),
            (Column::Quantity, "On hand", kind == FileOf::Stock),
        ];
        for (column, name, is_needed) in needed {
            if is_needed && !header.has(column) {
                let detail = format!("the first line must name the columns, and {name:?} is missing");
                return Err(Fault::of_row(start, "wrong_header", detail));
            }
        }
        header.ignore_parts_of_images();
        Ok(header)
    }

    /// Of a file whose rows become others before they are read.
    pub(super) fn unread(names: &[String], ignored: Vec<(usize, String)>) -> Self {
        Self { kind: FileOf::Products, names: names.to_vec(), positions: HashMap::new(), ignored }
    }

    /// Of rows that are made: their columns, each with the name that the file has for it. Without a name there is no column.
    pub(super) fn made(columns: impl Iterator<Item = (Column, Option<String>)>) -> Self {
        let mut header = Self::unread(&[], Vec::new());
        for (position, (column, name)) in columns.enumerate() {
            if name.is_some() {
                header.positions.insert(column, position);
            }
            header.names.push(name.unwrap_or_default());
        }
        header
    }

    /// Without the addresses it is not known which image a text or a position is of.
    fn ignore_parts_of_images(&mut self) {
        if !self.has(Column::ImageUrl) {
            let parts = [Column::ImagePosition, Column::ImageAlt];
            let parts = parts.iter().filter_map(|column| self.positions.remove(column));
            self.ignored.extend(parts.map(|position| (position, self.names[position].clone())));
        }
    }

    fn add(&mut self, start: Start, position: usize, name: &str) -> Result<(), Fault> {
        match find(self.kind, name) {
            Some(column) => {
                if let Some(other) = self.positions.insert(column, position) {
                    let other = &self.names[other];
                    let detail = format!("the columns {other:?} and {name:?} mean the same");
                    return Err(Fault::of_row(start, "wrong_header", detail).at(Some(name.to_owned()), name));
                }
                // Of this column one value alone is read.
                if column == Column::Fulfillment {
                    self.ignored.push((position, name.to_owned()));
                }
            }
            // Spreadsheets may add columns without a name at the end.
            None if name.is_empty() => {}
            None => self.ignored.push((position, name.to_owned())),
        }
        self.names.push(name.to_owned());
        Ok(())
    }

    /// The columns that the import does not read, with their positions.
    pub(super) fn ignored(&self) -> &[(usize, String)] {
        &self.ignored
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.positions.contains_key(&column)
    }

    /// Whether the file has columns of variants.
    pub(super) fn has_variants(&self) -> bool {
        let of_options = (0..MAX_OPTIONS).map(Column::OptionValue);
        VARIANT_COLUMNS.into_iter().chain(of_options).any(|column| self.has(column))
    }

    /// A column's name as the file has it.
    pub(super) fn name(&self, column: Column) -> Option<String> {
        self.positions.get(&column).and_then(|position| self.names.get(*position)).cloned()
    }

    /// A cell of a record that is not checked yet; none if it is missing or not UTF-8.
    pub(super) fn peek<'a>(&self, record: &'a ByteRecord, column: Column) -> Option<&'a str> {
        let cell = record.get(*self.positions.get(&column)?)?;
        std::str::from_utf8(cell).ok().map(str::trim)
    }

    /// Checks a record: that each cell has a column, and is UTF-8 without NUL. Spreadsheets leave blank cells out at the end of a
    /// row, and add some.
    pub(super) fn row<'a>(&'a self, start: Start, record: &'a ByteRecord) -> Result<Row<'a>, Faults> {
        let (mut cells, mut faults) = (Vec::with_capacity(record.len()), Faults::default());
        for (position, cell) in record.iter().enumerate() {
            let Some(name) = self.names.get(position) else {
                if cell.trim_ascii().is_empty() {
                    continue;
                }
                let detail =
                    format!("the row has {} cells, the header has {}", record.len(), self.names.len());
                let text = String::from_utf8_lossy(cell);
                return Err(Fault::of_row(start, "ragged_row", detail).at(None, &text).into());
            };
            let (code, detail) = match std::str::from_utf8(cell) {
                Ok(text) if !text.contains('\0') => {
                    cells.push(text);
                    continue;
                }
                Ok(_) => ("nul_character", "must not hold the character NUL"),
                Err(_) => ("not_utf8", "must be encoded in UTF-8"),
            };
            faults.add(Fault::of_row(start, code, detail).at(Some(name.clone()), ""));
        }
        if faults.is_empty() { Ok(Row { start, header: self, cells }) } else { Err(faults) }
    }
}

/// The names of the columns, trimmed.
pub(super) fn names(start: Start, record: &ByteRecord) -> Result<Vec<String>, Fault> {
    let name = |cell| match std::str::from_utf8(cell) {
        Ok(name) if !name.contains('\0') => Ok(name.trim().to_owned()),
        _ => Err(Fault::of_row(start, "not_utf8", other_files::encoding(record))),
    };
    record.iter().map(name).collect()
}

impl<'a> Row<'a> {
    /// The text of a cell, trimmed; empty when the file has no such column.
    pub(super) fn cell(&self, column: Column) -> &'a str {
        self.untrimmed(column).trim()
    }

    /// The text of a cell, not trimmed.
    pub(super) fn untrimmed(&self, column: Column) -> &'a str {
        self.header
            .positions
            .get(&column)
            .and_then(|position| self.cells.get(*position))
            .copied()
            .unwrap_or("")
    }

    /// The text of the cell at a place, trimmed.
    pub(super) fn at(&self, place: usize) -> &'a str {
        self.cells.get(place).map_or("", |cell| cell.trim())
    }

    /// A fault in one of the row's cells.
    pub(super) fn fault(&self, column: Column, code: &'static str, detail: impl Into<String>) -> Fault {
        Fault::of_row(self.start, code, detail).at(self.header.name(column), self.cell(column))
    }
}

#[cfg(test)]
mod tests;
