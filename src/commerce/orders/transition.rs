//! Moving an order to another state: paying, fulfilling, cancelling, refunding.

use std::collections::BTreeMap;

use chrono::Utc;
use diesel::prelude::*;
use uuid::Uuid;

use crate::commerce::stock::{self, StockChange};
use crate::schema::tenant::{order_lines, orders, variants};
use crate::tenancy::{Role, TenantConn};

use super::view::{OrderRow, OrderView};
use super::{OrderError, Status, place, read};

/// Moves an order to another state.
pub(super) fn change_status(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    next: Status,
) -> Result<OrderView, OrderError> {
    let order: Option<OrderRow> =
        orders::table.find(id).select(OrderRow::as_select()).for_update().first(conn.pg()).optional()?;
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
        return_stock(conn, id, next)?;
    }
    let now = Utc::now();
    diesel::update(orders::table.find(id))
        .set((orders::status.eq(next.as_str()), orders::updated_at.eq(now)))
        .execute(conn.pg())?;
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

/// Returns the stock that the order took, for the variants that still exist.
fn return_stock(conn: &mut TenantConn<'_>, order: Uuid, next: Status) -> Result<(), OrderError> {
    let lines: Vec<(Uuid, i64)> = order_lines::table
        .filter(order_lines::order_id.eq(order).and(order_lines::stock_taken))
        .filter(order_lines::variant_id.is_not_null())
        .select((order_lines::variant_id.assume_not_null(), order_lines::quantity))
        .load(conn.pg())?;
    let mut pieces: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (variant, quantity) in lines {
        *pieces.entry(variant).or_default() += quantity;
    }
    // By id, in the same order as the placing of orders does.
    let locked: Vec<Uuid> = variants::table
        .filter(variants::id.eq_any(pieces.keys().copied().collect::<Vec<_>>()))
        .order(variants::id)
        .select(variants::id)
        .for_no_key_update()
        .load(conn.pg())?;
    let returned = |variant: &Uuid| {
        pieces.get(variant).map(|delta| StockChange { variant: *variant, delta: *delta, order: Some(order) })
    };
    let changes: Vec<StockChange> = locked.iter().filter_map(returned).collect();
    stock::give_back(conn, &changes)?;
    Ok(stock::record(conn, &changes, &format!("order {}", next.as_str()))?)
}
