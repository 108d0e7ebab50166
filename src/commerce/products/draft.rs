//! What a product shall become: complete, validated, with prices in the shop's currency. Request bodies and imported files
//! both become drafts, and only drafts are written.

use std::collections::HashSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::parameter::parsed;
use crate::tenancy::UnknownWord;

use super::Handle;

/// The most variants of one product; the same as Shopify's limit.
pub const MAX_VARIANTS: usize = 2048;
/// The most options of one product; the same as Shopify's limit.
pub const MAX_OPTIONS: usize = 3;
/// The most images of one product; the same as Shopify's limit.
pub const MAX_IMAGES: usize = 250;
/// The most tags of one product.
pub const MAX_TAGS: usize = 250;
/// The option that Shopify gives a product without options.
pub const DEFAULT_OPTION: &str = "Title";
/// The value of that option.
pub const DEFAULT_VALUE: &str = "Default Title";

/// Whether a variant's option and its value are those of a product without options.
pub fn is_default(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case(DEFAULT_OPTION) && value.eq_ignore_ascii_case(DEFAULT_VALUE)
}

/// What a product shall become.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductDraft {
    /// Made from the title when left out.
    pub handle: Option<Handle>,
    /// Its title.
    pub title: String,
    /// Text or HTML.
    pub description: String,
    /// Who makes it.
    pub vendor: String,
    /// The kind of product.
    pub product_type: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Who sees it.
    pub status: Status,
    /// The names of its options.
    pub options: Vec<String>,
    /// At least one, in the order of their positions.
    pub variants: Vec<VariantDraft>,
    /// In the order of their positions.
    pub images: Vec<ImageDraft>,
}

/// What a variant shall become.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantDraft {
    /// The variant to update; none for a new one.
    pub id: Option<Uuid>,
    /// Free text; other variants may have the same.
    pub sku: Option<String>,
    /// One value for each of the product's options, in their order.
    pub options: Vec<String>,
    /// Minor units.
    pub price: i64,
    /// Minor units.
    pub compare_at_price: Option<i64>,
    /// If left out: true for a new variant with stock, unchanged otherwise.
    pub track_stock: Option<bool>,
    /// Whether it may be sold when there is not enough in stock.
    pub allow_oversell: bool,
    /// If left out: unchanged, or 0 for a new variant.
    pub stock: Option<i64>,
    /// Its barcode.
    pub barcode: Option<String>,
    /// Its weight, in grams.
    pub grams: i64,
}

/// What an image shall become.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImageDraft {
    /// An http or https URL.
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

parsed!(Status);

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

/// Why a draft is not valid, and at which field.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct ValidationError {
    /// A JSON pointer into the request body, such as `/variants/1/sku`.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl ValidationError {
    /// An error at a field.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

impl ProductDraft {
    /// The draft of a new product with a handle, to be filled.
    pub fn new(handle: Handle) -> Self {
        Self {
            handle: Some(handle),
            title: String::new(),
            description: String::new(),
            vendor: String::new(),
            product_type: String::new(),
            tags: Vec::new(),
            status: Status::default(),
            options: Vec::new(),
            variants: Vec::new(),
            images: Vec::new(),
        }
    }

    /// The draft as it is stored: without the option that means none, with each image once, and without former prices of 0.
    ///
    /// # Errors
    /// The first broken rule between fields: the numbers of entries, and that option values and ids are unique.
    pub fn checked(mut self) -> Result<Self, ValidationError> {
        self.remove_default_option();
        let mut urls = HashSet::new();
        self.images.retain(|image| urls.insert(image.url.clone()));
        for variant in &mut self.variants {
            variant.compare_at_price = variant.compare_at_price.filter(|price| *price > 0);
        }
        self.check()?;
        Ok(self)
    }

    /// Shopify gives a product without options the option `Title`, and its only variant the value `Default Title`. With more
    /// variants it is an option like any other.
    fn remove_default_option(&mut self) {
        if let ([name], [variant]) = (self.options.as_slice(), self.variants.as_mut_slice())
            && let [value] = variant.options.as_slice()
            && is_default(name, value)
        {
            self.options.clear();
            variant.options.clear();
        }
    }

    fn check(&self) -> Result<(), ValidationError> {
        self.check_counts()?;
        let mut names = HashSet::new();
        for (index, name) in self.options.iter().enumerate() {
            if !names.insert(name.to_lowercase()) {
                return Err(ValidationError::new(
                    format!("/options/{index}"),
                    "another option has the same name",
                ));
            }
        }
        let (mut values, mut ids) = (HashSet::new(), HashSet::new());
        for (index, variant) in self.variants.iter().enumerate() {
            let at = |field: &str| format!("/variants/{index}/{field}");
            if variant.options.len() != self.options.len() {
                return Err(ValidationError::new(
                    at("options"),
                    "must have a value for each of the product's options",
                ));
            }
            if !values.insert(&variant.options) {
                return Err(ValidationError::new(
                    at("options"),
                    "another variant has the same option values",
                ));
            }
            if variant.id.is_some_and(|id| !ids.insert(id)) {
                return Err(ValidationError::new(at("id"), "another variant has the same id"));
            }
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), ValidationError> {
        let counts = [
            ("/options", self.options.len(), 0, MAX_OPTIONS),
            ("/variants", self.variants.len(), 1, MAX_VARIANTS),
            ("/images", self.images.len(), 0, MAX_IMAGES),
            ("/tags", self.tags.len(), 0, MAX_TAGS),
        ];
        match counts.iter().find(|(_, count, least, most)| !(least..=most).contains(&count)) {
            Some((pointer, _, least, most)) => {
                Err(ValidationError::new(*pointer, format!("must have {least} to {most} entries")))
            }
            None => Ok(()),
        }
    }
}
