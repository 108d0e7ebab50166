//! Changing the stock of variants, and recording each change as a movement.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::rows::older_than;
use crate::schema::tenant::{stock_movements, variants};
use crate::tenancy::{TenantConn, Transaction};

use super::StockError;
use super::level::MAX_STOCK;

/// A change of one variant's stock.
#[derive(Clone, Copy, Debug)]
pub struct StockChange {
    /// The variant.
    pub variant: Uuid,
    /// The pieces added; negative when pieces are taken.
    pub delta: i64,
    /// The order that took the pieces or returned them.
    pub order: Option<Uuid>,
}

/// A movement of stock.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = stock_movements)]
pub struct Movement {
    pub id: Uuid,
    pub variant_id: Uuid,
    pub delta: i64,
    pub reason: String,
    pub actor_id: Uuid,
    /// The order that took the pieces or returned them.
    #[schema(required)]
    pub order_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

/// A movement that was just made, and the stock after it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NewStock)]
pub struct Moved {
    #[serde(flatten)]
    pub movement: Movement,
    /// Pieces in stock after the movement.
    pub stock: i64,
}

/// Records changes of stock as movements of the caller. The stock itself must be changed by the caller.
pub fn record(conn: &mut TenantConn<'_>, changes: &[StockChange], reason: &str) -> QueryResult<()> {
    let actor = conn.user();
    let movements: Vec<_> = changes.iter().map(|change| (actor, *change)).collect();
    record_for(conn, &movements, reason)
}

/// [`record`] with the actor of each change, in one statement.
pub fn record_for(
    conn: &mut TenantConn<'_>,
    changes: &[(Uuid, StockChange)],
    reason: &str,
) -> QueryResult<()> {
    fn column<T>(moved: &[&(Uuid, StockChange)], of: impl Fn(&(Uuid, StockChange)) -> T) -> Vec<T> {
        moved.iter().map(|change| of(change)).collect()
    }
    let moved: Vec<&(Uuid, StockChange)> = changes.iter().filter(|(_, change)| change.delta != 0).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let insert = diesel::sql_query(
        "INSERT INTO stock_movements (id, variant_id, delta, actor_id, order_id, reason, created_at) \
         VALUES (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), $6, $7) RETURNING id",
    )
    .bind::<Array<SqlUuid>, _>(column(&moved, |_| Uuid::now_v7()))
    .bind::<Array<SqlUuid>, _>(column(&moved, |(_, change)| change.variant))
    .bind::<Array<BigInt>, _>(column(&moved, |(_, change)| change.delta))
    .bind::<Array<SqlUuid>, _>(column(&moved, |(actor, _)| *actor))
    .bind::<Array<Nullable<SqlUuid>>, _>(column(&moved, |(_, change)| change.order))
    .bind::<Text, _>(reason)
    .bind::<Timestamptz, _>(Utc::now());
    conn.prepared(insert).load::<Written>(conn.pg())?;
    Ok(())
}

/// A row that was written. Diesel keeps a statement whose text is ours if its rows are loaded, and not if it is executed alone.
#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = SqlUuid, column_name = id)]
    _id: Uuid,
}

/// Returns pieces to the stock of variants, in one statement. The caller must have locked them.
pub fn give_back(conn: &mut TenantConn<'_>, changes: &[StockChange]) -> QueryResult<()> {
    change_stock(conn, changes, "true").map(drop)
}

/// Takes pieces of tracked variants for an order, in one statement. The caller must have locked the variants. Returns false
/// when there is not enough of one of them; the transaction is then to be rolled back.
///
/// This is the only statement by which an order takes stock: it never takes what is not there, unless `allow_oversell`
/// is set. Stock that is below zero already stays as it is then.
pub fn take(conn: &mut TenantConn<'_>, changes: &[StockChange]) -> QueryResult<bool> {
    let lowest = format!("CASE WHEN allow_oversell THEN {} ELSE 0 END", -MAX_STOCK);
    let changed = change_stock(conn, changes, &format!("stock + change.delta >= {lowest}"))?;
    Ok(changed == changes.len())
}

