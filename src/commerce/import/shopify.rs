//! Products from Shopify's product CSV, one after the other.
//!
//! Several rows make a product: those that follow each other with the same handle. The first says
//! what the product is and is its first variant; each further one is a variant, an image, or both.
//! Only one product is held at a time, whatever the size of the file.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use csv::ByteRecord;

use crate::commerce::products::draft::Contradiction;
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header};
use super::group::{Group, Imported};
use super::placing::placed;
use super::records::Records;

pub use super::fault::Fault;

/// Reads products one after the other.
pub struct ShopifyReader<R> {
    records: Records<R>,
    header: Header,
    currency: Currency,
    open: Option<Group>,
    /// Hashes of the handles so far, not the handles: of a large file these would be much of the
    /// file. That two in a million have the same hash happens once in forty million such files.
    seen: HashSet<u64>,
    hashes: RandomState,
    ended: bool,
}

impl<R: Read> ShopifyReader<R> {
    /// Reads the header. Prices are in `currency`: the file does not say.
    pub fn new(input: R, currency: Currency) -> Result<Self, Fault> {
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
            hashes: RandomState::new(),
            ended: false,
        })
    }

    /// The columns of the file that carry no meaning here, in file order.
    pub fn ignored_columns(&self) -> &[String] {
        self.header.ignored()
    }

    /// What contradicts the shop's other products, as a fault of the row where it shows.
    pub(super) fn fault(&self, imported: &Imported, contradiction: &Contradiction) -> Fault {
        placed(contradiction, imported.line, &imported.lines, &self.header)
    }

    /// Takes in a row, and hands out the product before it if it begins another.
    fn take_in(&mut self, line: u64, record: &ByteRecord) -> Option<Group> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            // What a spreadsheet leaves of a row whose cells were cleared.
            return None;
        }
        let handle = self.header.peek(record, Column::Handle).unwrap_or("");
        let title = self.header.peek(record, Column::Title).unwrap_or("");
        let handle = cells::handle_text(handle, title);
        let finished = match (&self.open, &handle) {
            // A row that does not say whose it is belongs to the product that it stands in.
            (Some(open), Some(handle)) if open.handle() != handle => self.open.take(),
            _ => None,
        };
        let nameless = handle.is_none();
        if self.open.is_none() {
            self.open = Some(self.begin(line, handle.unwrap_or_default()));
        }
        let open = self.open.as_mut()?;
        match self.header.row(line, record) {
            Err(faults) => open.refuse_row(faults),
            Ok(row) if nameless => {
                let detail = "a row must have the handle of its product";
                open.refuse_row(vec![row.fault(Column::Handle, "missing_handle", detail)]);
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
            group.refuse(Fault { line, column, code: "duplicate_handle", detail: detail.to_owned() });
        }
        group
    }
}

impl<R: Read> Iterator for ShopifyReader<R> {
    /// A product, or all the faults of its rows.
    type Item = Result<Imported, Vec<Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.records.next() {
                Ok(Some((line, record))) => {
                    if let Some(finished) = self.take_in(line, &record) {
                        return Some(finished.close(&self.header));
                    }
                }
                Ok(None) => {
                    self.ended = true;
                    return self.open.take().map(|last| last.close(&self.header));
                }
                Err(fault) => {
                    self.ended = true;
                    // What could not be read may have been part of the product before it.
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
