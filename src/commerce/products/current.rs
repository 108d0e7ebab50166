//! A product's current rows, locked.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::TenantConn;

use super::images::images_of;
use super::variants::lock_variants;
use super::view::{ImageRow, ProductRow, VariantRow};
use super::{ImageDraft, ProductDraft, ProductError};

/// A product as it is stored. Its rows are locked until the transaction ends.
pub struct CurrentProduct {
    pub product: ProductRow,
    pub variants: Vec<VariantRow>,
    pub images: Vec<ImageRow>,
}

impl CurrentProduct {
    /// A draft that, when written, would change nothing.
    pub fn as_draft(&self) -> Result<ProductDraft, ProductError> {
        Ok(ProductDraft {
            handle: None,
            title: self.product.title.clone(),
            description: self.product.description.clone(),
            vendor: self.product.vendor.clone(),
            product_type: self.product.product_type.clone(),
            tags: self.product.tags.clone(),
            status: self.product.status.parse()?,
            options: self.product.options.clone(),
            variants: self.variants.iter().map(VariantRow::as_draft).collect(),
            images: self
                .images
                .iter()
                .map(|row| ImageDraft { url: row.url.clone(), alt: row.alt.clone() })
                .collect(),
        })
    }
}

/// Locks the product, then its variants by id. Everything in this module takes its locks in this order.
pub fn lock_product(conn: &mut TenantConn<'_>, id: Uuid) -> Result<CurrentProduct, ProductError> {
    let product: Option<ProductRow> =
        products::table.find(id).select(ProductRow::as_select()).for_update().first(conn.pg()).optional()?;
    let product = product.ok_or(ProductError::NotFound)?;
    let variants = lock_variants(conn, id)?;
    let images = images_of(conn, id)?;
    Ok(CurrentProduct { product, variants, images })
}
