//! Returning the stock of orders that are undone.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::result::QueryResult;
use uuid::Uuid;

use crate::commerce::stock::{self, StockChange};
use crate::schema::tenant::{order_lines, variants};
use crate::tenancy::TenantConn;

use super::Status;

/// Returns the stock that orders took, for the variants that still exist. Each order comes with whom its movements name. The
/// caller must have locked the orders.
pub(super) fn return_stock(
    conn: &mut TenantConn<'_>,
    orders: &BTreeMap<Uuid, Uuid>,
    next: Status,
) -> QueryResult<()> {
    let lines: Vec<(Uuid, Uuid, i64)> = order_lines::table
        .filter(order_lines::order_id.eq_any(orders.keys().copied().collect::<Vec<_>>()))
        .filter(order_lines::stock_taken.and(order_lines::variant_id.is_not_null()))
        .select((order_lines::order_id, order_lines::variant_id.assume_not_null(), order_lines::quantity))
        .load(conn.pg())?;
    let mut pieces: BTreeMap<(Uuid, Uuid), i64> = BTreeMap::new();
    for (order, variant, quantity) in lines {
        *pieces.entry((order, variant)).or_default() += quantity;
    }
    // By id, in the same order as the placing of orders does.
    let wanted: BTreeSet<Uuid> = pieces.keys().map(|(_, variant)| *variant).collect();
    let locked: Vec<Uuid> = variants::table
        .filter(variants::id.eq_any(wanted.into_iter().collect::<Vec<_>>()))
        .order(variants::id)
        .select(variants::id)
        .for_no_key_update()
        .load(conn.pg())?;
    let locked: BTreeSet<Uuid> = locked.into_iter().collect();
    let (mut totals, mut movements): (BTreeMap<Uuid, i64>, Vec<(Uuid, StockChange)>) = Default::default();
    for ((order, variant), delta) in pieces {
        if let Some(actor) = orders.get(&order).filter(|_| locked.contains(&variant)) {
            *totals.entry(variant).or_default() += delta;
            movements.push((*actor, StockChange { variant, delta, order: Some(order) }));
        }
    }
    let total = |(variant, delta)| StockChange { variant, delta, order: None };
    stock::give_back(conn, &totals.into_iter().map(total).collect::<Vec<_>>())?;
    stock::record_for(conn, &movements, &format!("order {}", next.as_str()))
}
