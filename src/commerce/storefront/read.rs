//! Reading a public product by its handle.

use diesel::prelude::*;

use crate::commerce::products::view::{FullProductRow, ProductView};
use crate::commerce::products::{Handle, ProductError, Status};
use crate::schema::tenant::products;
use crate::tenancy::{TenantConn, Transaction};

/// The active product with this handle.
pub(super) fn find(conn: &mut TenantConn<'_>, handle: &Handle) -> Result<ProductView, ProductError> {
    let active = products::table
        .filter(products::handle.eq(handle.as_str()))
        .filter(products::status.eq(Status::Active.as_str()));
    let statement = conn.prepared(active.select(FullProductRow::as_select()));
    let row: Option<FullProductRow> = statement.get_result(conn.pg()).optional()?;
    row.map(ProductView::from).ok_or(ProductError::NotFound)
}
