//! Reading and listing the people of a shop.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::commerce::money::{MAX_AMOUNT, Money};
use crate::commerce::orders::Status;
use crate::commerce::rows::older_than;
use crate::schema::tenant::{orders, people};
use crate::tenancy::{TenancyError, TenantConn};

/// A row of `people`.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = people)]
pub(super) struct PersonRow {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// When they first joined the shop.
    pub created_at: DateTime<Utc>,
}

/// A person of the shop, with the number and the total of their orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerWithOrders)]
pub(super) struct CustomerView {
    #[serde(flatten)]
    #[schema(inline)]
    pub person: PersonRow,
    /// The number of their orders, without cancelled, refunded and expired ones.
    pub order_count: i64,
    /// The sum of these orders, at most the largest amount.
    pub total: Money,
}

/// A person of the shop; none when nobody has this id.
pub(super) fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<Option<CustomerView>, TenancyError> {
    let row: Option<PersonRow> =
        people::table.find(id).select(PersonRow::as_select()).first(conn.pg()).optional()?;
    Ok(with_orders(conn, row.into_iter().collect())?.pop())
}

/// What does not count.
const UNDONE: [Status; 3] = [Status::Cancelled, Status::Refunded, Status::Expired];

/// A page of the shop's people, newest first, older than the key `before`.
pub(super) fn list(
    conn: &mut TenantConn<'_>,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<CustomerView>, TenancyError> {
    let mut query = people::table
        .order((people::created_at.desc(), people::id.desc()))
        .select(PersonRow::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(key) = before {
        query = query.filter(older_than(key));
    }
    let rows = query.load(conn.pg())?;
    with_orders(conn, rows)
}

/// Adds the number and the total of their orders, in one statement for all people.
fn with_orders(conn: &mut TenantConn<'_>, rows: Vec<PersonRow>) -> Result<Vec<CustomerView>, TenancyError> {
    let currency = conn.shop_context()?.currency;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    // The sum can exceed the largest amount.
    let total = sql::<BigInt>("least(sum(total), ").bind::<BigInt, _>(MAX_AMOUNT).sql(")::bigint");
    let sums: Vec<(Uuid, i64, i64)> = orders::table
        .filter(orders::customer_id.eq_any(ids))
        .filter(orders::status.ne_all(UNDONE.map(Status::as_str)))
        .group_by(orders::customer_id)
        .select((orders::customer_id, count_star(), total))
        .load(conn.pg())?;
    let sums: HashMap<Uuid, (i64, i64)> =
        sums.into_iter().map(|(customer, count, total)| (customer, (count, total))).collect();
    let view = |person: PersonRow| {
        let (order_count, amount) = sums.get(&person.id).copied().unwrap_or_default();
        let total = Money { amount, currency: currency.code().to_owned() };
        CustomerView { person, order_count, total }
    };
    Ok(rows.into_iter().map(view).collect())
}
