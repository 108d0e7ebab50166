//! The CSV rows of one product, in those of Shopify's columns that are used here.
//!
//! Cells are written unchanged, even if a spreadsheet would take them for formulas: an import of the file must give the same
//! catalogue.

use crate::commerce::money;
use crate::commerce::products::Status;
use crate::commerce::products::draft::{DEFAULT_OPTION, DEFAULT_VALUE};
use crate::commerce::products::view::{ImageRow, ProductView, VariantView};
use crate::tenancy::Currency;

/// The names of the columns.
pub(super) const COLUMNS: [&str; 25] = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Status",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Barcode",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Image Position",
    "Image Alt Text",
];

/// The rows of a product. Only the first has the product's own fields; each has a variant, an image, or both.
pub(super) fn rows(view: &ProductView, currency: Currency) -> impl Iterator<Item = Vec<String>> {
    let count = view.variants.len().max(view.images.len());
    (0..count).map(move |index| {
        let mut row = vec![view.product.handle.clone()];
        row.extend(product_cells(view, index == 0));
        row.extend(option_cells(view, index));
        row.extend(variant_cells(view.variants.get(index), currency));
        row.extend(image_cells(view.images.get(index)));
        row
    })
}

fn product_cells(view: &ProductView, is_first: bool) -> [String; 7] {
    if !is_first {
        return Default::default();
    }
    let product = &view.product;
    [
        product.title.clone(),
        product.description.clone(),
        product.vendor.clone(),
        product.product_type.clone(),
        product.tags.join(", "),
        (product.status == Status::Active.as_str()).to_string(),
        product.status.clone(),
    ]
}

/// Shopify writes the option `Title` with the value `Default Title` for a product that has no options.
fn option_cells(view: &ProductView, index: usize) -> [String; 6] {
    let mut cells: [String; 6] = Default::default();
    let Some(variant) = view.variants.get(index) else { return cells };
    if view.product.options.is_empty() {
        [DEFAULT_OPTION, DEFAULT_VALUE].map(str::to_owned).swap_with_slice(&mut cells[..2]);
    }
    for (pair, name) in cells.chunks_exact_mut(2).zip(&view.product.options) {
        if index == 0 {
            name.clone_into(&mut pair[0]);
        }
        pair[1] = variant.options.get(name).cloned().unwrap_or_default();
    }
    cells
}

fn variant_cells(variant: Option<&VariantView>, currency: Currency) -> [String; 8] {
    let Some(variant) = variant else { return Default::default() };
    let tracker = if variant.track_stock { "shopify" } else { "" };
    let policy = if variant.allow_oversell { "continue" } else { "deny" };
    let price = |amount| money::format_decimal(amount, currency);
    [
        number_as_text(variant.sku.as_deref()),
        number_as_text(variant.barcode.as_deref()),
        variant.grams.to_string(),
        tracker.to_owned(),
        variant.stock.to_string(),
        policy.to_owned(),
        price(variant.price.amount),
        variant.compare_at_price.as_ref().map(|money| price(money.amount)).unwrap_or_default(),
    ]
}

fn image_cells(image: Option<&ImageRow>) -> [String; 3] {
    let Some(image) = image else { return Default::default() };
    [image.url.clone(), image.position.to_string(), image.alt.clone()]
}

/// Doubles an apostrophe at the beginning. Shopify puts one before numbers, so that spreadsheets take them for text, and the
/// import removes it.
fn number_as_text(text: Option<&str>) -> String {
    match text {
        Some(text) if text.starts_with('\'') => format!("'{text}"),
        Some(text) => text.to_owned(),
        None => String::new(),
    }
}
