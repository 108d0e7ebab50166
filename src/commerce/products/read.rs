//! Reading and listing products.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::{products, variants};
use crate::tenancy::{Role, TenantConn, Transaction};

use super::contents::Contents;
pub use super::selection::{Filter, Key, Selection, Sort};
use super::view::{FullProductRow, ProductRow, ProductView, VariantRow, VariantView};
use super::{ProductError, Status};

/// A product. Customers may see active products only.
pub fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    let statement = conn.prepared(products::table.find(id).select(FullProductRow::as_select()));
    let row: Option<FullProductRow> = statement.get_result(conn.pg()).optional()?;
    let view = ProductView::from(row.ok_or(ProductError::NotFound)?);
    if is_visible(conn, &view.product.status)? { Ok(view) } else { Err(ProductError::NotFound) }
}

/// A variant; if `product` is given, only as one of that product. Customers may see those of active products only.
pub fn find_variant(
    conn: &mut TenantConn<'_>,
    product: Option<Uuid>,
    id: Uuid,
) -> Result<VariantView, ProductError> {
    let of_product = variants::table.inner_join(products::table).filter(variants::id.eq(id));
    let statement =
        conn.prepared(of_product.select((VariantRow::as_select(), products::options, products::status)));
    let found: Option<(VariantRow, Vec<String>, String)> = statement.get_result(conn.pg()).optional()?;
    let found = found.filter(|(row, ..)| product.is_none_or(|product| row.product_id == product));
    let (row, options, status) = found.ok_or(ProductError::VariantNotFound)?;
    if is_visible(conn, &status)? {
        Ok(VariantView::new(row, &options))
    } else {
        Err(ProductError::VariantNotFound)
    }
}

/// Whether the caller may see a product of this status.
fn is_visible(conn: &mut TenantConn<'_>, status: &str) -> Result<bool, ProductError> {
    // The role costs a query, and is not needed for an active product.
    Ok(status == Status::Active.as_str() || conn.shop_context()?.role != Role::Customer)
}

/// A page of products. Customers may see active products only.
pub fn list(conn: &mut TenantConn<'_>, mut selection: Selection) -> Result<Vec<ProductView>, ProductError> {
    if conn.shop_context()?.role == Role::Customer {
        match selection.status {
            None | Some(Status::Active) => selection.status = Some(Status::Active),
            Some(_) => return Ok(Vec::new()),
        }
    }
    let rows: Vec<ProductRow> = selection.load(conn, RunQueryDsl::load)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut contents = Contents::of(conn, &ids)?;
    let view = |row: ProductRow| {
        let (variants, images) = contents.take(row.id);
        ProductView::new(row, variants, images)
    };
    Ok(rows.into_iter().map(view).collect())
}
