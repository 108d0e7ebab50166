//! Moving an order on: paying, fulfilling, cancelling, refunding.

use std::collections::BTreeMap;

use chrono::Utc;
use diesel::prelude::*;
use uuid::Uuid;

use crate::commerce::stock::{self, Change};
use crate::schema::tenant::{order_lines, orders, variants};
use crate::tenancy::{Role, TenantConn};

use super::view::{OrderRow, OrderView};
use super::{OrderError, Status, place, read};

/// Moves an order on to a state.
pub(super) fn become_status(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    next: Status,
) -> Result<OrderView, OrderError> {
    let order: Option<OrderRow> =
        orders::table.find(id).select(OrderRow::as_select()).for_update().first(conn.pg()).optional()?;
    let order = order.ok_or(OrderError::NotFound)?;
    let present: Status = order.status.parse()?;
    check_caller(conn, &order, present)?;
    if !present.may_become(next) {
        return Err(OrderError::InvalidTransition { from: present, to: next });
    }
    if next.gives_stock_back() {
        give_stock_back(conn, id, next)?;
    }
    let now = Utc::now();
    diesel::update(orders::table.find(id))
        .set((orders::status.eq(next.as_str()), orders::updated_at.eq(now)))
        .execute(conn.pg())?;
    place::record_event(conn, id, next, now)?;
    read::find(conn, id)
}

/// Customers reach their own orders only, and only as long as they are pending; what they may ask for at
/// all, the routes say.
fn check_caller(conn: &mut TenantConn<'_>, order: &OrderRow, present: Status) -> Result<(), OrderError> {
    if conn.shop_context()?.role > Role::Customer {
        return Ok(());
    }
    if order.customer_id != conn.user() {
        return Err(OrderError::NotFound);
    }
    if present == Status::Paid || present == Status::Fulfilled {
        return Err(OrderError::CancelledByStaffOnly);
    }
    Ok(())
}

/// Puts back what the order took, as far as the variants are still there.
fn give_stock_back(conn: &mut TenantConn<'_>, order: Uuid, next: Status) -> Result<(), OrderError> {
    let lines: Vec<(Uuid, i64)> = order_lines::table
        .filter(order_lines::order_id.eq(order).and(order_lines::stock_taken))
        .filter(order_lines::variant_id.is_not_null())
        .select((order_lines::variant_id.assume_not_null(), order_lines::quantity))
        .load(conn.pg())?;
    let mut pieces: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (variant, quantity) in lines {
        *pieces.entry(variant).or_default() += quantity;
    }
    // In the order in which orders lock them.
    let locked: Vec<Uuid> = variants::table
        .filter(variants::id.eq_any(pieces.keys().copied().collect::<Vec<_>>()))
        .order(variants::id)
        .select(variants::id)
        .for_no_key_update()
        .load(conn.pg())?;
    let back = |variant: &Uuid| {
        pieces.get(variant).map(|delta| Change { variant: *variant, delta: *delta, order: Some(order) })
    };
    let changes: Vec<Change> = locked.iter().filter_map(back).collect();
    stock::apply(conn, &changes)?;
    Ok(stock::record(conn, &changes, &format!("order {}", next.as_str()))?)
}
