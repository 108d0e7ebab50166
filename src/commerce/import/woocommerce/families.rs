//! Which rows of WooCommerce's file are one product, and whose handle another product of the file has already.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use csv::ByteRecord;

use crate::commerce::products::Handle;

use super::{Source, Woo};

/// What tells the handle of a product from that of another one with the same name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::commerce::import) enum Suffix {
    Sku,
    Id,
    /// The row, when it has neither.
    Row,
}

/// The products by what their variations call them. Hashes take their place, as in the index.
#[derive(Default)]
pub(in crate::commerce::import) struct Families {
    by_name: HashMap<u64, u32>,
    /// Whether each has a row of its own yet.
    led: Vec<bool>,
    handles: HashSet<u64>,
    suffixes: HashMap<u32, Suffix>,
    hashes: RandomState,
}

impl Families {
    /// The number of the product that a row is of.
    pub(in crate::commerce::import) fn number(&mut self, woo: &Woo, cells: &ByteRecord) -> u32 {
        if woo.is_variation(cells) {
            let parent = woo.peek(cells, "Parent");
            return if parent.is_empty() { self.add() } else { self.named(&parent) };
        }
        let (id, sku) = (woo.peek(cells, "ID"), woo.peek(cells, "SKU"));
        let names =
            [(!id.is_empty()).then(|| format!("id:{id}")), (!sku.is_empty()).then(|| sku.to_string())];
        let hashes: Vec<u64> =
            names.iter().flatten().map(|name| self.hashes.hash_one(name.as_str())).collect();
        let awaited = hashes.iter().filter_map(|hash| self.by_name.get(hash).copied());
        let awaited = awaited.into_iter().find(|number| !self.led[*number as usize]);
        let number = awaited.unwrap_or_else(|| self.add());
        for hash in hashes {
            self.by_name.entry(hash).or_insert(number);
        }
        self.led[number as usize] = true;
        let suffix = |suffix: Suffix| suffix.of(&id, &sku, 0);
        let handle = Handle::from_title(&woo.peek(cells, "Name"));
        if !self.handles.insert(self.hashes.hash_one(handle.as_str())) {
            let mut free = [Suffix::Sku, Suffix::Id].into_iter().filter(|kind| !suffix(*kind).is_empty());
            let kind = free.find(|kind| {
                self.handles.insert(self.hashes.hash_one(handle.with_suffix(&suffix(*kind)).as_str()))
            });
            self.suffixes.insert(number, kind.unwrap_or(Suffix::Row));
        }
        number
    }

    /// How many products there are.
    pub(in crate::commerce::import) fn len(&self) -> usize {
        self.led.len()
    }

    /// What the handles of some products end in.
    pub(in crate::commerce::import) fn into_suffixes(self) -> HashMap<u32, Suffix> {
        self.suffixes
    }

    fn named(&mut self, name: &str) -> u32 {
        let next = self.next();
        match self.by_name.entry(self.hashes.hash_one(name)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                self.led.push(false);
                *free.insert(next)
            }
        }
    }

    fn add(&mut self) -> u32 {
        let next = self.next();
        self.led.push(false);
        next
    }

    fn next(&self) -> u32 {
        u32::try_from(self.led.len()).unwrap_or(u32::MAX)
    }
}

impl Suffix {
    /// The handle of a product with it.
    pub(super) fn add(self, lead: &Source<'_>) -> Handle {
        lead.handle().with_suffix(&self.of(&lead.cell("ID"), &lead.cell("SKU"), lead.start.row))
    }

    fn of(self, id: &str, sku: &str, row: u32) -> String {
        let made = |text: &str| if text.is_empty() { String::new() } else { Handle::from_title(text).into() };
        match self {
            Self::Sku => made(sku),
            Self::Id => made(id),
            Self::Row => row.to_string(),
        }
    }
}
