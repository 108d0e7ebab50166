//! Reading the rows of one product.

use crate::commerce::products::Handle;
use crate::commerce::products::draft::MAX_VARIANTS;
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header, Row};
use super::fault::{Fault, Faults};
use super::handles::{self, FileHandle};
use super::images::Images;
use super::kind::FileOf;
use super::options::Names;
use super::place::Start;
use super::records::Record;
use super::variant::{self, ImportedVariant, Locations};
use super::visibility::Visibility;

/// One product of the file. What the file has no column for is as in a new product.
#[derive(Debug)]
pub struct ImportedProduct {
    /// The leading row: the first one with a title. It alone has the product's own fields.
    pub(super) start: Start,
    /// How many rows of the file it has.
    pub(super) rows: u32,
    pub(super) handle: Handle,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) vendor: String,
    pub(super) product_type: String,
    pub(super) tags: Vec<String>,
    pub(super) visibility: Visibility,
    pub(super) names: Names,
    pub(super) variants: Vec<ImportedVariant>,
    pub(super) images: Images,
    /// What was not taken as it stands.
    pub(super) warnings: Faults,
}

/// The faults and the warnings of a product that is read.
#[derive(Default)]
struct Found {
    faults: Faults,
    warnings: Faults,
}

/// Reads a product; or returns all the faults of its rows.
pub(super) fn read(
    records: &[Record],
    header: &Header,
    currency: Currency,
) -> Result<ImportedProduct, Faults> {
    let handle = records.iter().find_map(|record| handles::of_record(header, &record.cells));
    let text = handle.as_ref().map_or(String::new(), |known| known.handle.as_str().to_owned());
    let mut found = Found::default();
    let most = header.kind.most_rows();
    if let Some(further) = records.get(most) {
        let detail = format!("a product must not have more than {most} rows");
        found.faults.add(Fault::of_row(further.start, "too_many_rows", detail));
    }
    let product = found.read(records, header, currency, handle);
    match product.filter(|_| found.faults.is_empty()) {
        Some(product) => Ok(ImportedProduct { warnings: found.warnings, ..product }),
        None => Err(found.faults.of_product(&text)),
    }
}

impl Found {
    fn read(
        &mut self,
        records: &[Record],
        header: &Header,
        currency: Currency,
        handle: Option<FileHandle>,
    ) -> Option<ImportedProduct> {
        let has_handle = handle.is_some();
        let rows: Vec<Option<Row<'_>>> =
            records.iter().map(|record| self.row(record, header, has_handle)).collect();
        let has_title = |record: &Record| {
            header.peek(&record.cells, Column::Title).is_some_and(|title| !title.is_empty())
        };
        let lead = records.iter().position(has_title).unwrap_or(0);
        // Without the names of the options, good rows would seem wrong.
        let leading = rows.get(lead)?.as_ref()?;
        let mut product = self.leading(leading, handle?);
        let mut locations = Locations::default();
        for (index, row) in rows.iter().enumerate().filter_map(|(index, row)| Some((index, row.as_ref()?))) {
            if index != lead {
                self.compare(&product, leading, row);
            }
            let is_variant = if index == lead { header.has_variants() } else { variant::is_variant(row) };
            if is_variant && header.kind == FileOf::Stock {
                locations.add(&mut product.variants, ImportedVariant::read(row, currency, &mut self.faults));
            } else if is_variant && product.variants.len() == MAX_VARIANTS {
                let detail = format!("a product must not have more than {MAX_VARIANTS} variants");
                self.faults.add_once(Fault::of_row(row.start, "too_many_variants", detail));
            } else if is_variant {
                product.variants.push(ImportedVariant::read(row, currency, &mut self.faults));
            }
            product.images.add(row, &mut self.faults, &mut self.warnings);
        }
        Some(product)
    }
    /// Checks a row, and what it has in common with its product.
    fn row<'r>(&mut self, record: &'r Record, header: &'r Header, has_handle: bool) -> Option<Row<'r>> {
        let row = match header.row(record.start, &record.cells) {
            Ok(row) => row,
            Err(faults) => {
                self.faults.merge(faults);
                return None;
            }
        };
        if record.has_stray_quote {
            let detail = "a quote inside a quoted cell must be doubled; the cell may not be what was meant";
            self.warnings.add(Fault::of_row(record.start, "stray_quote", detail));
        }
        // In a file without handles it belongs to the product above.
        let needs_handle = header.has(Column::Handle) || !has_handle;
        if needs_handle && [Column::Handle, Column::Title].iter().all(|column| row.cell(*column).is_empty()) {
            let column = if header.has(Column::Handle) { Column::Handle } else { Column::Title };
            self.faults.add(row.fault(column, "missing_handle", "a row must have the handle of its product"));
            return None;
        }
        Some(row)
    }

    /// Reads the product's own fields.
    fn leading(&mut self, row: &Row, FileHandle { handle, is_odd }: FileHandle) -> ImportedProduct {
        if is_odd {
            let detail = format!(
                "a handle has lower-case letters, digits, '-' and '_' only, so it becomes {:?}",
                handle.as_str()
            );
            self.warnings.add(row.fault(Column::Handle, "odd_handle", detail));
        }
        let faults = &mut self.faults;
        ImportedProduct {
            start: row.start,
            rows: 0,
            handle,
            title: faults.value_or_default(cells::title(row)),
            description: faults.value_or_default(cells::body(row)),
            vendor: faults.value_or_default(cells::optional_identifier(row, Column::Vendor)),
            product_type: faults.value_or_default(cells::optional_identifier(row, Column::Type)),
            tags: faults.value_or_default(cells::tags(row)),
            visibility: Visibility::read(row, faults),
            names: Names::read(row, faults),
            variants: Vec::new(),
            images: Images::default(),
            warnings: Faults::default(),
        }
    }

    /// Adds the faults of another row that is of another product, or names other options.
    fn compare(&mut self, product: &ImportedProduct, leading: &Row, row: &Row) {
        let [own, other] = [leading, row].map(|row| row.cell(Column::Handle));
        let is_other =
            ![own, other].contains(&"") && own != other && handles::lower(own) != handles::lower(other);
        let title = row.cell(Column::Title);
        let has_other_title = title != leading.cell(Column::Title)
            && ![title, &product.title].contains(&"")
            && cells::title(row).is_ok_and(|title| title != product.title);
        let line = leading.start.line;
        if is_other {
            let detail = format!("it becomes the same handle as that of the product from line {line} on");
            self.faults.add(row.fault(Column::Handle, "duplicate_handle", detail));
        } else if has_other_title {
            let detail = format!("the product from line {line} on has this handle and another title");
            self.faults.add(row.fault(Column::Handle, "duplicate_handle", detail));
        }
        product.names.compare(row, &mut self.faults);
    }
}

#[cfg(test)]
mod tests;
