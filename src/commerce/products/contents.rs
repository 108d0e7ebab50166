//! Reading what belongs to many products: their variants and their images, each by one statement.
//!
//! Rows are cheaper than JSON made of them: PostgreSQL makes it field by field. For a single product that costs less than two
//! more round trips.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use crate::commerce::rows::group_by;
use crate::schema::tenant::{images, variants};
use crate::tenancy::{TenantConn, Transaction};

use super::view::{ImageRow, VariantRow};

/// The variants and images of some products.
#[derive(Default)]
pub(super) struct Contents {
    variants: HashMap<Uuid, Vec<VariantRow>>,
    images: HashMap<Uuid, Vec<ImageRow>>,
}

impl Contents {
    /// Those of the products with these ids.
    pub(super) fn of(conn: &mut TenantConn<'_>, products: &[Uuid]) -> QueryResult<Self> {
        if products.is_empty() {
            return Ok(Self::default());
        }
        let of_variants = variants::table
            .filter(variants::product_id.eq_any(products))
            .order((variants::product_id, variants::position, variants::id))
            .select(VariantRow::as_select());
        let variants: Vec<VariantRow> = conn.prepared(of_variants).load(conn.pg())?;
        let of_images = images::table
            .filter(images::product_id.eq_any(products))
            .order((images::product_id, images::position, images::id))
            .select(ImageRow::as_select());
        let images: Vec<ImageRow> = conn.prepared(of_images).load(conn.pg())?;
        Ok(Self {
            variants: group_by(variants, |row| row.product_id),
            images: group_by(images, |row| row.product_id),
        })
    }

    /// Takes those of one product, in order.
    pub(super) fn take(&mut self, product: Uuid) -> (Vec<VariantRow>, Vec<ImageRow>) {
        let variants = self.variants.remove(&product).unwrap_or_default();
        (variants, self.images.remove(&product).unwrap_or_default())
    }
}
