//! WooCommerce's export of products: its rows become rows as Shopify's file has them, with WooCommerce's names of the columns.
//!
//! A row is a product or a variation; a variation names its product in `Parent`, by SKU or as `id:44`. The export has no handles, so
//! they are made from the names.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{NaiveDate, Utc};
use csv::ByteRecord;

use crate::commerce::products::Handle;

use super::columns::{Column, Header, Row};
use super::fault::{Fault, Faults};
use super::place::Start;
use super::records::Record;

mod families;
mod listing;
mod options;

pub(super) use families::{Families, Suffix};

/// What a row becomes: these columns, in this order, each with those of WooCommerce that it is made of. It is there if one of them is.
const MADE_OF: [(Column, &[&str]); 22] = [
    (Column::Handle, &["Name"]),
    (Column::Title, &["Name"]),
    (Column::Body, &["Description", "Short description"]),
    (Column::Vendor, &["Brands"]),
    (Column::Type, &["Categories"]),
    (Column::Tags, &["Tags", "Categories"]),
    (Column::Published, &["Published"]),
    (Column::Status, &["Visibility in catalog", "Published", "Type"]),
    (Column::OptionName(0), &["Attribute 1 name"]),
    (Column::OptionValue(0), &["Attribute 1 value(s)"]),
    (Column::OptionName(1), &["Attribute 1 name"]),
    (Column::OptionValue(1), &["Attribute 1 value(s)"]),
    (Column::OptionName(2), &["Attribute 1 name"]),
    (Column::OptionValue(2), &["Attribute 1 value(s)"]),
    (Column::Sku, &["SKU"]),
    (Column::Barcode, &["GTIN, UPC, EAN, or ISBN"]),
    (Column::Grams, &["Weight (kg)", "Weight (lbs)", "Weight (g)", "Weight (oz)"]),
    (Column::Tracker, &["Stock"]),
    (Column::Quantity, &["Stock"]),
    (Column::Policy, &["Backorders allowed?"]),
    (Column::Price, &["Regular price"]),
    (Column::ImageUrl, &["Images"]),
];

/// The former price is there if the file has both prices.
const FORMER_PRICE: (Column, &str) = (Column::CompareAtPrice, "Sale price");

/// Columns that are read, or of which nothing is lost, besides those of [`MADE_OF`].
const OTHERS: [&str; 8] = [
    "ID",
    "Parent",
    "Position",
    "Type",
    "Sale price",
    "Date sale price starts",
    "Date sale price ends",
    "In stock?",
];

/// Some of these are in each such file, and in no other.
const TELLING: [&str; 7] = [
    "Regular price",
    "Is featured?",
    "Visibility in catalog",
    "In stock?",
    "Backorders allowed?",
    "Short description",
    "Attribute 1 value(s)",
];

/// The grams of each unit of weight.
const UNITS: [(&str, f64); 4] = [
    ("Weight (kg)", 1000.0),
    ("Weight (g)", 1.0),
    ("Weight (lbs)", 453.592_37),
    ("Weight (oz)", 28.349_523_125),
];

/// A file of WooCommerce's.
pub(super) struct Woo {
    /// Its own columns.
    raw: Header,
    names: Vec<String>,
    places: HashMap<&'static str, usize>,
    /// The columns of its attributes: the name and the values.
    attributes: Vec<(usize, usize)>,
    weight: Option<(usize, f64)>,
    today: NaiveDate,
}

/// A row of it.
struct Source<'a> {
    woo: &'a Woo,
    start: Start,
    has_stray_quote: bool,
    row: Row<'a>,
}

impl Woo {
    /// A file with such a header, if it is one of WooCommerce's.
    pub(super) fn recognise(names: &[String]) -> Option<Self> {
        let place = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let is_shopifys = ["Handle", "URL handle", "Title"].iter().any(|name| place(name).is_some());
        if is_shopifys || place("Name").is_none() || TELLING.iter().all(|name| place(name).is_none()) {
            return None;
        }
        let attribute = |number: usize| {
            let name = place(&format!("Attribute {number} name"))?;
            Some((name, place(&format!("Attribute {number} value(s)"))?))
        };
        let attributes = (1..=names.len()).map_while(attribute).collect();
        let weight = UNITS.iter().find_map(|(name, grams)| Some((place(name)?, *grams)));
        let made_of = MADE_OF.iter().flat_map(|(_, names)| *names).chain(&OTHERS).copied();
        let places: HashMap<&str, usize> = made_of.filter_map(|name| Some((name, place(name)?))).collect();
        let is_ignored = |(position, name): &(usize, &String)| {
            // Whether an attribute is shown, and the like.
            let is_of_attribute = name.starts_with("Attribute ") && !name.ends_with(" value(s)");
            let is_read = places.values().any(|place| place == position);
            !name.is_empty() && !is_of_attribute && (!is_read || name.ends_with(" value(s)"))
        };
        let ignored = names.iter().enumerate().filter(is_ignored);
        let raw = Header::unread(names, ignored.map(|(position, name)| (position, name.clone())).collect());
        let today = Utc::now().date_naive();
        Some(Self { raw, names: names.to_vec(), places, attributes, weight, today })
    }

