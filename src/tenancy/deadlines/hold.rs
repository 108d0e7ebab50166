//! Noting when something in a shop ends by itself, and changing that.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::tenancy::access::Transaction;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Notes that a new item of this shop ends as long after `from` as the shop has set, and is that time; null if it never
    /// ends, or if there is no item. Part of the statement that stores the item, it costs no round trip.
    #[sql_name = "public.begin_hold"]
    fn begin_hold(item: Nullable<SqlUuid>, from: Timestamptz) -> Nullable<Timestamptz>;
}

/// Notes another time at which an item of this shop ends; none if it never does. The caller must have locked the item.
///
/// # Errors
/// When the database fails.
pub fn change_hold(conn: &mut impl Transaction, item: Uuid, until: Option<DateTime<Utc>>) -> QueryResult<()> {
    diesel::sql_query("SELECT public.change_hold($1, $2)")
        .bind::<SqlUuid, _>(item)
        .bind::<Nullable<Timestamptz>, _>(until)
        .execute(conn.pg())?;
    Ok(())
}

/// The same for many items. Beside a table of the shop, Citus would call the function where that table is.
///
/// # Errors
/// When the database fails.
pub fn change_holds(
    conn: &mut impl Transaction,
    items: Vec<(Uuid, Option<DateTime<Utc>>)>,
) -> QueryResult<()> {
    let (ids, times): (Vec<Uuid>, Vec<Option<DateTime<Utc>>>) = items.into_iter().unzip();
    diesel::sql_query("SELECT public.change_hold(id, at) FROM unnest($1, $2) AS held (id, at)")
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<Timestamptz>>, _>(times)
        .execute(conn.pg())?;
    Ok(())
}
