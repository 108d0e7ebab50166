//! The first pass over a file, without a connection: it finds what is wrong with the file, and counts what is good. Products
//! are not kept, since all of a large file would take too much memory: they are read again when they are written.

use crate::commerce::products::count::{Ceiling, Growth};
use crate::http::{Reader, Received};
use crate::tenancy::Currency;

use super::batch::Batches;
use super::error::ImportError;
use super::fault::{Fault, Faults};
use super::kind::FileOf;
use super::place::HEADER;
use super::plan::Planner;
use super::report::{OnConflict, Report, Rules};
use super::shopify::{Known, ShopifyReader};

/// What is to be known before a file can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub kind: FileOf,
    pub currency: Currency,
    pub ceiling: Option<Ceiling>,
    pub rules: Rules,
    /// Whether one error is enough of a product: it is left alone, and the others are imported.
    pub is_partial: bool,
}

/// A file that was read to its end.
pub(super) struct Checked {
    file: Received,
    pub known: Known,
    pub terms: Terms,
    /// The errors of the file, and nothing imported yet.
    pub report: Report,
    /// By how much the shop grows if all its good products are new.
    pub growth: Growth,
    products: usize,
}

/// Reads a file.
pub(super) fn check(file: Received, terms: Terms) -> Result<Checked, ImportError> {
    let needs_handle = terms.rules.on_conflict == OnConflict::Update;
    let mut reader =
        ShopifyReader::new(file.reader(), terms.currency, terms.kind, needs_handle).map_err(refused)?;
    let known = reader.known().clone();
    let ignored_columns = known.index.ignored.clone();
    let mut report = Report { products_total: known.index.products, ignored_columns, ..Report::default() };
    let (mut growth, mut products) = (Growth::default(), 0);
    for product in &mut reader {
        match product {
            Ok(imported) => {
                growth += Growth::new(1, 0, imported.variants.len().max(1));
                products += 1;
            }
            Err(faults) => terms.fail(&mut report, faults),
        }
    }
    if report.failed == 0 || terms.is_partial {
        terms.ceiling.map_or(Ok(()), |ceiling| ceiling.check(growth.products))?;
    }
    if report.products_total == 0 {
        report.warn(Fault::of_row(HEADER, "no_products", "the file has no products").into());
    }
    Ok(Checked { file, known, terms, report, growth, products })
}

fn refused(fault: Fault) -> ImportError {
    ImportError::Faults(Report::of_fault(fault).into())
}

impl Terms {
    /// Counts a product with errors.
    pub(super) fn fail(&self, report: &mut Report, faults: Faults) {
        report.fail(if self.is_partial { faults.first() } else { faults });
    }
}

impl Checked {
    /// How many rows it has.
    pub(super) fn rows(&self) -> u32 {
        self.known.index.rows
    }

    /// Plans its products.
    pub(super) fn planner(&self) -> Planner<'_> {
        Planner { header: &self.known.header, rules: self.terms.rules }
    }

    /// Reads the file again.
    pub(super) fn reader(&self) -> Result<ShopifyReader<Reader>, ImportError> {
        ShopifyReader::again(self.file.reader(), self.known.clone()).map_err(refused)
    }

    /// The good products, from the start of the file.
    pub(super) fn batches(&self) -> Result<Batches<Reader>, ImportError> {
        Ok(Batches::new(self.reader()?, self.products))
    }
}
