//! What a client may send of a product, and the draft it becomes.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::money::Price;
use crate::commerce::stock::level::Stock;
use crate::http::List;
use crate::http::request::patch::patch_body;
use crate::http::request::text::{Line, Prose, Word};
use crate::tenancy::Currency;

use super::draft::{Contradiction, MAX_IMAGES, MAX_OPTIONS, MAX_TAGS, MAX_VARIANTS};
use super::fields::{Grams, ImageUrl};
use super::{Draft, Handle, ImageDraft, Status, VariantDraft};

/// What a product may be described by.
type Tags = List<Line, 0, MAX_TAGS>;
/// The names of a product's options.
type Options = List<Line, 0, MAX_OPTIONS>;
/// A product's variants.
type Variants = List<VariantBody, 1, MAX_VARIANTS>;
/// A product's images.
type Images = List<ImageBody, 0, MAX_IMAGES>;

/// A whole product. Without `variants` there is one, from `price`, `sku` and `stock`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProduct)]
pub struct ProductBody {
    title: Line,
    /// Made from the title when left out.
    handle: Option<Handle>,
    /// Text or HTML.
    #[serde(default)]
    description: Prose,
    #[serde(default)]
    vendor: Word,
    #[serde(default)]
    product_type: Word,
    #[serde(default)]
    #[schema(inline)]
    tags: Tags,
    #[serde(default)]
    status: Status,
    #[serde(default)]
    #[schema(inline)]
    options: Options,
    #[schema(inline)]
    variants: Option<Variants>,
    #[serde(default)]
    #[schema(inline)]
    images: Images,
    price: Option<Price>,
    sku: Option<Line>,
    /// Pieces.
    stock: Option<Stock>,
}

patch_body! {
    /// Part of a product. `variants`, when given, are all variants there shall be; one with the `id` of a present
    /// one takes its place.
    pub struct ProductPatch {
        title: Line,
        handle: Handle,
        description: Prose,
        vendor: Word,
        product_type: Word,
        tags: Tags,
        status: Status,
        options: Options,
        variants: Variants,
        images: Images,
    }
}

/// A whole variant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewVariant)]
pub struct VariantBody {
    /// The variant that this one takes the place of; only when a product's variants are replaced.
    id: Option<Uuid>,
    /// Unique in the shop.
    sku: Option<Line>,
    /// A value for each of the product's options.
    #[serde(default)]
    options: BTreeMap<String, Line>,
    price: Price,
    compare_at_price: Option<Price>,
    /// True when left out and `stock` is given.
    track_stock: Option<bool>,
    /// Whether it may be sold when there is none.
    #[serde(default)]
    allow_oversell: bool,
    /// Pieces; below zero only with `allow_oversell`, or without tracking.
    stock: Option<Stock>,
    barcode: Option<Line>,
    /// The weight.
    #[serde(default)]
    grams: Grams,
}

patch_body! {
    /// Part of a variant. Stock has a route of its own, which asks for a reason.
    pub struct VariantPatch {
        sku: Option<Line>,
        options: BTreeMap<String, Line>,
        price: Price,
        compare_at_price: Option<Price>,
        track_stock: bool,
        allow_oversell: bool,
        barcode: Option<Line>,
        grams: Grams,
    }
}

/// An image, by its address.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewImage)]
struct ImageBody {
    url: ImageUrl,
    /// What it shows, for those who do not see it.
    #[serde(default)]
    alt: Word,
}

impl ProductBody {
    /// Whether price, SKU and stock of the only variant stand in the product itself.
    pub fn is_short(&self) -> bool {
        self.variants.is_none()
    }

    /// The product that this is to become, in the shop's currency.
    pub fn into_draft(self, currency: Currency) -> Result<Draft, Contradiction> {
        let options = lines(self.options.0);
        let variants = match (self.variants, self.price, self.sku, self.stock) {
            (Some(variants), None, None, None) => variant_drafts(variants.0, &options, currency)?,
            (Some(_), ..) => {
                let detail = "give either variants, or price, sku and stock of the only one";
                return Err(Contradiction::new("/variants", detail));
            }
            (None, price, sku, stock) => vec![only_variant(price, sku, stock, currency)?],
        };
        let draft = Draft {
            handle: self.handle,
            title: self.title.into_string(),
            description: self.description.into_string(),
            vendor: self.vendor.into_string(),
            product_type: self.product_type.into_string(),
            tags: tags(self.tags.0)?,
            status: self.status,
            options,
            variants,
            images: image_drafts(self.images.0),
        };
        draft.check()?;
        Ok(draft)
    }
}

impl ProductPatch {
    /// The product as it is, changed by this.
    pub fn apply(self, present: Draft, currency: Currency) -> Result<Draft, Contradiction> {
        let options = self.options.given().map_or(present.options, |options| lines(options.0));
        let variants = match self.variants.given() {
            Some(variants) => variant_drafts(variants.0, &options, currency)?,
            None => present.variants,
        };
        let draft = Draft {
            handle: self.handle.given().or(present.handle),
            title: self.title.given().map_or(present.title, Line::into_string),
            description: self.description.given().map_or(present.description, Prose::into_string),
            vendor: self.vendor.given().map_or(present.vendor, Word::into_string),
            product_type: self.product_type.given().map_or(present.product_type, Word::into_string),
            tags: self.tags.given().map_or(Ok(present.tags), |given| tags(given.0))?,
            status: self.status.or(present.status),
            options,
            variants,
            images: self.images.given().map_or(present.images, |images| image_drafts(images.0)),
        };
        draft.check()?;
        Ok(draft)
    }
}

