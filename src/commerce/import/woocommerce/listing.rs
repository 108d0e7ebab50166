//! The cells of a product of WooCommerce's, and of its variations, as Shopify has them.

use std::borrow::Cow;

use chrono::NaiveDate;
use csv::ByteRecord;

use crate::commerce::products::Handle;
use crate::commerce::products::draft::{DEFAULT_OPTION, DEFAULT_VALUE};

use super::super::columns::Column;
use super::super::fault::Faults;
use super::super::place::Start;
use super::super::records::Record;
use super::options::{Attribute, Variant, attributes, variants};
use super::{FORMER_PRICE, MADE_OF, Source, values};

/// The category of products that have none.
const NO_CATEGORY: &str = "Uncategorized";

/// A row that is made.
struct Made {
    start: Start,
    has_stray_quote: bool,
    cells: Vec<String>,
}

impl Made {
    fn new(source: &Source<'_>, handle: &Handle) -> Self {
        let cells = vec![String::new(); MADE_OF.len() + 1];
        let mut made = Self { start: source.start, has_stray_quote: source.has_stray_quote, cells };
        made.set(Column::Handle, handle.as_str());
        made
    }

    fn set<'t>(&mut self, column: Column, text: impl Into<Cow<'t, str>>) {
        let mut columns = MADE_OF.iter().map(|(column, _)| column).chain([&FORMER_PRICE.0]);
        if let Some(place) = columns.position(|known| *known == column) {
            self.cells[place] = text.into().into_owned();
        }
    }

    fn record(self) -> Record {
        let Self { start, has_stray_quote, cells } = self;
        Record { start, cells: ByteRecord::from(cells), has_stray_quote }
    }
}

/// The rows of a product, and what of it is lost.
pub(super) fn rows(
    lead: &Source<'_>,
    variations: &[Source<'_>],
    handle: &Handle,
) -> Result<(Vec<Record>, Faults), Faults> {
    let mut warnings = Faults::default();
    let (options, others) = attributes(lead, variations)?;
    let variants = sold(variants(&options, variations, &mut warnings)?, &mut warnings);
    warn_of_losses(lead, variations, &others, &mut warnings);
    let mut first = Made::new(lead, handle);
    fill_product(&mut first, lead, if variants.is_empty() { &[] } else { &options }, &mut warnings);
    let mut images = values(&lead.cell("Images")).into_iter();
    first.set(Column::ImageUrl, images.next().unwrap_or_default());
    if variants.is_empty() {
        first.set(Column::OptionName(0), DEFAULT_OPTION);
        first.set(Column::OptionValue(0), DEFAULT_VALUE);
        fill_variant(&mut first, lead, lead, &mut warnings);
    }
    let mut rows = vec![first];
    rows.extend(variant_rows(lead, &variants, handle, &mut warnings));
    rows.extend(images.map(|image| image_row(lead, handle, image)));
    for source in variations {
        rows.extend(values(&source.cell("Images")).into_iter().map(|image| image_row(source, handle, image)));
    }
    Ok((rows.into_iter().map(Made::record).collect(), warnings))
}

/// The variants without those that are not sold.
fn sold<'v, 's>(variants: Vec<Variant<'v, 's>>, warnings: &mut Faults) -> Vec<Variant<'v, 's>> {
    let is_disabled = |variant: &Variant<'_, '_>| variant.source.cell("Published") == "0";
    let (disabled, sold): (Vec<_>, Vec<_>) = variants.into_iter().partition(is_disabled);
    let detail = "the variation is not sold, so it is left out";
    let warning = |variant: &Variant<'_, '_>| variant.source.fault("Published", "disabled_variation", detail);
    warnings.add_all(disabled.iter().filter(|variant| !variant.is_further).map(warning));
    sold
}

/// The rows of variants. Of those that share their stock, the first one has all of it.
fn variant_rows(
    lead: &Source<'_>,
    variants: &[Variant<'_, '_>],
    handle: &Handle,
    warnings: &mut Faults,
) -> Vec<Made> {
    let (mut rows, mut is_shared, mut has_parents_stock) = (Vec::new(), false, false);
    for variant in variants {
        let mut row = Made::new(variant.source, handle);
        for (index, value) in variant.values.iter().enumerate() {
            row.set(Column::OptionValue(index), value.as_str());
        }
        let mut told = Faults::default();
        fill_variant(&mut row, variant.source, lead, &mut told);
        if !variant.is_further {
            warnings.merge(told);
        }
        let is_parents = variant.source.cell("Stock").eq_ignore_ascii_case("parent");
        if (variant.is_further || (is_parents && has_parents_stock)) && is_tracked(variant.source, lead) {
            row.set(Column::Quantity, "0");
            is_shared = true;
        }
        has_parents_stock |= is_parents;
        rows.push(row);
    }
    if is_shared {
        let detail = "variants share their stock, which there is not here; the first one has all of it";
        warnings.add(lead.fault("Stock", "shared_stock", detail));
    }
    rows
}

/// A row of one more image.
fn image_row(source: &Source<'_>, handle: &Handle, image: String) -> Made {
    let mut row = Made { has_stray_quote: false, ..Made::new(source, handle) };
    row.set(Column::ImageUrl, image);
    row
}

/// Tells what no column of the report shows.
fn warn_of_losses(lead: &Source<'_>, variations: &[Source<'_>], others: &[String], warnings: &mut Faults) {
    if !variations.is_empty() && !others.is_empty() {
        let detail = format!("attributes that tell no variants apart are left out: {}", others.join(", "));
        warnings.add(lead.fault("Attribute 1 name", "left_out", detail));
    }
    if let Some(described) = variations.iter().find(|source| !source.cell("Description").is_empty()) {
        let detail = "variants have no descriptions here, so those of the variations are left out";
        warnings.add(described.fault("Description", "left_out", detail));
    }
}

