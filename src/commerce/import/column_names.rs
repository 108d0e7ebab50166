//! The columns of Shopify's files, and their names.

use super::kind::FileOf;

/// A column that the import reads.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Type,
    Tags,
    Published,
    Status,
    GiftCard,
    Fulfillment,
    Location,
    /// The name of the first, second or third option.
    OptionName(usize),
    OptionValue(usize),
    Sku,
    Barcode,
    Grams,
    Tracker,
    Quantity,
    Policy,
    Price,
    CompareAtPrice,
    ImageUrl,
    ImagePosition,
    ImageAlt,
}

/// Every column with its names. Shopify renamed most columns and still reads both names; it publishes no table of old and
/// new names. Names are compared without case.
pub(super) const COLUMNS: [(Column, &[&str]); 27] = [
    (Column::Handle, &["Handle", "URL handle"]),
    (Column::Title, &["Title"]),
    (Column::Body, &["Body (HTML)", "Description"]),
    (Column::Vendor, &["Vendor"]),
    (Column::Type, &["Type", "Custom Product Type"]),
    (Column::Tags, &["Tags"]),
    (Column::Published, &["Published", "Published on online store"]),
    (Column::Status, &["Status"]),
    (Column::GiftCard, &["Gift Card"]),
    (Column::Fulfillment, &["Variant Fulfillment Service", "Fulfillment service"]),
    (Column::OptionName(0), &["Option1 Name"]),
    (Column::OptionValue(0), &["Option1 Value"]),
    (Column::OptionName(1), &["Option2 Name"]),
    (Column::OptionValue(1), &["Option2 Value"]),
    (Column::OptionName(2), &["Option3 Name"]),
    (Column::OptionValue(2), &["Option3 Value"]),
    (Column::Sku, &["Variant SKU", "SKU"]),
    (Column::Barcode, &["Variant Barcode", "Barcode", "Variant Barcodes", "Barcodes"]),
    (Column::Grams, &["Variant Grams", "Weight value (grams)"]),
    (Column::Tracker, &["Variant Inventory Tracker", "Inventory tracker"]),
    (Column::Quantity, &["Variant Inventory Qty", "Inventory quantity"]),
    (Column::Policy, &["Variant Inventory Policy", "Continue selling when out of stock"]),
    (Column::Price, &["Variant Price", "Price"]),
    (Column::CompareAtPrice, &["Variant Compare At Price", "Compare-at price", "Compare At Price"]),
    (Column::ImageUrl, &["Image Src", "Product image URL"]),
    (Column::ImagePosition, &["Image Position"]),
    (Column::ImageAlt, &["Image Alt Text"]),
];

/// The columns of an export of stock.
const STOCK_COLUMNS: [(Column, &[&str]); 11] = [
    (Column::Handle, &["Handle"]),
    (Column::Title, &["Title"]),
    (Column::OptionName(0), &["Option1 Name"]),
    (Column::OptionValue(0), &["Option1 Value"]),
    (Column::OptionName(1), &["Option2 Name"]),
    (Column::OptionValue(1), &["Option2 Value"]),
    (Column::OptionName(2), &["Option3 Name"]),
    (Column::OptionValue(2), &["Option3 Value"]),
    (Column::Sku, &["SKU"]),
    (Column::Location, &["Location"]),
    (Column::Quantity, &["On hand", "On hand (current)"]),
];

/// The columns of a variant, without its options; those first by which a row is known as one.
pub(super) const VARIANT_COLUMNS: [Column; 8] = [
    Column::Price,
    Column::Sku,
    Column::Quantity,
    Column::Barcode,
    Column::CompareAtPrice,
    Column::Grams,
    Column::Tracker,
    Column::Policy,
];

/// The column with a name.
pub(super) fn find(kind: FileOf, name: &str) -> Option<Column> {
    let called = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let columns = if kind == FileOf::Products { &COLUMNS[..] } else { &STOCK_COLUMNS[..] };
    columns.iter().find(|(_, names)| called(names)).map(|(column, _)| *column)
}
