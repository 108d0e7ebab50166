//! A product as it is now, locked.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::TenantConn;

use super::view::{ImageRow, ProductRow, VariantRow};
use super::{Draft, ImageDraft, ProductError, assortment, pictures};

/// A product as it is, its rows locked until the transaction ends.
pub struct Present {
    pub product: ProductRow,
    pub variants: Vec<VariantRow>,
    pub images: Vec<ImageRow>,
}

impl Present {
    /// The draft that would leave everything as it is.
    pub fn as_draft(&self) -> Result<Draft, ProductError> {
        Ok(Draft {
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

/// Locks the product, then its variants by id: the order in which everything here takes locks.
pub fn lock(conn: &mut TenantConn<'_>, id: Uuid) -> Result<Present, ProductError> {
    let product: Option<ProductRow> =
        products::table.find(id).select(ProductRow::as_select()).for_update().first(conn.pg()).optional()?;
    let product = product.ok_or(ProductError::NotFound)?;
    let variants = assortment::lock(conn, id)?;
    let images = pictures::of(conn, id)?;
    Ok(Present { product, variants, images })
}
