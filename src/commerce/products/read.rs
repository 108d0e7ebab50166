//! Reading and listing products.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::products;
use crate::tenancy::{Role, TenantConn};

pub use super::selection::{Filter, Key, Selection, Sort};
use super::view::{FullProductRow, ProductView};
use super::{ProductError, Status};

/// A product. Customers may see active products only.
pub fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ProductView, ProductError> {
    let row: Option<FullProductRow> =
        products::table.find(id).select(FullProductRow::as_select()).first(conn.pg()).optional()?;
    let view = ProductView::from(row.ok_or(ProductError::NotFound)?);
    // The role costs a query, and is not needed for an active product.
    if view.product.status != Status::Active.as_str() && conn.shop_context()?.role == Role::Customer {
        return Err(ProductError::NotFound);
    }
    Ok(view)
}

/// A page of products. Customers may see active products only.
pub fn list(conn: &mut TenantConn<'_>, mut selection: Selection) -> Result<Vec<ProductView>, ProductError> {
    if conn.shop_context()?.role == Role::Customer {
        match selection.status {
            None | Some(Status::Active) => selection.status = Some(Status::Active),
            Some(_) => return Ok(Vec::new()),
        }
    }
    let rows: Vec<FullProductRow> = selection.load(conn.pg(), RunQueryDsl::load)?;
    Ok(rows.into_iter().map(ProductView::from).collect())
}
