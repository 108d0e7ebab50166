//! Reading products from Shopify's product CSV.
//!
//! Consecutive rows with the same handle are one product. The first row has the product's own fields and its first variant;
//! each later row has a variant, an image, or both. Memory holds one product at a time, whatever the size of the file.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use csv::ByteRecord;

use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header};
use super::group::{Group, ImportedProduct};
use super::records::Records;

pub use super::fault::Fault;

/// Yields the products of a file.
pub struct ShopifyReader<R> {
    records: Records<R>,
    header: Header,
    currency: Currency,
    open: Option<Group>,
    /// Hashes of the handles so far. The handles themselves would take too much memory for a large file. Two of a million
    /// handles have the same hash in one of forty million such files.
    seen: HashSet<u64>,
    hashes: RandomState,
    ended: bool,
}

impl<R: Read> ShopifyReader<R> {
    /// Reads the header. Prices are taken to be in `currency`, because the file does not name one. With the same `hashes` of
    /// handles, a file that is read again is read the same.
    pub fn new(input: R, currency: Currency, hashes: RandomState) -> Result<Self, Fault> {
        let mut records = Records::new(input)?;
        let Some((line, record)) = records.next()? else {
            return Err(Fault::of_row(1, "wrong_header", "the file is empty"));
        };
        Ok(Self {
            records,
            header: Header::read(line, &record)?,
            currency,
            open: None,
            seen: HashSet::new(),
            hashes,
            ended: false,
        })
    }

    /// The columns of the file.
    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Adds a row. If it begins another product, the product before it is returned.
    fn add_record(&mut self, line: u64, record: &ByteRecord) -> Option<Group> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            // A spreadsheet leaves such a row when its cells are cleared.
            return None;
        }
        let handle = self.header.peek(record, Column::Handle).unwrap_or("");
        let title = self.header.peek(record, Column::Title).unwrap_or("");
        let handle = cells::handle_text(handle, title);
        let finished = match (&self.open, &handle) {
            // A row without a handle and a title belongs to the product before it.
            (Some(open), Some(handle)) if open.handle() != handle => self.open.take(),
            _ => None,
        };
        let without_handle = handle.is_none();
        if self.open.is_none() {
            self.open = Some(self.begin(line, handle.unwrap_or_default()));
        }
        let open = self.open.as_mut()?;
        match self.header.row(line, record) {
            Err(faults) => open.add_row_faults(faults),
            Ok(row) if without_handle => {
                let detail = "a row must have the handle of its product";
                open.add_row_faults(vec![row.fault(Column::Handle, "missing_handle", detail)]);
            }
            Ok(row) => open.add(&row, self.currency),
        }
        finished
    }

    fn begin(&mut self, line: u64, handle: String) -> Group {
        let hash = self.hashes.hash_one(&handle);
        let mut group = Group::new(line, handle);
        if !group.handle().is_empty() && !self.seen.insert(hash) {
            let detail = "an earlier product has this handle; the rows of a product must follow each other";
            let column = self.header.name(Column::Handle);
            group.add_fault(Fault { line, column, code: "duplicate_handle", detail: detail.to_owned() });
        }
        group
    }
}

impl<R: Read> Iterator for ShopifyReader<R> {
    /// A product, or all the faults of its rows.
    type Item = Result<ImportedProduct, Vec<Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.records.next() {
                Ok(Some((line, record))) => {
                    if let Some(finished) = self.add_record(line, &record) {
                        return Some(finished.finish(&self.header));
                    }
                }
                Ok(None) => {
                    self.ended = true;
                    return self.open.take().map(|last| last.finish(&self.header));
                }
                Err(fault) => {
                    self.ended = true;
                    // The rows that could not be read may belong to the open product, so it is refused too.
                    let mut faults = self.open.take().map(Group::into_faults).unwrap_or_default();
                    faults.push(fault);
                    return Some(Err(faults));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