/// How many pieces of variants were sold since their stock was last set or adjusted, where there are any.
pub fn sold_since_set(conn: &mut TenantConn<'_>, variants: &[Uuid]) -> QueryResult<HashMap<Uuid, i64>> {
    if variants.is_empty() {
        return Ok(HashMap::new());
    }
    let sold: Vec<Sold> = diesel::sql_query(
        // When it was set is found once for each variant, not once for each of its sales.
        "SELECT wanted.id AS variant_id, -sum(sale.delta)::bigint AS sold FROM unnest($1) AS wanted (id) \
         CROSS JOIN LATERAL (SELECT coalesce(max(created_at), '-infinity') AS at FROM stock_movements \
         WHERE variant_id = wanted.id AND order_id IS NULL) AS set \
         JOIN stock_movements AS sale ON sale.variant_id = wanted.id AND sale.order_id IS NOT NULL \
         AND sale.created_at > set.at GROUP BY wanted.id HAVING sum(sale.delta) < 0",
    )
    .bind::<Array<SqlUuid>, _>(variants)
    .load(conn.pg())?;
    Ok(sold.into_iter().map(|sold| (sold.variant_id, sold.sold)).collect())
}

/// What was sold of a variant.
#[derive(QueryableByName)]
struct Sold {
    #[diesel(sql_type = SqlUuid)]
    variant_id: Uuid,
    #[diesel(sql_type = BigInt)]
    sold: i64,
}

/// Changes the stock of the variants for which `condition` holds. Returns their number.
fn change_stock(conn: &mut TenantConn<'_>, changes: &[StockChange], condition: &str) -> QueryResult<usize> {
    if changes.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = changes.iter().map(|change| change.variant).collect();
    let deltas: Vec<i64> = changes.iter().map(|change| change.delta).collect();
    let update = diesel::sql_query(format!(
        "UPDATE variants SET stock = stock + change.delta, updated_at = $3 \
         FROM unnest($1, $2) AS change (id, delta) WHERE variants.id = change.id AND {condition} RETURNING variants.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(deltas)
    .bind::<Timestamptz, _>(Utc::now());
    Ok(conn.prepared(update).load::<Written>(conn.pg())?.len())
}

/// How to adjust a variant's stock.
#[derive(Clone, Copy, Debug)]
pub enum Adjustment {
    /// Add this many pieces; remove them when negative.
    By(i64),
    /// Set the stock to this many pieces.
    To(i64),
}

/// Adjusts a variant's stock and records the reason. Staff state a fact: the stock may be below zero, whatever the variant
/// allows to be sold.
pub fn adjust(
    conn: &mut TenantConn<'_>,
    variant: Uuid,
    adjustment: Adjustment,
    reason: &str,
) -> Result<Moved, StockError> {
    let current: Option<i64> = variants::table
        .find(variant)
        .select(variants::stock)
        .for_no_key_update()
        .first(conn.pg())
        .optional()?;
    let current = current.ok_or(StockError::NotFound)?;
    let wanted = match adjustment {
        Adjustment::By(delta) => current.checked_add(delta),
        Adjustment::To(stock) => Some(stock),
    };
    let wanted = wanted.filter(|stock| stock.abs() <= MAX_STOCK).ok_or(StockError::OutOfRange)?;
    diesel::update(variants::table.find(variant))
        .set((variants::stock.eq(wanted), variants::updated_at.eq(Utc::now())))
        .execute(conn.pg())?;
    // Recorded even if the stock stays the same: it shows that somebody counted.
    let movement = diesel::insert_into(stock_movements::table)
        .values((
            stock_movements::id.eq(Uuid::now_v7()),
            stock_movements::variant_id.eq(variant),
            stock_movements::delta.eq(wanted - current),
            stock_movements::reason.eq(reason),
            stock_movements::actor_id.eq(conn.user()),
            stock_movements::created_at.eq(Utc::now()),
        ))
        .returning(Movement::as_returning())
        .get_result(conn.pg())?;
    Ok(Moved { movement, stock: wanted })
}

/// A page of a variant's movements, newest first, older than the key `before`.
pub fn movements(
    conn: &mut TenantConn<'_>,
    variant: Uuid,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Movement>, StockError> {
    let known: Option<Uuid> =
        variants::table.find(variant).select(variants::id).first(conn.pg()).optional()?;
    known.ok_or(StockError::NotFound)?;
    let mut query = stock_movements::table
        .filter(stock_movements::variant_id.eq(variant))
        .order((stock_movements::created_at.desc(), stock_movements::id.desc()))
        .select(Movement::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(key) = before {
        query = query.filter(older_than(key));
    }
    Ok(query.load(conn.pg())?)
}
