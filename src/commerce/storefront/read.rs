//! Finding what everybody may see.

use diesel::prelude::*;

use crate::commerce::products::read::assemble;
use crate::commerce::products::view::{ProductRow, ProductView};
use crate::commerce::products::{Handle, ProductError, Status};
use crate::schema::tenant::products;
use crate::tenancy::TenantConn;

/// The active product with this handle.
pub(super) fn find(conn: &mut TenantConn<'_>, handle: &Handle) -> Result<ProductView, ProductError> {
    let row: Option<ProductRow> = products::table
        .filter(products::handle.eq(handle.as_str()))
        .filter(products::status.eq(Status::Active.as_str()))
        .select(ProductRow::as_select())
        .first(conn.pg())
        .optional()?;
    let mut views = assemble(conn, row.into_iter().collect())?;
    views.pop().ok_or(ProductError::NotFound)
}
