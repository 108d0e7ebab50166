//! Reading and listing orders.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use uuid::Uuid;

use crate::commerce::rows::after_key;
use crate::http::request::parameter::Choice;
use crate::http::request::query::parameters;
use crate::http::request::time::Time;
use crate::schema::tenant::orders;
use crate::tenancy::{Role, TenantConn, Transaction};

use super::view::{OrderRow, OrderView, assemble};
use super::{OrderError, Status};

parameters! {
    /// The filters of a list of orders.
    pub(super) struct Filter {
        /// Only orders in this state.
        status: Status,
        /// Only orders of this customer.
        customer_id: Uuid,
        /// Only orders from this time on.
        created_from: Time,
        /// Only orders before this time.
        created_to: Time,
        /// The order of the list.
        sort: Sort,
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Sort {
    #[default]
    Newest,
    Oldest,
}

impl Choice for Sort {
    const WORDS: &'static [(&'static str, Self)] =
        &[("-created_at", Self::Newest), ("created_at", Self::Oldest)];
}

/// An order. Customers may see their own only.
pub(super) fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<OrderView, OrderError> {
    let statement = conn.prepared(orders::table.find(id).select(OrderRow::as_select()));
    let row: Option<OrderRow> = statement.get_result(conn.pg()).optional()?;
    let row = row.ok_or(OrderError::NotFound)?;
    // The role costs a query, and is not needed for the caller's own order.
    if row.customer_id != conn.user() && conn.shop_context()?.role == Role::Customer {
        return Err(OrderError::NotFound);
    }
    assemble(conn, vec![row])?.pop().ok_or(OrderError::NotFound)
}

/// [`find`], with the order's row locked, so that an `If-Match` can be compared before the order is changed.
pub(super) fn lock_and_find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<OrderView, OrderError> {
    let statement = conn.prepared(orders::table.find(id).select(orders::id).for_update());
    let locked: Option<Uuid> = statement.get_result(conn.pg()).optional()?;
    find(conn, locked.ok_or(OrderError::NotFound)?)
}

/// A page of orders that come after a key. Customers may see their own only.
pub(super) fn list(
    conn: &mut TenantConn<'_>,
    filter: &Filter,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<OrderView>, OrderError> {
    let mut query = orders::table.select(OrderRow::as_select()).limit(limit).into_boxed();
    let comparison;
    (query, comparison) = match filter.sort.unwrap_or_default() {
        Sort::Newest => (query.order((orders::created_at.desc(), orders::id.desc())), '<'),
        Sort::Oldest => (query.order((orders::created_at, orders::id)), '>'),
    };
    if conn.shop_context()?.role == Role::Customer {
        query = query.filter(orders::customer_id.eq(conn.user()));
    }
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(customer) = filter.customer_id {
        query = query.filter(orders::customer_id.eq(customer));
    }
    if let Some(from) = filter.created_from {
        query = query.filter(orders::created_at.ge(from.0));
    }
    if let Some(to) = filter.created_to {
        query = query.filter(orders::created_at.lt(to.0));
    }
    if let Some((time, id)) = after {
        query = query.filter(after_key::<Timestamptz, _>("created_at, id", comparison, time, id));
    }
    let rows: Vec<OrderRow> = conn.prepared(query).load(conn.pg())?;
    assemble(conn, rows)
}
