//! The variants that a product of the file shall have.

use std::collections::HashMap;

use uuid::Uuid;

use crate::commerce::products::{ProductDraft, VariantDraft};

use super::columns::{Column, Header};
use super::fault::{Fault, Faults};
use super::matching::{Wanted, match_variants};
use super::place::Start;
use super::product::ImportedProduct;
use super::report::{Rules, StockOf, Unnamed};
use super::slots::Slots;
use super::variant::ImportedVariant;

/// The variants, in order.
#[derive(Default)]
pub(super) struct Variants {
    pub options: Vec<String>,
    pub drafts: Vec<VariantDraft>,
    /// The row of each, if it has one.
    pub starts: Vec<Option<Start>>,
    pub unpriced: Vec<Unpriced>,
    /// How many of the present ones are not among them.
    pub removed: usize,
    /// Tracked ones that are new, in a file without a column of quantities.
    pub without_quantity: usize,
}

/// A variant whose row has no price.
pub(super) struct Unpriced {
    pub start: Start,
    pub is_new: bool,
    /// What it costs.
    pub price: i64,
}

/// A row, the variant that it means, and the option values.
struct Named<'a> {
    row: &'a ImportedVariant,
    known: Option<&'a VariantDraft>,
    options: Vec<String>,
}

impl Variants {
    /// Those that the file names; and the present ones that it does not name, unless they are to be replaced.
    pub(super) fn of(
        header: &Header,
        rules: Rules,
        imported: &ImportedProduct,
        present: Option<&ProductDraft>,
    ) -> Result<Self, Faults> {
        let only = [ImportedVariant::blank(imported.start)];
        let rows: Vec<&ImportedVariant> = match (named_rows(imported, present), present) {
            (rows, Some(present)) if rows.is_empty() => return Ok(Self::unchanged(imported.start, present)),
            (rows, None) if rows.is_empty() => only.iter().collect(),
            (rows, _) => rows,
        };
        let options = present.map(|present| present.options.as_slice());
        let slots = Slots::new(header, &imported.names, &rows, options);
        let list = present.map_or(&[][..], |present| &present.variants);
        let named = find(header, &slots, &rows, list)?;
        let mut variants = Self { options: slots.names(), ..Self::default() };
        let by_id: HashMap<Option<Uuid>, usize> =
            named.iter().enumerate().filter_map(|(index, named)| Some((named.known?.id, index))).collect();
        let left = list.len() - by_id.len();
        if left == 0 || rules.variants == Unnamed::Replace {
            variants.removed = left;
            for named in &named {
                variants.add(header, rules, named);
            }
            return Ok(variants);
        }
        if let Some(present) = present.filter(|present| !is_same(&present.options, &variants.options)) {
            let detail = format!(
                "the shop has variants that the file does not name, with the options {:?}; variants=replace removes them",
                present.options.join(", ")
            );
            return Err(Fault::of_row(imported.start, "options_differ", detail).into());
        }
        // The present order stays, and new ones come last.
        for present in list {
            match by_id.get(&present.id) {
                Some(index) => variants.add(header, rules, &named[*index]),
                None => variants.keep(present),
            }
        }
        named
            .iter()
            .filter(|named| named.known.is_none())
            .for_each(|named| variants.add(header, rules, named));
        Ok(variants)
    }

    fn unchanged(start: Start, present: &ProductDraft) -> Self {
        let mut variants = Self { options: present.options.clone(), ..Self::default() };
        for variant in &present.variants {
            variants.keep(variant);
        }
        let free = present.variants.iter().filter(|variant| variant.price == 0);
        variants.unpriced.extend(free.map(|_| Unpriced { start, is_new: false, price: 0 }));
        variants
    }

    fn keep(&mut self, present: &VariantDraft) {
        self.drafts.push(present.clone());
        self.starts.push(None);
    }

    fn add(&mut self, header: &Header, rules: Rules, named: &Named<'_>) {
        let Named { row, known, options } = named;
        let draft = match known {
            Some(known) => {
                let mut draft = VariantDraft { options: options.clone(), ..(*known).clone() };
                row.fill(&mut draft, header);
                let keeps_stock = rules.stock == StockOf::Keep;
                VariantDraft { stock: draft.stock.filter(|_| !keeps_stock), ..draft }
            }
            None => row.draft(options.clone(), header),
        };
        if row.price.is_none() {
            let unpriced = Unpriced { start: row.start, is_new: known.is_none(), price: draft.price };
            self.unpriced.push(unpriced);
        }
        let is_without = known.is_none() && !header.has(Column::Quantity);
        self.without_quantity += usize::from(is_without && draft.track_stock == Some(true));
        self.drafts.push(draft);
        self.starts.push(Some(row.start));
    }
}

/// The rows that mean variants. A leading row with nothing of a variant means one where the product has no other: then its
/// cells say that the variant has no SKU, and so on.
fn named_rows<'i>(imported: &'i ImportedProduct, present: Option<&ProductDraft>) -> Vec<&'i ImportedVariant> {
    let is_only = present.is_none_or(|present| present.options.is_empty() && present.variants.len() == 1);
    let takes_blank = is_only && imported.variants.len() == 1;
    imported.variants.iter().filter(|variant| takes_blank || !variant.is_blank).collect()
}

/// Finds the present variant of each row, and its option values.
fn find<'a>(
    header: &Header,
    slots: &Slots,
    rows: &[&'a ImportedVariant],
    list: &'a [VariantDraft],
) -> Result<Vec<Named<'a>>, Faults> {
    let wanted: Vec<Wanted<'_>> =
        rows.iter().map(|row| Wanted { values: slots.values(row), sku: row.sku.as_deref() }).collect();
    let mut faults = Faults::default();
    faults.add_all(rows.iter().filter_map(|row| slots.without_name(row, header)));
    let mut named = Vec::with_capacity(rows.len());
    for ((row, wanted), known) in rows.iter().copied().zip(&wanted).zip(match_variants(list, &wanted)) {
        let present = known.map_or(&[][..], |known| &known.options);
        let value = |(index, value): (usize, Option<&str>)| {
            value.map(str::to_owned).or_else(|| present.get(index).cloned())
        };
        match wanted.values.iter().copied().enumerate().map(value).collect() {
            Some(options) => named.push(Named { row, known, options }),
            None if list.is_empty() => faults.add(slots.without_value(row, header)),
            None => {
                let detail = "the row does not say which variant it means: it needs their option values, or a SKU that one of them has";
                faults.add(Fault::of_row(row.start, "ambiguous_variant", detail));
            }
        }
    }
    if faults.is_empty() { Ok(named) } else { Err(faults) }
}

/// Whether the names of the options are the same; their case may differ.
fn is_same(before: &[String], after: &[String]) -> bool {
    let lower = |names: &[String]| names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    lower(before) == lower(after)
}
