//! Reading and listing orders.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::commerce::rows::older_than;
use crate::schema::tenant::orders;
use crate::tenancy::{Role, TenantConn};

use super::view::{OrderRow, OrderView, assemble};
use super::{OrderError, Status};

/// What a list is to hold, newest first.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub status: Option<Status>,
    pub customer: Option<Uuid>,
    /// Inclusive.
    pub created_from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub created_to: Option<DateTime<Utc>>,
    /// The key of the order before the first.
    pub before: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// An order. Customers may see their own only.
pub(super) fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<OrderView, OrderError> {
    let row: Option<OrderRow> =
        orders::table.find(id).select(OrderRow::as_select()).first(conn.pg()).optional()?;
    let row = row.ok_or(OrderError::NotFound)?;
    // The role costs a query, and is not needed for the caller's own order.
    if row.customer_id != conn.user() && conn.entrance()?.role == Role::Customer {
        return Err(OrderError::NotFound);
    }
    assemble(conn, vec![row])?.pop().ok_or(OrderError::NotFound)
}

/// A page of orders; customers see their own.
pub(super) fn list(conn: &mut TenantConn<'_>, selection: Selection) -> Result<Vec<OrderView>, OrderError> {
    let mut query = orders::table
        .select(OrderRow::as_select())
        .order((orders::created_at.desc(), orders::id.desc()))
        .limit(selection.limit)
        .into_boxed();
    if conn.entrance()?.role == Role::Customer {
        query = query.filter(orders::customer_id.eq(conn.user()));
    }
    if let Some(status) = selection.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(customer) = selection.customer {
        query = query.filter(orders::customer_id.eq(customer));
    }
    if let Some(from) = selection.created_from {
        query = query.filter(orders::created_at.ge(from));
    }
    if let Some(to) = selection.created_to {
        query = query.filter(orders::created_at.lt(to));
    }
    if let Some(key) = selection.before {
        query = query.filter(older_than(key));
    }
    let rows: Vec<OrderRow> = query.load(conn.pg())?;
    assemble(conn, rows)
}