    /// The columns that its rows become.
    pub(super) fn header(&self) -> Header {
        let name_of =
            |names: &&[&str]| names.iter().find_map(|name| Some(self.names[self.place(name)?].clone()));
        let made = MADE_OF.iter().map(|(column, names)| (*column, name_of(names)));
        let (column, name) = FORMER_PRICE;
        let former = name_of(&&[name][..]).filter(|_| self.place("Regular price").is_some());
        Header::made(made.chain([(column, former)]))
    }

    /// Its own columns, of which some are ignored.
    pub(super) fn raw(&self) -> &Header {
        &self.raw
    }

    /// Whether an ignored column of a row is read after all: the attributes of a product with variations are its options.
    pub(super) fn reads(&self, cells: &ByteRecord, position: usize) -> bool {
        let has_options = self.is_variation(cells) || self.peek(cells, "Type").contains("variable");
        has_options && self.attributes.iter().any(|(_, values)| *values == position)
    }

    /// The rows of a product as those of Shopify, and what is lost; or what is wrong with them.
    pub(super) fn rows(
        &self,
        records: &[Record],
        suffix: Option<Suffix>,
    ) -> Result<(Vec<Record>, Faults), Faults> {
        let mut faults = Faults::default();
        let mut sources = Vec::with_capacity(records.len());
        for Record { start, cells, has_stray_quote } in records {
            match self.raw.row(*start, cells) {
                Ok(row) => {
                    sources.push(Source { woo: self, start: *start, has_stray_quote: *has_stray_quote, row });
                }
                Err(other) => faults.merge(other),
            }
        }
        let is_product = |source: &Source<'_>| !is_variation(&source.cell("Type"), &source.cell("Parent"));
        match sources.iter().position(is_product) {
            _ if !faults.is_empty() => Err(faults),
            Some(lead) => {
                let lead = sources.swap_remove(lead);
                sources.sort_by_key(|source| {
                    (source.cell("Position").parse().unwrap_or(i64::MAX), source.start.row)
                });
                let handle = suffix.map_or_else(|| lead.handle(), |suffix| suffix.add(&lead));
                listing::rows(&lead, &sources, &handle)
            }
            None => {
                let detail = "the file has no product with this SKU or id";
                let orphan = |source: &Source<'_>| source.fault("Parent", "unknown_parent", detail);
                Err(sources.first().map(orphan).map(Faults::from).unwrap_or_default())
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// A cell of a record that is not checked yet.
    fn peek<'a>(&self, cells: &'a ByteRecord, name: &str) -> Cow<'a, str> {
        let cell = self.place(name).and_then(|place| cells.get(place)).unwrap_or_default();
        plain(std::str::from_utf8(cell).unwrap_or_default().trim())
    }

    fn is_variation(&self, cells: &ByteRecord) -> bool {
        is_variation(&self.peek(cells, "Type"), &self.peek(cells, "Parent"))
    }
}

impl Source<'_> {
    /// The text of a cell.
    fn cell(&self, name: &str) -> Cow<'_, str> {
        self.woo.place(name).map_or_else(Cow::default, |place| self.at(place))
    }

    fn at(&self, place: usize) -> Cow<'_, str> {
        plain(self.row.at(place))
    }

    fn fault(&self, column: &str, code: &'static str, detail: impl Into<String>) -> Fault {
        let name = self.woo.place(column).map(|place| self.woo.names[place].clone());
        Fault::of_row(self.start, code, detail).at(name, &self.cell(column))
    }

    fn handle(&self) -> Handle {
        Handle::from_title(&self.cell("Name"))
    }
}

/// Files without types have variations where a parent is named.
fn is_variation(types: &str, parent: &str) -> bool {
    let is_one = |one: &str| one.trim().to_ascii_lowercase().ends_with("variation");
    types.split(',').any(is_one) || (types.is_empty() && !parent.is_empty())
}

/// A cell without the apostrophe that the export puts before what a spreadsheet would take for a formula.
fn plain(text: &str) -> Cow<'_, str> {
    let rest = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    rest.unwrap_or(text).into()
}

/// The values of a cell with several: parted by commas, and a comma of their own is `\,`.
fn values(text: &str) -> Vec<String> {
    let whole = text.replace("\\,", "\0");
    let values = whole.split(',').map(|value| value.trim().replace('\0', ","));
    values.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests;
