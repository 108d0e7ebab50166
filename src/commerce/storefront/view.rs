//! A product in a public response: it shows whether a variant is in stock, but not how many.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::money::Money;
use crate::commerce::products::view::{ImageRow, ProductView, VariantView};

/// A product of a storefront.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StorefrontProduct {
    pub id: Uuid,
    pub handle: String,
    pub title: String,
    pub description: String,
    pub vendor: String,
    pub product_type: String,
    pub tags: Vec<String>,
    pub options: Vec<String>,
    pub variants: Vec<StorefrontVariant>,
    pub images: Vec<ImageRow>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A variant of a storefront's product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct StorefrontVariant {
    id: Uuid,
    /// Its option values, as people read them.
    title: String,
    options: BTreeMap<String, String>,
    price: Money,
    #[schema(required)]
    compare_at_price: Option<Money>,
    /// Whether it can be ordered now.
    in_stock: bool,
}

impl From<ProductView> for StorefrontProduct {
    fn from(ProductView { product, variants, images }: ProductView) -> Self {
        Self {
            id: product.id,
            handle: product.handle,
            title: product.title,
            description: product.description,
            vendor: product.vendor,
            product_type: product.product_type,
            tags: product.tags,
            options: product.options,
            variants: variants.into_iter().map(StorefrontVariant::from).collect(),
            images,
            created_at: product.created_at,
            updated_at: product.updated_at,
        }
    }
}

impl From<VariantView> for StorefrontVariant {
    fn from(variant: VariantView) -> Self {
        Self {
            in_stock: !variant.track_stock || variant.allow_oversell || variant.stock > 0,
            id: variant.id,
            title: variant.title,
            options: variant.options,
            price: variant.price,
            compare_at_price: variant.compare_at_price,
        }
    }
}
