//! The columns of Shopify's product CSV: their names, and their positions in a file.

use std::collections::HashMap;

use csv::ByteRecord;

use super::fault::Fault;

/// A column that the import reads.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Type,
    Tags,
    Published,
    Status,
    /// The name of the first, second or third option.
    OptionName(usize),
    OptionValue(usize),
    Sku,
    Barcode,
    Grams,
    Tracker,
    Quantity,
    Policy,
    Price,
    CompareAtPrice,
    ImageUrl,
    ImagePosition,
    ImageAlt,
}

/// Every column with its names. Shopify renamed most columns and still reads both names; it publishes no table of old and
/// new names. Names are compared without case.
const COLUMNS: [(Column, &[&str]); 25] = [
    (Column::Handle, &["Handle", "URL handle"]),
    (Column::Title, &["Title"]),
    (Column::Body, &["Body (HTML)", "Description"]),
    (Column::Vendor, &["Vendor"]),
    (Column::Type, &["Type", "Custom Product Type"]),
    (Column::Tags, &["Tags"]),
    (Column::Published, &["Published", "Published on online store"]),
    (Column::Status, &["Status"]),
    (Column::OptionName(0), &["Option1 Name"]),
    (Column::OptionValue(0), &["Option1 Value"]),
    (Column::OptionName(1), &["Option2 Name"]),
    (Column::OptionValue(1), &["Option2 Value"]),
    (Column::OptionName(2), &["Option3 Name"]),
    (Column::OptionValue(2), &["Option3 Value"]),
    (Column::Sku, &["Variant SKU", "SKU"]),
    (Column::Barcode, &["Variant Barcode", "Barcode", "Variant Barcodes", "Barcodes"]),
    (Column::Grams, &["Variant Grams", "Weight value (grams)"]),
    (Column::Tracker, &["Variant Inventory Tracker", "Inventory tracker"]),
    (Column::Quantity, &["Variant Inventory Qty", "Inventory quantity"]),
    (Column::Policy, &["Variant Inventory Policy", "Continue selling when out of stock"]),
    (Column::Price, &["Variant Price", "Price"]),
    (Column::CompareAtPrice, &["Variant Compare At Price", "Compare-at price", "Compare At Price"]),
    (Column::ImageUrl, &["Image Src", "Product image URL"]),
    (Column::ImagePosition, &["Image Position"]),
    (Column::ImageAlt, &["Image Alt Text"]),
];

/// The columns that a file must have.
const REQUIRED: [(Column, &str); 3] =
    [(Column::Handle, "Handle"), (Column::Title, "Title"), (Column::Price, "Variant Price")];

/// The columns of a file.
pub(super) struct Header {
    /// The names as the file has them, trimmed.
    names: Vec<String>,
    positions: HashMap<Column, usize>,
    ignored: Vec<String>,
}

/// A row with as many cells as the header, all of them UTF-8.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    header: &'a Header,
    cells: Vec<&'a str>,
}

impl Header {
    /// Reads the columns from the first record of a file.
    pub(super) fn read(line: u64, record: &ByteRecord) -> Result<Self, Fault> {
        let mut header = Self { names: Vec::new(), positions: HashMap::new(), ignored: Vec::new() };
        for (position, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                return Err(Fault::of_row(line, "not_utf8", "the file must be encoded in UTF-8"));
            };
            header.add(line, position, name.trim())?;
        }
        for (column, name) in REQUIRED {
            if !header.positions.contains_key(&column) {
                return Err(header.missing(line, name));
            }
        }
        Ok(header)
    }

    fn add(&mut self, line: u64, position: usize, name: &str) -> Result<(), Fault> {
        match find(name) {
            Some(column) => {
                if let Some(other) = self.positions.insert(column, position) {
                    let other = &self.names[other];
                    let detail = format!("the columns {other:?} and {name:?} mean the same");
                    let column = Some(name.to_owned());
                    return Err(Fault { line, column, code: "wrong_header", detail });
                }
            }
            // Spreadsheets may add columns without a name at the end.
            None if name.is_empty() => {}
            None => self.ignored.push(name.to_owned()),
        }
        self.names.push(name.to_owned());
        Ok(())
    }

    fn missing(&self, line: u64, name: &str) -> Fault {
        let separated_by = |separator: char| {
            self.names.iter().any(|cell| {
                cell.split(separator).filter_map(|part| find(part.trim_matches(UNQUOTED))).count() > 1
            })
        };
        let detail = if separated_by(';') {
            "the cells must be separated by commas, not by semicolons".to_owned()
        } else if separated_by('\t') {
            "the cells must be separated by commas, not by tabs".to_owned()
        } else {
            format!("the first line must name the columns, and {name:?} is missing")
        };
        Fault::of_row(line, "wrong_header", detail)
    }

    /// The columns that the import does not read, in the order of the file.
    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
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

    /// Checks a record: the number of cells, and that each is UTF-8 without NUL.
    pub(super) fn row<'a>(&'a self, line: u64, record: &'a ByteRecord) -> Result<Row<'a>, Vec<Fault>> {
        let (cells, columns) = (record.len(), self.names.len());
        if cells != columns {
            let detail = format!("the row has {cells} cells, the header has {columns}");
            return Err(vec![Fault::of_row(line, "ragged_row", detail)]);
        }
        let (mut row, mut faults) =
            (Row { line, header: self, cells: Vec::with_capacity(cells) }, Vec::new());
        for (cell, name) in record.iter().zip(&self.names) {
            let (code, detail) = match std::str::from_utf8(cell) {
                Ok(text) if !text.contains('\0') => {
                    row.cells.push(text);
                    continue;
                }
                Ok(_) => ("nul_character", "must not hold the character NUL"),
                Err(_) => ("not_utf8", "must be encoded in UTF-8"),
            };
            let column = Some(name.clone());
            faults.push(Fault { line, column, code, detail: detail.to_owned() });
        }
        if faults.is_empty() { Ok(row) } else { Err(faults) }
    }
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

    /// A fault in one of the row's cells.
    pub(super) fn fault(&self, column: Column, code: &'static str, detail: impl Into<String>) -> Fault {
        Fault { line: self.line, column: self.header.name(column), code, detail: detail.into() }
    }
}

/// What may surround a name when the file is separated by something other than commas.
const UNQUOTED: [char; 2] = ['"', ' '];

fn find(name: &str) -> Option<Column> {
    let called = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    COLUMNS.iter().find(|(_, names)| called(names)).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests;
