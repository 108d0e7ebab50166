//! Finding and listing products.

use diesel::prelude::*;
use uuid::Uuid;

use crate::commerce::rows::group_by;
use crate::schema::tenant::{images, products, variants};
use crate::tenancy::{Role, TenantConn};

pub use super::selection::{Key, Selection, Sort};
use super::view::{ImageRow, ProductRow, ProductView, VariantRow};
use super::{ProductError, Status};

/// A product. Customers see active ones only.
pub fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    let row: Option<ProductRow> =
        products::table.find(id).select(ProductRow::as_select()).first(conn.pg()).optional()?;
    let row = row.ok_or(ProductError::NotFound)?;
    // The role is asked for only where it decides: most products that are read are active.
    if row.status != Status::Active.as_str() && conn.entrance()?.role == Role::Customer {
        return Err(ProductError::NotFound);
    }
    let mut views = assemble(conn, vec![row])?;
    views.pop().ok_or(ProductError::NotFound)
}

/// A page of products.
pub fn list(conn: &mut TenantConn<'_>, mut selection: Selection) -> Result<Vec<ProductView>, ProductError> {
    if conn.entrance()?.role == Role::Customer {
        match selection.status {
            None | Some(Status::Active) => selection.status = Some(Status::Active),
            Some(_) => return Ok(Vec::new()),
        }
    }
    let rows: Vec<ProductRow> = selection.load(conn.pg(), RunQueryDsl::load)?;
    assemble(conn, rows)
}

/// Adds the variants and images: two statements, however many products.
pub fn assemble(conn: &mut TenantConn<'_>, rows: Vec<ProductRow>) -> Result<Vec<ProductView>, ProductError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let variant_rows: Vec<VariantRow> = variants::table
        .filter(variants::product_id.eq_any(&ids))
        .order((variants::product_id, variants::position, variants::id))
        .select(VariantRow::as_select())
        .load(conn.pg())?;
    let image_rows: Vec<ImageRow> = images::table
        .filter(images::product_id.eq_any(&ids))
        .order((images::product_id, images::position, images::id))
        .select(ImageRow::as_select())
        .load(conn.pg())?;
    let mut variants_of = group_by(variant_rows, |row| row.product_id);
    let mut images_of = group_by(image_rows, |row| row.product_id);
    let whole = |row: ProductRow| {
        let variants = variants_of.remove(&row.id).unwrap_or_default();
        let images = images_of.remove(&row.id).unwrap_or_default();
        ProductView::new(row, variants, images)
    };
    Ok(rows.into_iter().map(whole).collect())
}
