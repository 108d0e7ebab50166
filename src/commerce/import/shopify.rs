//! Reading products from Shopify's product CSV.
//!
//! Rows with the same handle are one product, wherever they stand. Its first row with a title has the product's own fields; each
//! row has a variant, an image, or both. Memory holds one product at a time, and the places of all.

use std::io::{Read, Seek};
use std::sync::Arc;

use crate::commerce::products::Handle;
use crate::tenancy::Currency;

use super::columns::{self, Header};
use super::fault::{Fault, Faults};
use super::handles;
use super::index::{Index, Rows};
use super::kind::FileOf;
use super::place::HEADER;
use super::product::{self, ImportedProduct};
use super::records::{Record, Records};
use super::woocommerce::Woo;

/// What is known of a file when it has been read once.
#[derive(Clone)]
pub(super) struct Known {
    pub header: Arc<Header>,
    /// What makes its rows, when they are not as Shopify has them.
    woo: Option<Arc<Woo>>,
    pub index: Arc<Index>,
    /// Prices are taken to be in it, because the file does not name one.
    pub currency: Currency,
}

/// Yields the products of a file.
pub(super) struct ShopifyReader<R> {
    records: Records<R>,
    known: Known,
    next: usize,
}

impl<R: Read + Seek> ShopifyReader<R> {
    /// Reads the header, and where each product is. Only files with handles can update products.
    pub(super) fn new(input: R, currency: Currency, kind: FileOf, needs_handle: bool) -> Result<Self, Fault> {
        let mut records = Records::new(input)?;
        let Some(first) = records.next()? else {
            return Err(Fault::of_row(HEADER, "wrong_header", "the file is empty"));
        };
        let names = columns::names(first.start, &first.cells)?;
        let woo = if kind == FileOf::Products { Woo::recognise(&names) } else { None };
        let header = match &woo {
            Some(woo) => woo.header(),
            None => Header::read(first.start, &first.cells, kind, needs_handle)?,
        };
        let index = Arc::new(Index::of(&mut records, &header, woo.as_ref()));
        let known = Known { header: Arc::new(header), woo: woo.map(Arc::new), index, currency };
        Ok(Self { records, known, next: 0 })
    }

    /// Reads a file again.
    pub(super) fn again(input: R, known: Known) -> Result<Self, Fault> {
        Ok(Self { records: Records::new(input)?, known, next: 0 })
    }

    /// What is known of the file.
    pub(super) fn known(&self) -> &Known {
        &self.known
    }
}

impl<R: Read + Seek> ShopifyReader<R> {
    /// The rows of the next product, as Shopify has them, with what is wrong with them.
    fn next_rows(&mut self) -> Option<ProductRows> {
        let Known { woo, index, .. } = &self.known;
        let Rows { records, broken, suffix } = index.read(&mut self.next, &mut self.records)?;
        let file_rows = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let made = match woo {
            None => Ok((records, Faults::default())),
            Some(woo) => woo.rows(&records, suffix),
        };
        Some(ProductRows { made, broken, file_rows })
    }

    /// The handles of the next products, of at most so many, whatever else they have. None at the end of the file.
    pub(super) fn next_handles(&mut self, most: usize) -> Option<Vec<Handle>> {
        let (mut found, mut products) = (Vec::new(), 0);
        while products < most
            && let Some(ProductRows { made, .. }) = self.next_rows()
        {
            products += 1;
            let rows = made.map_or_else(|_| Vec::new(), |(rows, _)| rows);
            let handle = rows.iter().find_map(|row| handles::of_record(&self.known.header, &row.cells));
            found.extend(handle.map(|known| known.handle));
        }
        (products > 0).then_some(found)
    }
}

/// The rows of one product.
struct ProductRows {
    /// With the warnings of making them; or why they could not be made.
    made: Result<(Vec<Record>, Faults), Faults>,
    /// Why they may not be all.
    broken: Option<Fault>,
    /// How many rows of the file they are.
    file_rows: u32,
}

impl<R: Read + Seek> Iterator for ShopifyReader<R> {
    /// A product, or all the faults of its rows.
    type Item = Result<ImportedProduct, Faults>;

    fn next(&mut self) -> Option<Self::Item> {
        let ProductRows { made, broken, file_rows } = self.next_rows()?;
        let Known { header, currency, .. } = &self.known;
        let product = made.and_then(|(records, warnings)| {
            let mut product = product::read(&records, header, *currency)?;
            product.warnings.merge(warnings);
            Ok(ImportedProduct { rows: file_rows, ..product })
        });
        Some(match broken {
            // The rows that could not be read may belong to the product.
            Some(fault) => {
                let mut faults = product.err().unwrap_or_default();
                faults.add(fault);
                Err(faults)
            }
            None => product,
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