impl VariantBody {
    /// The variant that this is to become; contradictions point below `at`.
    pub fn into_draft(
        self,
        names: &[String],
        currency: Currency,
        at: &str,
    ) -> Result<VariantDraft, Contradiction> {
        let money = |price: Price, field: &str| in_currency(price, currency, &format!("{at}/{field}"));
        Ok(VariantDraft {
            id: self.id,
            sku: self.sku.map(Line::into_string),
            options: option_values(self.options, names, at)?,
            price: money(self.price, "price")?,
            compare_at_price: self
                .compare_at_price
                .map(|price| money(price, "compare_at_price"))
                .transpose()?,
            track_stock: self.track_stock,
            allow_oversell: self.allow_oversell,
            stock: self.stock.map(Stock::get),
            barcode: self.barcode.map(Line::into_string),
            grams: self.grams.get(),
        })
    }
}

impl VariantPatch {
    /// The variant as it is, changed by this.
    pub fn apply(
        self,
        present: VariantDraft,
        names: &[String],
        currency: Currency,
    ) -> Result<VariantDraft, Contradiction> {
        let text = |line: Option<Line>| line.map(Line::into_string);
        let compare_at_price = match self.compare_at_price.given() {
            None => present.compare_at_price,
            Some(None) => None,
            Some(Some(price)) => Some(in_currency(price, currency, "/compare_at_price")?),
        };
        Ok(VariantDraft {
            id: present.id,
            sku: self.sku.given().map_or(present.sku, text),
            options: match self.options.given() {
                Some(options) => option_values(options, names, "")?,
                None => present.options,
            },
            price: match self.price.given() {
                Some(price) => in_currency(price, currency, "/price")?,
                None => present.price,
            },
            compare_at_price,
            track_stock: self.track_stock.given().or(present.track_stock),
            allow_oversell: self.allow_oversell.or(present.allow_oversell),
            stock: present.stock,
            barcode: self.barcode.given().map_or(present.barcode, text),
            grams: self.grams.given().map_or(present.grams, Grams::get),
        })
    }
}

fn only_variant(
    price: Option<Price>,
    sku: Option<Line>,
    stock: Option<Stock>,
    currency: Currency,
) -> Result<VariantDraft, Contradiction> {
    Ok(VariantDraft {
        id: None,
        sku: sku.map(Line::into_string),
        options: Vec::new(),
        price: price.map(|price| in_currency(price, currency, "/price")).transpose()?.unwrap_or(0),
        compare_at_price: None,
        track_stock: None,
        allow_oversell: false,
        stock: stock.map(Stock::get),
        barcode: None,
        grams: 0,
    })
}

fn variant_drafts(
    variants: Vec<VariantBody>,
    names: &[String],
    currency: Currency,
) -> Result<Vec<VariantDraft>, Contradiction> {
    variants
        .into_iter()
        .enumerate()
        .map(|(index, variant)| variant.into_draft(names, currency, &format!("/variants/{index}")))
        .collect()
}

/// The values in the order of the product's options.
fn option_values(
    mut given: BTreeMap<String, Line>,
    names: &[String],
    at: &str,
) -> Result<Vec<String>, Contradiction> {
    let at = format!("{at}/options");
    let values: Option<Vec<String>> =
        names.iter().map(|name| given.remove(name).map(Line::into_string)).collect();
    match values {
        Some(values) if given.is_empty() => Ok(values),
        _ if names.is_empty() => Err(Contradiction::new(at, "the product has no options")),
        _ => Err(Contradiction::new(at, format!("must have a value for each of: {}", names.join(", ")))),
    }
}

fn in_currency(price: Price, currency: Currency, pointer: &str) -> Result<i64, Contradiction> {
    price.in_currency(currency).map_err(|error| Contradiction::new(pointer, error.to_string()))
}

fn image_drafts(images: Vec<ImageBody>) -> Vec<ImageDraft> {
    images.into_iter().map(|image| ImageDraft { url: image.url.0, alt: image.alt.into_string() }).collect()
}

fn lines(lines: Vec<Line>) -> Vec<String> {
    lines.into_iter().map(Line::into_string).collect()
}

/// Each tag once. A comma stands between tags in Shopify's CSV, and so in none.
fn tags(given: Vec<Line>) -> Result<Vec<String>, Contradiction> {
    let mut tags: Vec<String> = Vec::new();
    for (index, tag) in lines(given).into_iter().enumerate() {
        if tag.contains(',') {
            return Err(Contradiction::new(format!("/tags/{index}"), "must not hold a comma"));
        }
        if !tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    Ok(tags)
}
