//! What the queries of every feature share: pages by key, and rows put together.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::sql_types::{Bool, SingleValue, SqlType, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

type Bound<Before, Value, As> = SqlLiteral<Bool, UncheckedBind<Before, AsExprOf<Value, As>>>;
type Beyond<Value, As> = Bound<Bound<SqlLiteral<Bool>, Value, As>, Uuid, SqlUuid>;

/// The condition for rows that come after one in a list that is ordered by two columns, of which the second is the id.
/// A row comparison is walked in the index, also under a policy.
pub(super) fn beyond<As, Value>(columns: &str, comparison: char, value: Value, id: Uuid) -> Beyond<Value, As>
where
    As: SqlType + SingleValue,
    Value: AsExpression<As>,
{
    sql::<Bool>(&format!("({columns}) {comparison} ("))
        .bind::<As, _>(value)
        .sql(", ")
        .bind::<SqlUuid, _>(id)
        .sql(")")
}

/// … of a list with the newest first.
pub(super) fn older_than((created_at, id): (DateTime<Utc>, Uuid)) -> Beyond<DateTime<Utc>, Timestamptz> {
    beyond::<Timestamptz, _>("created_at, id", '<', created_at, id)
}

/// Rows by what they belong to, in the order in which they came.
pub(super) fn group_by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
