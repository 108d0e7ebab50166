//! Orders that expire: a customer's order that nobody pays in time, whose stock goes back.
//!
//! Paying, cancelling and holding win as long as the order is pending, also after its time: an order expires when the
//! server finds it due, which is seconds later, or longer when the server or the shop was down.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::QueryResult;
use uuid::Uuid;

use crate::schema::tenant::{order_events, orders};
use crate::tenancy::deadlines::{change_hold, change_holds};
use crate::tenancy::{Due, OwnerTx, TenancyError, TenantConn};

use super::returned::return_stock;
use super::view::{OrderRow, OrderView};
use super::{OrderError, Status, read};

/// What expiring needs of an order.
#[derive(Queryable, Selectable)]
#[diesel(table_name = orders)]
struct HeldOrder {
    id: Uuid,
    status: String,
    customer_id: Uuid,
    expires_at: Option<DateTime<Utc>>,
}

/// Expires those of the orders that are pending and whose time is over, and says what is with the others. An order that
/// somebody is changing is left alone. Then the variants are locked by id, as everything that changes stock locks them.
pub fn end_due(conn: &mut TenantConn<'_>, due: &[Uuid]) -> Result<Vec<(Uuid, Due)>, TenancyError> {
    let now = Utc::now();
    let locked: Vec<HeldOrder> = orders::table
        .filter(orders::id.eq_any(due))
        .order(orders::id)
        .select(HeldOrder::as_select())
        .for_update()
        .skip_locked()
        .load(conn.pg())?;
    let mut outcomes = unlocked(conn, due, &locked)?;
    // Nobody acted. The actor is whose order it was: every event and movement names a person of the shop, and a release that
    // runs beside this one reads these columns.
    let mut expired = BTreeMap::new();
    for order in locked {
        let outcome = match order.expires_at {
            Some(time) if order.status == Status::Pending.as_str() && time > now => Due::At(time),
            Some(_) if order.status == Status::Pending.as_str() => {
                expired.insert(order.id, order.customer_id);
                Due::Ended
            }
            _ => Due::Settled,
        };
        outcomes.push((order.id, outcome));
    }
    if !expired.is_empty() {
        return_stock(conn, &expired, Status::Expired)?;
        store(conn, &expired, now)?;
    }
    Ok(outcomes)
}

/// The orders that could not be locked: somebody is changing them, or there are none.
fn unlocked(conn: &mut TenantConn<'_>, due: &[Uuid], locked: &[HeldOrder]) -> QueryResult<Vec<(Uuid, Due)>> {
    let locked: HashSet<Uuid> = locked.iter().map(|order| order.id).collect();
    let missing: Vec<Uuid> = due.iter().copied().filter(|id| !locked.contains(id)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let there: Vec<Uuid> =
        orders::table.filter(orders::id.eq_any(&missing)).select(orders::id).load(conn.pg())?;
    let outcome = |id: Uuid| (id, if there.contains(&id) { Due::Busy } else { Due::Settled });
    Ok(missing.into_iter().map(outcome).collect())
}

/// Stores the state of expired orders, and an event for each.
fn store(conn: &mut TenantConn<'_>, expired: &BTreeMap<Uuid, Uuid>, now: DateTime<Utc>) -> QueryResult<()> {
    let status = Status::Expired.as_str();
    diesel::update(orders::table.filter(orders::id.eq_any(expired.keys().copied().collect::<Vec<_>>())))
        .set((orders::status.eq(status), orders::updated_at.eq(now)))
        .execute(conn.pg())?;
    let events: Vec<_> = expired
        .iter()
        .map(|(order, customer)| {
            (
                order_events::id.eq(Uuid::now_v7()),
                order_events::order_id.eq(order),
                order_events::status.eq(status),
                order_events::actor_id.eq(customer),
                order_events::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(order_events::table).values(events).execute(conn.pg())?;
    Ok(())
}

/// Sets the deadlines of the pending orders of an imported shop.
pub fn restore_deadlines(owner: &mut OwnerTx<'_>) -> QueryResult<()> {
    let held = orders::table.filter(orders::status.eq("pending").and(orders::expires_at.is_not_null()));
    let held: Vec<(Uuid, Option<DateTime<Utc>>)> =
        held.select((orders::id, orders::expires_at)).load(owner.pg())?;
    change_holds(owner, held)
}

/// Lets a pending order expire at another time, or never.
pub(super) fn hold(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    until: Option<DateTime<Utc>>,
) -> Result<OrderView, OrderError> {
    let now = Utc::now();
    if until.is_some_and(|time| time <= now) {
        return Err(OrderError::HeldIntoThePast);
    }
    let order: Option<OrderRow> =
        orders::table.find(id).select(OrderRow::as_select()).for_update().first(conn.pg()).optional()?;
    let current: Status = order.ok_or(OrderError::NotFound)?.status.parse()?;
    if current != Status::Pending {
        return Err(OrderError::NotHeld(current));
    }
    diesel::update(orders::table.find(id))
        .set((orders::expires_at.eq(until), orders::updated_at.eq(now)))
        .execute(conn.pg())?;
    change_hold(conn, id, until)?;
    read::find(conn, id)
}
