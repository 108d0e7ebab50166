//! The first pass over a file, without a connection: it finds what is wrong with the file, and counts what is good. Products
//! are not kept, since all of a large file would take too much memory: they are read again when they are written.

use std::hash::RandomState;
use std::io::BufReader;

use crate::commerce::products::count::{Ceiling, Growth};
use crate::http::{Reader, Received};
use crate::tenancy::Currency;

use super::batch::Batches;
use super::error::ImportError;
use super::report::Report;
use super::shopify::ShopifyReader;

/// What is to be known of a shop before a file of it can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub currency: Currency,
    pub ceiling: Option<Ceiling>,
}

/// A file that was read to its end.
pub(super) struct Checked {
    file: Received,
    hashes: RandomState,
    pub currency: Currency,
    /// The faults of the file, and nothing imported yet.
    pub report: Report,
    /// By how much the shop grows if all its good products are new.
    pub growth: Growth,
    products: usize,
}

/// Reads a file. When `needs_all` of it to be good, this ends as soon as there are as many faults as are told.
pub(super) fn check(file: Received, terms: Terms, needs_all: bool) -> Result<Checked, ImportError> {
    let hashes = RandomState::new();
    let mut reader = open(&file, terms.currency, hashes.clone())?;
    let mut report = Report { ignored_columns: reader.header().ignored().to_vec(), ..Report::default() };
    let (mut growth, mut products) = (Growth::default(), 0);
    let mut too_many = Ok(());
    while too_many.is_ok()
        && !(needs_all && report.is_full())
        && let Some(product) = reader.next()
    {
        match product {
            Ok(imported) => {
                growth += Growth::new(1, 0, imported.draft.variants.len());
                products += 1;
                // What is known of the handles grows with the file, and so it must not go on for ever.
                too_many = terms.ceiling.map_or(Ok(()), |ceiling| ceiling.check(growth.products));
            }
            Err(faults) => report.add_faults(faults),
        }
    }
    if report.errors.is_empty() || !needs_all {
        too_many?;
    }
    Ok(Checked { file, hashes, currency: terms.currency, report, growth, products })
}

fn open(
    file: &Received,
    currency: Currency,
    hashes: RandomState,
) -> Result<ShopifyReader<BufReader<Reader>>, ImportError> {
    let input = BufReader::with_capacity(BUFFER, file.reader());
    ShopifyReader::new(input, currency, hashes).map_err(|fault| ImportError::Faults(vec![fault]))
}

/// The bytes that are read from a file at a time.
const BUFFER: usize = 64 << 10;

impl Checked {
    /// The good products, from the start of the file.
    pub(super) fn batches(&self) -> Result<Batches<BufReader<Reader>>, ImportError> {
        Ok(Batches::new(open(&self.file, self.currency, self.hashes.clone())?, self.products))
    }
}
