//! Reading products from Shopify's product CSV.
//!
//! Rows with the same handle are one product, wherever they stand. Its first row with a title has the product's own fields; each
//! row has a variant, an image, or both. Memory holds one product at a time, and the places of all.

use std::io::{Read, Seek};
use std::sync::Arc;

use crate::tenancy::Currency;

use super::columns::{self, Header};
use super::fault::{Fault, Faults};
use super::index::{Index, Rows};
use super::kind::FileOf;
use super::place::HEADER;
use super::product::{self, ImportedProduct};
use super::records::Records;
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

impl<R: Read + Seek> Iterator for ShopifyReader<R> {
    /// A product, or all the faults of its rows.
    type Item = Result<ImportedProduct, Faults>;

    fn next(&mut self) -> Option<Self::Item> {
        let Known { header, woo, index, currency } = &self.known;
        let Rows { mut records, broken, suffix } = index.read(&mut self.next, &mut self.records)?;
        let rows = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let made = woo.as_ref().map(|woo| woo.rows(&records, suffix));
        let product = match made {
            None => product::read(&records, header, *currency),
            Some(Err(faults)) => Err(faults),
            Some(Ok((rows, warnings))) => {
                records = rows;
                product::read(&records, header, *currency).map(|mut product| {
                    product.warnings.merge(warnings);
                    product
                })
            }
        };
        Some(match broken {
            // The rows that could not be read may belong to the product.
            Some(fault) => {
                let mut faults = product.err().unwrap_or_default();
                faults.add(fault);
                Err(faults)
            }
            None => product.map(|product| ImportedProduct { rows, ..product }),
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
