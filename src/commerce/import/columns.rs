//! The columns of Shopify's product CSV: their names, and where a file has them.

use std::collections::HashMap;

use csv::ByteRecord;

use super::fault::Fault;

/// A column that carries meaning here.
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

/// Every column with its names: Shopify renamed most of them and reads both, without mapping old to
/// new anywhere. Names that differ only in letter case stand once.
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

/// Without these no row makes a product.
const REQUIRED: [(Column, &str); 3] =
    [(Column::Handle, "Handle"), (Column::Title, "Title"), (Column::Price, "Variant Price")];

/// Where a file has which column.
pub(super) struct Header {
    /// The names as the file has them, without blank space around.
    names: Vec<String>,
    places: HashMap<Column, usize>,
    ignored: Vec<String>,
}

/// A row of as many cells as the header has, all of them text.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    header: &'a Header,
    cells: Vec<&'a str>,
}

impl Header {
    /// Finds the columns in the first record of a file.
    pub(super) fn read(line: u64, record: &ByteRecord) -> Result<Self, Fault> {
        let mut header = Self { names: Vec::new(), places: HashMap::new(), ignored: Vec::new() };
        for (place, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                return Err(Fault::of_row(line, "not_utf8", "the file must be encoded in UTF-8"));
            };
            header.add(line, place, name.trim())?;
        }
        for (column, name) in REQUIRED {
            if !header.places.contains_key(&column) {
                return Err(header.missing(line, name));
            }
        }
        Ok(header)
    }

    fn add(&mut self, line: u64, place: usize, name: &str) -> Result<(), Fault> {
        match find(name) {
            Some(column) => {
                if let Some(other) = self.places.insert(column, place) {
                    let other = &self.names[other];
                    let detail = format!("the columns {other:?} and {name:?} mean the same");
                    let column = Some(name.to_owned());
                    return Err(Fault { line, column, code: "wrong_header", detail });
                }
            }
            // Spreadsheets leave nameless columns behind the last one.
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

    /// The columns that carry no meaning here, in file order.
    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// A column's name as the file has it.
    pub(super) fn name(&self, column: Column) -> Option<String> {
        self.places.get(&column).and_then(|place| self.names.get(*place)).cloned()
    }

    /// A cell of a record of whatever shape, if it can be read.
    pub(super) fn peek<'a>(&self, record: &'a ByteRecord, column: Column) -> Option<&'a str> {
        let cell = record.get(*self.places.get(&column)?)?;
        std::str::from_utf8(cell).ok().map(str::trim)
    }

    /// A record as a row, or all that is wrong with its shape.
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
    /// The text of a cell without blank space around; empty when the file has no such column.
    pub(super) fn cell(&self, column: Column) -> &'a str {
        self.untrimmed(column).trim()
    }

    /// The text of a cell as it is.
    pub(super) fn untrimmed(&self, column: Column) -> &'a str {
        self.header.places.get(&column).and_then(|place| self.cells.get(*place)).copied().unwrap_or("")
    }

    /// A fault in one of the row's cells.
    pub(super) fn fault(&self, column: Column, code: &'static str, detail: impl Into<String>) -> Fault {
        Fault { line: self.line, column: self.header.name(column), code, detail: detail.into() }
    }
}

/// What stands around a name in a file that is not separated by commas.
const UNQUOTED: [char; 2] = ['"', ' '];

fn find(name: &str) -> Option<Column> {
    let called = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    COLUMNS.iter().find(|(_, names)| called(names)).map(|(column, _)| *column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Result<Header, Fault> {
        Header::read(1, &ByteRecord::from(names.to_vec()))
    }

    #[test]
    fn both_generations_of_names_are_known() {
        let old = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,\
            Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,\
            Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
            Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Status";
        let new = "URL handle,Title,Description,Vendor,Type,Tags,Published on online store,Option1 name,\
            Option1 value,Option2 name,Option2 value,Option3 name,Option3 value,SKU,Weight value (grams),\
            Inventory tracker,Inventory quantity,Continue selling when out of stock,Price,Compare-at price,\
            Barcode,Product image URL,Image position,Image alt text,Status";
        for names in [old, new] {
            let names: Vec<&str> = names.split(',').collect();
            let header = header(&names).unwrap();
            assert_eq!(header.ignored(), [""; 0]);
            assert_eq!(header.places.len(), COLUMNS.len());
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_the_rest_is_listed() {
        let header = header(&[
            " hANDLE ",
            "SEO Title",
            "title",
            "Price / International",
            "variant price",
            "",
            "Gift Card",
        ])
        .unwrap();
        assert_eq!(header.ignored(), ["SEO Title", "Price / International", "Gift Card"]);
        assert_eq!(header.name(Column::Handle).as_deref(), Some("hANDLE"));
        assert_eq!(header.name(Column::Status), None);
    }

    #[test]
    fn a_wrong_header_says_what_is_wrong() {
        for (names, part) in [
            (vec!["Title", "Price"], "\"Handle\" is missing"),
            (vec!["Handle", "Price"], "\"Title\" is missing"),
            (vec!["Handle", "Title"], "\"Variant Price\" is missing"),
            (vec!["Handle;Title;Body (HTML);Price"], "semicolons"),
            (vec!["Handle\tTitle\tPrice"], "tabs"),
            (vec!["Handle", "Title", "Price", "URL handle"], "\"Handle\" and \"URL handle\""),
            (vec!["Handle", "Title", "Price", "Title"], "mean the same"),
        ] {
            let fault = header(&names).err().unwrap();
            assert_eq!((fault.code, fault.line), ("wrong_header", 1), "{names:?}");
            assert!(fault.detail.contains(part), "{names:?}: {}", fault.detail);
        }
        let latin = ByteRecord::from(vec![&b"Handle"[..], b"Gr\xF6\xDFe"]);
        assert_eq!(Header::read(1, &latin).err().unwrap().code, "not_utf8");
    }

    #[test]
    fn a_row_has_the_shape_of_the_header() {
        let header = header(&["Handle", "Title", "Price", "Tags"]).unwrap();
        let faults = |cells: Vec<&[u8]>| {
            let record = ByteRecord::from(cells);
            let faults = header.row(7, &record).err().unwrap_or_default();
            faults.into_iter().map(|fault| (fault.line, fault.code, fault.column)).collect::<Vec<_>>()
        };
        assert_eq!(faults(vec![b"a", b"b", b"1", b"c"]), []);
        assert_eq!(faults(vec![b"a", b"b", b"1"]), [(7, "ragged_row", None)]);
        assert_eq!(faults(vec![b"a", b"b", b"1", b"c", b""]), [(7, "ragged_row", None)]);
        let (title, tags) = (Some("Title".to_owned()), Some("Tags".to_owned()));
        let both = [(7, "nul_character", title), (7, "not_utf8", tags)];
        assert_eq!(faults(vec![b"a", b"b\0", b"1", b"\xFF"]), both);
    }
}