/// Fills in what is of the product as a whole.
fn fill_product(made: &mut Made, lead: &Source<'_>, options: &[Attribute], warnings: &mut Faults) {
    made.set(Column::Title, lead.cell("Name"));
    let texts = ["Short description", "Description"].map(|name| with_lines(&lead.cell(name)));
    let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    made.set(Column::Body, texts.join("\n"));
    made.set(Column::Vendor, values(&lead.cell("Brands")).into_iter().next().unwrap_or_default());
    let categories: Vec<String> =
        values(&lead.cell("Categories")).into_iter().filter(|path| path != NO_CATEGORY).collect();
    let parts = categories.iter().flat_map(|path| path.split('>')).map(|part| part.trim().to_owned());
    let tags: Vec<String> = values(&lead.cell("Tags")).into_iter().chain(parts).collect();
    made.set(Column::Tags, tags.join(","));
    let kind = categories.first().and_then(|path| path.rsplit('>').next()).unwrap_or_default();
    made.set(Column::Type, kind.trim());
    for (index, option) in options.iter().enumerate() {
        made.set(Column::OptionName(index), option.name.as_str());
    }
    fill_status(made, lead, warnings);
}

/// Nothing is shown to more people than before, and nothing is sold that is none of the shop's goods.
fn fill_status(made: &mut Made, lead: &Source<'_>, warnings: &mut Faults) {
    let types = lead.cell("Type").to_lowercase();
    let types: Vec<&str> = types.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let is_known = |one: &&&str| ["simple", "variable", "virtual"].contains(*one);
    if let Some(other) = types.iter().find(|one| !is_known(one)) {
        let detail =
            format!("products that are {other} are not sold as such here, so it comes in as a draft");
        warnings.add(lead.fault("Type", "unsupported_type", detail));
        return made.set(Column::Status, "draft");
    }
    made.set(
        Column::Status,
        match &*lead.cell("Published") {
            "" => "",
            "0" | "1" if lead.cell("Visibility in catalog").eq_ignore_ascii_case("hidden") => "unlisted",
            "0" | "1" => "active",
            _ => "draft",
        },
    );
    if lead.cell("Published") == "0" {
        made.set(Column::Published, "FALSE");
    }
}

/// Fills in what is of a variant. What a variation does not say is as in its product.
fn fill_variant(made: &mut Made, source: &Source<'_>, lead: &Source<'_>, warnings: &mut Faults) {
    made.set(Column::Sku, source.cell("SKU"));
    made.set(Column::Barcode, source.cell("GTIN, UPC, EAN, or ISBN"));
    let backorders = source.cell("Backorders allowed?");
    made.set(Column::Policy, if ["1", "notify"].contains(&&*backorders) { "continue" } else { "deny" });
    if is_tracked(source, lead) {
        made.set(Column::Tracker, "woocommerce");
        let stock = source.cell("Stock");
        let stock = if stock.eq_ignore_ascii_case("parent") { lead.cell("Stock") } else { stock };
        made.set(Column::Quantity, if stock.is_empty() { "0".into() } else { stock });
    }
    if let Some((place, grams)) = source.woo.weight {
        let own = Some(source.at(place)).filter(|text| !text.is_empty());
        made.set(Column::Grams, in_grams(&own.unwrap_or_else(|| lead.at(place)), grams));
    }
    let [regular, sale] = ["Regular price", "Sale price"].map(|name| with_point(&source.cell(name)));
    if is_on_sale(source, warnings) && !sale.is_empty() {
        made.set(Column::Price, sale);
        made.set(Column::CompareAtPrice, regular);
    } else {
        made.set(Column::Price, regular);
    }
}

/// Whether its pieces are counted. What is out of stock without being counted has none.
fn is_tracked(source: &Source<'_>, lead: &Source<'_>) -> bool {
    let stock = source.cell("Stock");
    match &*stock {
        "" => source.cell("In stock?") == "0",
        stock if stock.eq_ignore_ascii_case("parent") => !lead.cell("Stock").is_empty(),
        _ => true,
    }
}

/// Whether a sale is on today. That it ends is not known here.
fn is_on_sale(source: &Source<'_>, warnings: &mut Faults) -> bool {
    if source.cell("Sale price").is_empty() {
        return false;
    }
    let date = |name: &str| {
        let text = source.cell(name);
        NaiveDate::parse_from_str(text.get(..10).unwrap_or(&text), "%Y-%m-%d").ok()
    };
    let (from, to) = (date("Date sale price starts"), date("Date sale price ends"));
    let today = source.woo.today;
    let is_on = from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to);
    let detail = match (is_on, to) {
        (true, Some(_)) => "prices do not end by themselves here; change it when the sale ends",
        (false, _) => "it is not on sale today, so it has its regular price",
        (true, None) => return true,
    };
    let column = if to.is_some() { "Date sale price ends" } else { "Date sale price starts" };
    warnings.add(source.fault(column, "sale_dates", detail));
    is_on
}

/// A description with its lines, which the export writes as `\n`.
fn with_lines(text: &str) -> String {
    text.split("\\\\n").map(|part| part.replace("\\n", "\n")).collect::<Vec<_>>().join("\\n")
}

/// A price with a point. The export writes it with the shop's own, and without anything between thousands.
fn with_point(text: &str) -> String {
    if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) }
}

/// A weight in grams, or the text that is none.
fn in_grams(text: &str, unit: f64) -> String {
    match with_point(text).parse::<f64>() {
        Ok(weight) if weight.is_finite() && weight >= 0.0 => format!("{:.0}", weight * unit),
        _ => text.to_owned(),
    }
}
