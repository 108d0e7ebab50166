//! What a row says of a variant.

use std::collections::HashMap;

use crate::commerce::products::VariantDraft;
use crate::commerce::products::draft::MAX_OPTIONS;
use crate::tenancy::Currency;

use super::cells;
use super::columns::{Column, Header, Row, VARIANT_COLUMNS};
use super::fault::Faults;
use super::options;
use super::place::Start;

/// A variant in the file.
#[derive(Debug)]
pub(super) struct ImportedVariant {
    pub start: Start,
    /// Whether all its cells are blank.
    pub is_blank: bool,
    /// The cells of its option values.
    pub values: [String; MAX_OPTIONS],
    pub sku: Option<String>,
    pub price: Option<i64>,
    compare_at_price: Option<i64>,
    is_tracked: bool,
    allow_oversell: bool,
    pub quantity: Option<i64>,
    barcode: Option<String>,
    grams: i64,
}

/// Where the variants of a file of stock are in a list: each location has a row for every variant.
#[derive(Default)]
pub(super) struct Locations(HashMap<([String; MAX_OPTIONS], Option<String>), usize>);

impl Locations {
    /// Adds a row to the list, or its pieces to those of the same variant at another location.
    pub(super) fn add(&mut self, variants: &mut Vec<ImportedVariant>, row: ImportedVariant) {
        let place = *self.0.entry((row.values.clone(), row.sku.clone())).or_insert(variants.len());
        match (variants.get_mut(place), row.quantity) {
            (None, _) => variants.push(row),
            (Some(known), Some(more)) => known.quantity = Some(known.quantity.unwrap_or(0) + more),
            (Some(_), None) => {}
        }
    }
}

/// Whether a row after the leading one is a variant. A row with an image may have what scripts write into every row.
pub(super) fn is_variant(row: &Row) -> bool {
    let telling =
        if row.cell(Column::ImageUrl).is_empty() { &VARIANT_COLUMNS[..5] } else { &VARIANT_COLUMNS[..2] };
    options::any_value(row) || telling.iter().any(|column| !row.cell(*column).is_empty())
}

impl ImportedVariant {
    /// Reads a row.
    pub(super) fn read(row: &Row, currency: Currency, faults: &mut Faults) -> Self {
        let values = options::values(row, faults);
        let is_blank = values.iter().all(String::is_empty)
            && VARIANT_COLUMNS.iter().all(|column| row.cell(*column).is_empty());
        Self {
            is_blank,
            values,
            sku: faults.value_or_default(cells::number_as_text(row, Column::Sku)),
            price: faults.value_or_default(cells::amount(row, Column::Price, currency)),
            compare_at_price: faults.value_or_default(cells::amount(row, Column::CompareAtPrice, currency)),
            is_tracked: !row.cell(Column::Tracker).is_empty(),
            allow_oversell: faults.value_or_default(cells::policy(row)),
            quantity: faults.value_or_default(cells::quantity(row)),
            barcode: faults.value_or_default(cells::number_as_text(row, Column::Barcode)),
            grams: faults.value_or_default(cells::grams(row)),
            ..Self::blank(row.start)
        }
    }

    /// The variant of a product of which the file says nothing more.
    pub(super) fn blank(start: Start) -> Self {
        Self {
            start,
            is_blank: true,
            values: Default::default(),
            sku: None,
            price: None,
            compare_at_price: None,
            is_tracked: false,
            allow_oversell: false,
            quantity: None,
            barcode: None,
            grams: 0,
        }
    }

    /// Changes a draft to what the file has. A price cannot be blank, so it stays then.
    pub(super) fn fill(&self, draft: &mut VariantDraft, header: &Header) {
        draft.price = self.price.unwrap_or(draft.price);
        if header.has(Column::CompareAtPrice) {
            draft.compare_at_price = self.compare_at_price;
        }
        if header.has(Column::Sku) {
            draft.sku.clone_from(&self.sku);
        }
        if header.has(Column::Barcode) {
            draft.barcode.clone_from(&self.barcode);
        }
        if header.has(Column::Grams) {
            draft.grams = self.grams;
        }
        if header.has(Column::Policy) {
            draft.allow_oversell = self.allow_oversell;
        }
        if header.has(Column::Tracker) {
            draft.track_stock = Some(self.is_tracked);
        }
        if header.has(Column::Quantity) {
            let nothing = (draft.track_stock == Some(true)).then_some(0);
            draft.stock = self.quantity.or(nothing);
        }
    }

    /// The draft of a new variant.
    pub(super) fn draft(&self, options: Vec<String>, header: &Header) -> VariantDraft {
        let mut draft = VariantDraft {
            id: None,
            sku: None,
            options,
            price: 0,
            compare_at_price: None,
            track_stock: Some(false),
            allow_oversell: false,
            stock: None,
            barcode: None,
            grams: 0,
        };
        self.fill(&mut draft, header);
        draft
    }
}
