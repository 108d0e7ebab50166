//! What the queries of every feature share: pages by key, and rows put together.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::sql_types::{Bool, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

type Bound<Before, Value, As> = SqlLiteral<Bool, UncheckedBind<Before, AsExprOf<Value, As>>>;
type OlderThan = Bound<Bound<SqlLiteral<Bool>, DateTime<Utc>, Timestamptz>, Uuid, SqlUuid>;

/// The condition for rows that come after one in a list with the newest first. A row comparison is walked in the
/// index, also under a policy.
pub(super) fn older_than((created_at, id): (DateTime<Utc>, Uuid)) -> OlderThan {
    sql::<Bool>("(created_at, id) < (")
        .bind::<Timestamptz, _>(created_at)
        .sql(", ")
        .bind::<SqlUuid, _>(id)
        .sql(")")
}

/// Rows by what they belong to, in the order in which they came.
pub(super) fn group_by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
