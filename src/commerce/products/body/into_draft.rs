//! Turning request bodies into drafts.

use std::collections::{BTreeMap, HashMap};

use crate::commerce::money::Price;
use crate::commerce::products::draft::{ValidationError, is_default};
use crate::commerce::products::fields::{Description, Grams};
use crate::commerce::products::{ImageDraft, ProductDraft, VariantDraft};
use crate::commerce::stock::level::Stock;
use crate::http::request::text::{Identifier, Line, OptionalIdentifier, normal_form};
use crate::tenancy::Currency;

use super::{ImageBody, ProductBody, ProductPatch, VariantBody, VariantPatch};

impl ProductBody {
    /// The draft of the whole product, in the shop's currency.
    pub fn into_draft(self, currency: Currency) -> Result<ProductDraft, ValidationError> {
        let options = strings(self.options.0);
        let variants = match (self.variants, self.price, self.sku, self.stock) {
            (Some(variants), None, None, None) => variant_drafts(variants.0, &options, currency)?,
            (Some(_), ..) => {
                let detail = "give either variants, or price, sku and stock of the only one";
                return Err(ValidationError::new("/variants", detail));
            }
            (None, price, sku, stock) => vec![only_variant(price, sku, stock, currency)?],
        };
        ProductDraft {
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
        }
        .checked()
    }
}

impl ProductPatch {
    /// The draft `current` with the given fields replaced.
    pub fn apply(self, current: ProductDraft, currency: Currency) -> Result<ProductDraft, ValidationError> {
        let options = self.options.given().map_or(current.options, |options| strings(options.0));
        let variants = match self.variants.given() {
            Some(variants) => variant_drafts(variants.0, &options, currency)?,
            None => current.variants,
        };
        ProductDraft {
            handle: self.handle.given().or(current.handle),
            title: self.title.given().map_or(current.title, Line::into_string),
            description: self.description.given().map_or(current.description, Description::into_string),
            vendor: self.vendor.given().map_or(current.vendor, OptionalIdentifier::into_string),
            product_type: self
                .product_type
                .given()
                .map_or(current.product_type, OptionalIdentifier::into_string),
            tags: self.tags.given().map_or(Ok(current.tags), |given| tags(given.0))?,
            status: self.status.or(current.status),
            options,
            variants,
            images: self.images.given().map_or(current.images, |images| image_drafts(images.0)),
        }
        .checked()
    }
}

impl VariantBody {
    /// The draft of the variant. `at` is the JSON pointer of the variant in the body, for errors.
    pub fn into_draft(
        self,
        names: &[String],
        currency: Currency,
        at: &str,
    ) -> Result<VariantDraft, ValidationError> {
        let money = |price: Price, field: &str| in_currency(price, currency, &format!("{at}/{field}"));
        Ok(VariantDraft {
            id: self.id.map(|id| id.0),
            sku: self.sku.map(Identifier::into_string),
            options: option_values(self.options, names, at)?,
            price: money(self.price, "price")?,
            compare_at_price: self
                .compare_at_price
                .map(|price| money(price, "compare_at_price"))
                .transpose()?,
            track_stock: self.track_stock,
            allow_oversell: self.allow_oversell,
            stock: self.stock.map(Stock::get),
            barcode: self.barcode.map(Identifier::into_string),
            grams: self.grams.get(),
        })
    }
}

impl VariantPatch {
    /// The draft `current` with the given fields replaced.
    pub fn apply(
        self,
        current: VariantDraft,
        names: &[String],
        currency: Currency,
    ) -> Result<VariantDraft, ValidationError> {
        let text = |text: Option<Identifier>| text.map(Identifier::into_string);
        let compare_at_price = match self.compare_at_price.given() {
            None => current.compare_at_price,
            Some(None) => None,
            Some(Some(price)) => Some(in_currency(price, currency, "/compare_at_price")?),
        };
        Ok(VariantDraft {
            id: current.id,
            sku: self.sku.given().map_or(current.sku, text),
            options: match self.options.given() {
                Some(options) => option_values(options, names, "")?,
                None => current.options,
            },
            price: match self.price.given() {
                Some(price) => in_currency(price, currency, "/price")?,
                None => current.price,
            },
            compare_at_price,
            track_stock: self.track_stock.given().or(current.track_stock),
            allow_oversell: self.allow_oversell.or(current.allow_oversell),
            stock: current.stock,
            barcode: self.barcode.given().map_or(current.barcode, text),
            grams: self.grams.given().map_or(current.grams, Grams::get),
        })
    }
}

fn only_variant(
    price: Option<Price>,
    sku: Option<Identifier>,
    stock: Option<Stock>,
    currency: Currency,
) -> Result<VariantDraft, ValidationError> {
    Ok(VariantDraft {
        id: None,
        sku: sku.map(Identifier::into_string),
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
) -> Result<Vec<VariantDraft>, ValidationError> {
    variants
        .into_iter()
        .enumerate()
        .map(|(index, variant)| variant.into_draft(names, currency, &format!("/variants/{index}")))
        .collect()
}

/// A variant's option values, in the order of the product's options.
fn option_values(
    given: BTreeMap<String, Identifier>,
    names: &[String],
    at: &str,
) -> Result<Vec<String>, ValidationError> {
    let at = format!("{at}/options");
    let count = given.len();
    let mut given: HashMap<String, Identifier> =
        given.into_iter().map(|(name, value)| (normal_form(&name), value)).collect();
    if given.len() < count {
        return Err(ValidationError::new(at, "names an option twice"));
    }
    let values: Option<Vec<String>> =
        names.iter().map(|name| given.remove(name).map(Identifier::into_string)).collect();
    match values {
        Some(values) if given.is_empty() => Ok(values),
        _ if names.is_empty() && given.iter().all(|(name, value)| is_default(name, value.as_str())) => {
            Ok(Vec::new())
        }
        _ if names.is_empty() => Err(ValidationError::new(at, "the product has no options")),
        _ => Err(ValidationError::new(at, format!("must have a value for each of: {}", names.join(", ")))),
    }
}

fn in_currency(price: Price, currency: Currency, pointer: &str) -> Result<i64, ValidationError> {
    price.in_currency(currency).map_err(|error| ValidationError::new(pointer, error.to_string()))
}

fn image_drafts(images: Vec<ImageBody>) -> Vec<ImageDraft> {
    images.into_iter().map(|image| ImageDraft { url: image.url.0, alt: image.alt.into_string() }).collect()
}

fn strings(texts: Vec<Identifier>) -> Vec<String> {
    texts.into_iter().map(Identifier::into_string).collect()
}

/// The tags without duplicates. A tag must not contain a comma, which separates tags in Shopify's CSV.
fn tags(given: Vec<Identifier>) -> Result<Vec<String>, ValidationError> {
    let mut tags: Vec<String> = Vec::new();
    for (index, tag) in strings(given).into_iter().enumerate() {
        if tag.contains(',') {
            return Err(ValidationError::new(format!("/tags/{index}"), "must not hold a comma"));
        }
        if !tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    Ok(tags)
}
