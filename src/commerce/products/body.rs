//! The request bodies of products and variants. `body/into_draft` turns them into drafts.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::commerce::money::Price;
use crate::commerce::stock::level::Stock;
use crate::http::request::patch::patch_body;
use crate::http::request::text::{Identifier, Line, OptionalIdentifier};
use crate::http::{Id, List};

use super::draft::{MAX_IMAGES, MAX_OPTIONS, MAX_TAGS, MAX_VARIANTS};
use super::fields::{Alt, Description, Grams, ImageUrl};
use super::{Handle, Status};

mod into_draft;

/// The tags of a product.
type Tags = List<Identifier, 0, MAX_TAGS>;
/// The names of a product's options.
type Options = List<Identifier, 0, MAX_OPTIONS>;
/// The variants of a product.
type Variants = List<VariantBody, 1, MAX_VARIANTS>;
/// The images of a product.
type Images = List<ImageBody, 0, MAX_IMAGES>;

/// A complete product. Without `variants` it has one variant, made from `price`, `sku` and `stock`; only a draft can leave out
/// the price.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProduct)]
pub struct ProductBody {
    title: Line,
    /// Made from the title when left out.
    handle: Option<Handle>,
    /// Text or HTML.
    #[serde(default)]
    description: Description,
    #[serde(default)]
    vendor: OptionalIdentifier,
    #[serde(default)]
    product_type: OptionalIdentifier,
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
    sku: Option<Identifier>,
    /// Pieces.
    stock: Option<Stock>,
}

patch_body! {
    /// Changes of a product. `variants`, if given, replaces all variants; one with the `id` of an existing variant updates
    /// that variant.
    pub struct ProductPatch {
        title: Line,
        handle: Handle,
        description: Description,
        vendor: OptionalIdentifier,
        product_type: OptionalIdentifier,
        tags: Tags,
        status: Status,
        options: Options,
        variants: Variants,
        images: Images,
    }
}

/// A complete variant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewVariant)]
pub struct VariantBody {
    /// The existing variant to update; only where a product's variants are replaced.
    #[schema(value_type = Option<Uuid>)]
    id: Option<Id>,
    /// Unique in the shop.
    sku: Option<Identifier>,
    /// A value for each of the product's options.
    #[serde(default)]
    options: BTreeMap<String, Identifier>,
    price: Price,
    compare_at_price: Option<Price>,
    /// True if left out and `stock` is given.
    track_stock: Option<bool>,
    /// Whether it may be sold when there is not enough in stock.
    #[serde(default)]
    allow_oversell: bool,
    /// Pieces. Below zero means that more were sold than there are.
    stock: Option<Stock>,
    barcode: Option<Identifier>,
    /// The weight, in grams.
    #[serde(default)]
    grams: Grams,
}

patch_body! {
    /// Changes of a variant. Stock has its own route, which requires a reason.
    pub struct VariantPatch {
        sku: Option<Identifier>,
        options: BTreeMap<String, Identifier>,
        price: Price,
        compare_at_price: Option<Price>,
        track_stock: bool,
        allow_oversell: bool,
        barcode: Option<Identifier>,
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
    alt: Alt,
}

impl ProductBody {
    /// Whether the body gives its only variant by `price`, `sku` and `stock`, instead of by `variants`.
    pub fn has_single_variant(&self) -> bool {
        self.variants.is_none()
    }

    /// Whether it has neither a price nor variants with prices, and is not a draft.
    pub fn lacks_price(&self) -> bool {
        self.variants.is_none() && self.price.is_none() && self.status != Status::Draft
    }
}
