//! What a file is of: products, or their stock.

use utoipa::ToSchema;

use crate::commerce::products::draft::{MAX_IMAGES, MAX_VARIANTS};

/// What a file is of.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ToSchema)]
#[schema(as = ImportKind, rename_all = "snake_case")]
pub(super) enum FileOf {
    /// Shopify's export of products.
    #[default]
    Products,
    /// Shopify's export of stock: a row for each variant and location.
    Stock,
}

/// The most locations of a shop.
const MAX_LOCATIONS: usize = 20;

impl FileOf {
    /// Its name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stock => "stock",
        }
    }

    /// The most rows of a product.
    pub(super) fn most_rows(self) -> usize {
        match self {
            Self::Products => MAX_VARIANTS + MAX_IMAGES,
            Self::Stock => MAX_VARIANTS * MAX_LOCATIONS,
        }
    }
}
