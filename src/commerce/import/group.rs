//! Collecting the rows of one product into a draft.

use crate::commerce::products::draft::MAX_VARIANTS;
use crate::commerce::products::{Handle, ProductDraft, Status, VariantDraft};
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header, Row};
use super::fault::Fault;
use super::fault::Faults;
use super::fault_location::locate;
use super::images::Images;
use super::options::{self, Options};

/// One product of the file.
#[derive(Debug)]
pub struct ImportedProduct {
    /// The product, validated.
    pub draft: ProductDraft,
}

/// A product whose rows are being read.
pub(super) struct Group {
    /// The line of its first row.
    line: u64,
    handle: String,
    draft: ProductDraft,
    options: Options,
    /// The line of each variant.
    lines: Vec<u64>,
    images: Images,
    first_row: FirstRow,
    faults: Faults,
}

/// The state of the first row, which alone has the product's own fields.
#[derive(Clone, Copy, Eq, PartialEq)]
enum FirstRow {
    Pending,
    Read,
    Unreadable,
}

impl Group {
    /// A product whose first row is on `line`.
    pub(super) fn new(line: u64, handle: String) -> Self {
        let draft = ProductDraft {
            handle: None,
            title: String::new(),
            description: String::new(),
            vendor: String::new(),
            product_type: String::new(),
            tags: Vec::new(),
            status: Status::default(),
            options: Vec::new(),
            variants: Vec::new(),
            images: Vec::new(),
        };
        Self {
            line,
            handle,
            draft,
            options: Options::default(),
            lines: Vec::new(),
            images: Images::default(),
            first_row: FirstRow::Pending,
            faults: Faults::default(),
        }
    }

    /// The handle that its rows share.
    pub(super) fn handle(&self) -> &str {
        &self.handle
    }

    /// Adds a fault.
    pub(super) fn add_fault(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Adds the faults of a row that could not be read.
    pub(super) fn add_row_faults(&mut self, faults: Vec<Fault>) {
        if self.first_row == FirstRow::Pending {
            self.first_row = FirstRow::Unreadable;
        }
        self.faults.add_all(faults);
    }

    /// Adds the next row.
    pub(super) fn add(&mut self, row: &Row, currency: Currency) {
        match self.first_row {
            FirstRow::Pending => {
                self.first_row = FirstRow::Read;
                self.add_product(row);
                self.add_variant(row, currency);
            }
            FirstRow::Read => self.add_later_row(row, currency),
            // The names of the options are unknown then, so that good rows would seem wrong.
            FirstRow::Unreadable => return,
        }
        self.images.add(row, &mut self.faults);
    }

    fn add_product(&mut self, row: &Row) {
        let handle = self.handle.parse::<Handle>();
        let handle = handle.map_err(|error| row.fault(Column::Handle, "invalid_handle", error.to_string()));
        self.draft.handle = self.faults.value_or_default(handle.map(Some));
        self.draft.title = self.faults.value_or_default(cells::title(row));
        self.draft.description = self.faults.value_or_default(cells::body(row));
        self.draft.vendor = self.faults.value_or_default(cells::optional_identifier(row, Column::Vendor));
        self.draft.product_type = self.faults.value_or_default(cells::optional_identifier(row, Column::Type));
        self.draft.tags = self.faults.value_or_default(cells::tags(row));
        self.draft.status = self.faults.value_or_default(cells::status(row));
        let (options, faults) = Options::named_by(row);
        self.options = options;
        self.faults.add_all(faults);
    }

    fn add_later_row(&mut self, row: &Row, currency: Currency) {
        let has_title = !row.cell(Column::Title).is_empty() && !self.draft.title.is_empty();
        if has_title && cells::title(row).is_ok_and(|title| title != self.draft.title) {
            let detail = format!("the rows from line {} on have this handle and another title", self.line);
            self.add_fault(row.fault(Column::Handle, "duplicate_handle", detail));
        }
        self.faults.add_all(self.options.differences(row));
        if options::any_value(row) {
            self.add_variant(row, currency);
        } else if [Column::Sku, Column::Price].iter().any(|column| !row.cell(*column).is_empty()) {
            // To treat it as a row with only an image would lose a variant without an error.
            let detail = "a row with a price or a SKU is a variant, and needs a value for each option";
            self.add_fault(row.fault(Column::OptionValue(0), "missing_option_value", detail));
        }
    }

    fn add_variant(&mut self, row: &Row, currency: Currency) {
        if self.lines.len() == MAX_VARIANTS {
            let detail = format!("a product must not have more than {MAX_VARIANTS} variants");
            return self.faults.add_once(row.line, "too_many_variants", detail);
        }
        let (options, faults) = self.options.values(row);
        self.faults.add_all(faults);
        let quantity = self.faults.value_or_default(cells::quantity(row));
        let tracked = !row.cell(Column::Tracker).is_empty();
        let variant = VariantDraft {
            id: None,
            sku: self.faults.value_or_default(cells::number_as_text(row, Column::Sku)),
            options,
            price: self.faults.value_or_default(cells::price(row, currency)),
            compare_at_price: self.faults.value_or_default(cells::compare_at_price(row, currency)),
            track_stock: Some(tracked),
            allow_oversell: self.faults.value_or_default(cells::policy(row)),
            stock: (tracked || !row.cell(Column::Quantity).is_empty()).then_some(quantity),
            barcode: self.faults.value_or_default(cells::number_as_text(row, Column::Barcode)),
            grams: self.faults.value_or_default(cells::grams(row)),
        };
        self.draft.variants.push(variant);
        self.lines.push(row.line);
    }

    /// The faults so far, for a product of which not all rows can be read.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_vec()
    }

    /// Validates the product after its last row.
    pub(super) fn finish(mut self, header: &Header) -> Result<ImportedProduct, Vec<Fault>> {
        if !self.faults.is_empty() {
            return Err(self.faults.into_vec());
        }
        self.draft.images = self.images.in_order();
        self.draft.options = self.options.into_names();
        match self.draft.checked() {
            Ok(draft) => Ok(ImportedProduct { draft }),
            Err(error) => Err(vec![locate(&error, self.line, &self.lines, header)]),
        }
    }
}

#[cfg(test)]
mod tests;
