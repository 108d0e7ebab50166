//! Moving an order to another state: paying, fulfilling, cancelling, refunding.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::tenant::orders;
use crate::tenancy::{Role, TenantConn, Transaction};

use super::returned::return_stock;
use super::view::{OrderRow, OrderView};
use super::{OrderError, Status, place, read};

/// Moves an order to another state.
pub(super) fn change_status(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    next: Status,
) -> Result<OrderView, OrderError> {
    let statement = conn.prepared(orders::table.find(id).select(OrderRow::as_select()).for_update());
    let order: Option<OrderRow> = statement.get_result(conn.pg()).optional()?;
    let order = order.ok_or(OrderError::NotFound)?;
    let current: Status = order.status.parse()?;
    check_caller(conn, &order, current)?;
    if current == next {
        return Err(OrderError::Already(current));
    }
    if !current.may_become(next) {
        return Err(OrderError::InvalidTransition { from: current, to: next });
    }
    if next.returns_stock() {
        let actor = conn.user();
        return_stock(conn, &BTreeMap::from([(id, actor)]), next)?;
    }
    let now = Utc::now();
    let update = diesel::update(orders::table.find(id)).set((
        orders::status.eq(next.as_str()),
        // Only a pending order can expire.
        orders::expires_at.eq(None::<DateTime<Utc>>),
        orders::updated_at.eq(now),
    ));
    conn.prepared(update).execute(conn.pg())?;
    place::record_event(conn, id, next, now)?;
    read::find(conn, id)
}

/// A customer may change only their own orders, and only pending ones. The routes decide which transitions a role may ask
/// for.
fn check_caller(conn: &mut TenantConn<'_>, order: &OrderRow, current: Status) -> Result<(), OrderError> {
    if conn.shop_context()?.role > Role::Customer {
        return Ok(());
    }
    if order.customer_id != conn.user() {
        return Err(OrderError::NotFound);
    }
    if current == Status::Paid || current == Status::Fulfilled {
        return Err(OrderError::CancelledByStaffOnly);
    }
    Ok(())
}
