//! What becomes of the stock of a product, by a file of stock.

use crate::commerce::products::ProductDraft;
use crate::commerce::stock::level::MAX_STOCK;

use super::columns::{Column, Header};
use super::fault::{Fault, Faults};
use super::matching::{Wanted, match_variants};
use super::place::Start;
use super::product::ImportedProduct;
use super::slots::Slots;
use super::variant::ImportedVariant;

/// The present product with the stock of the file; and the row of each variant that the file has.
pub(super) fn stocked(
    header: &Header,
    imported: &ImportedProduct,
    present: Option<&ProductDraft>,
) -> Result<(ProductDraft, Vec<Option<Start>>), Faults> {
    let Some(present) = present else {
        let fault =
            Fault::of_row(imported.start, "unknown_product", "the shop has no product with this handle");
        return Err(fault.at(header.name(Column::Handle), imported.handle.as_str()).into());
    };
    let rows: Vec<&ImportedVariant> = imported.variants.iter().collect();
    let slots = Slots::new(header, &imported.names, &rows, Some(&present.options));
    let wanted: Vec<Wanted<'_>> =
        rows.iter().map(|row| Wanted { values: slots.values(row), sku: row.sku.as_deref() }).collect();
    let (mut draft, mut starts) = (present.clone(), vec![None; present.variants.len()]);
    let mut faults = Faults::default();
    for (row, known) in rows.iter().zip(match_variants(&present.variants, &wanted)) {
        let place =
            known.and_then(|known| present.variants.iter().position(|variant| variant.id == known.id));
        let is_too_much = row.quantity.is_some_and(|quantity| quantity.abs() > MAX_STOCK);
        match place {
            _ if is_too_much => {
                let detail = format!("all locations together must have at most {MAX_STOCK}");
                faults.add(Fault::of_row(row.start, "invalid_number", detail));
            }
            Some(place) => {
                draft.variants[place].stock = row.quantity;
                starts[place] = Some(row.start);
            }
            None => {
                let detail =
                    "the product has no variant with these option values, and none with this SKU alone";
                faults.add(Fault::of_row(row.start, "unknown_variant", detail));
            }
        }
    }
    if faults.is_empty() { Ok((draft, starts)) } else { Err(faults) }
}
