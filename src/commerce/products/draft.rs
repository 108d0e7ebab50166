//! A product as it is to be: checked, complete, in the shop's currency. Bodies and imports
//! both become drafts, and only drafts are written.

use std::collections::HashSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::tenancy::UnknownWord;

use super::Handle;

/// Variants of one product at the most, as Shopify has it.
pub const MAX_VARIANTS: usize = 2048;
/// Options of one product at the most, as Shopify has it.
pub const MAX_OPTIONS: usize = 3;
/// Images of one product at the most, as Shopify has it.
pub const MAX_IMAGES: usize = 250;
/// Tags of one product at the most.
pub const MAX_TAGS: usize = 250;

/// A product as it is to be.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Made from the title when left out.
    pub handle: Option<Handle>,
    /// Its title.
    pub title: String,
    /// Text or HTML.
    pub description: String,
    /// Who makes it.
    pub vendor: String,
    /// What it is.
    pub product_type: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Who sees it.
    pub status: Status,
    /// The names of its options.
    pub options: Vec<String>,
    /// At least one; their order is their position.
    pub variants: Vec<VariantDraft>,
    /// Their order is their position.
    pub images: Vec<ImageDraft>,
}

/// A variant as it is to be.
#[derive(Clone, Debug)]
pub struct VariantDraft {
    /// The variant that this one takes the place of, when there is one.
    pub id: Option<Uuid>,
    /// Unique in the shop.
    pub sku: Option<String>,
    /// One value for each of the product's options, in their order.
    pub options: Vec<String>,
    /// Minor units.
    pub price: i64,
    /// Minor units.
    pub compare_at_price: Option<i64>,
    /// Left out: true for a new variant with stock, else as it was.
    pub track_stock: Option<bool>,
    /// Whether it may be sold when there is none.
    pub allow_oversell: bool,
    /// Left out: as it was, or 0.
    pub stock: Option<i64>,
    /// Its barcode.
    pub barcode: Option<String>,
    /// Its weight.
    pub grams: i64,
}

/// An image as it is to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImageDraft {
    /// Where it lies: an http or https address.
    pub url: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
}

/// Who sees a product: everybody, or only the shop's staff.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductStatus)]
pub enum Status {
    /// Sold.
    #[default]
    Active,
    /// Not yet sold.
    Draft,
    /// No longer sold.
    Archived,
}

impl Status {
    /// The status as the database has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draft => "draft",
            Self::Archived => "archived",
        }
    }
}

impl FromStr for Status {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "active" => Ok(Self::Active),
            "draft" => Ok(Self::Draft),
            "archived" => Ok(Self::Archived),
            other => Err(UnknownWord { kind: "product status", value: other.to_owned() }),
        }
    }
}

/// Where a draft contradicts itself: a JSON pointer into the body, and why.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Contradiction {
    /// Such as `/variants/1/sku`.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl Contradiction {
    /// A contradiction at a place.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

impl Draft {
    /// Checks what no single field can tell: counts, option values, SKUs and ids that come twice.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), Contradiction> {
        self.check_counts()?;
        let mut names = HashSet::new();
        for (index, name) in self.options.iter().enumerate() {
            if !names.insert(name.to_lowercase()) {
                return Err(Contradiction::new(format!("/options/{index}"), "this option comes twice"));
            }
        }
        let (mut values, mut skus, mut ids) = (HashSet::new(), HashSet::new(), HashSet::new());
        for (index, variant) in self.variants.iter().enumerate() {
            let at = |field: &str| format!("/variants/{index}/{field}");
            if variant.options.len() != self.options.len() {
                return Err(Contradiction::new(
                    at("options"),
                    "must have a value for each of the product's options",
                ));
            }
            if !values.insert(&variant.options) {
                return Err(Contradiction::new(at("options"), "another variant has the same option values"));
            }
            if variant.sku.as_ref().is_some_and(|sku| !skus.insert(sku)) {
                return Err(Contradiction::new(at("sku"), "another variant has the same SKU"));
            }
            let may_be_negative = variant.allow_oversell || variant.track_stock == Some(false);
            if !may_be_negative && variant.stock.is_some_and(|stock| stock < 0) {
                return Err(Contradiction::new(
                    at("stock"),
                    "stock below zero needs allow_oversell, or no tracking",
                ));
            }
            if variant.id.is_some_and(|id| !ids.insert(id)) {
                return Err(Contradiction::new(at("id"), "this variant comes twice"));
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Contradiction> {
        let counts = [
            ("/options", self.options.len(), 0, MAX_OPTIONS),
            ("/variants", self.variants.len(), 1, MAX_VARIANTS),
            ("/images", self.images.len(), 0, MAX_IMAGES),
            ("/tags", self.tags.len(), 0, MAX_TAGS),
        ];
        match counts.iter().find(|(_, count, least, most)| !(least..=most).contains(&count)) {
            Some((pointer, _, least, most)) => {
                Err(Contradiction::new(*pointer, format!("must have {least} to {most} entries")))
            }
            None => Ok(()),
        }
    }
}
