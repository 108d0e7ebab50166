//! Helpers for the queries of all features: keyset pagination, and rows of one table grouped by those of another.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use diesel::Queryable;
use diesel::deserialize::{self, FromSql};
use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::{Bool, Json, Nullable, SingleValue, SqlType, Timestamptz, Uuid as SqlUuid};
use serde::de::DeserializeOwned;
use uuid::Uuid;

type Bound<Before, Value, As> = SqlLiteral<Bool, UncheckedBind<Before, AsExprOf<Value, As>>>;
type AfterKey<Value, As> = Bound<Bound<SqlLiteral<Bool>, Value, As>, Uuid, SqlUuid>;

/// The condition for the rows after a given one, in a list ordered by two columns of which the second is the id. It is a
/// row comparison, for which PostgreSQL uses the index under row-level security too.
pub(super) fn after_key<As, Value>(
    columns: &str,
    comparison: char,
    value: Value,
    id: Uuid,
) -> AfterKey<Value, As>
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

/// The same condition for a list that begins with the newest row.
pub(super) fn older_than((created_at, id): (DateTime<Utc>, Uuid)) -> AfterKey<DateTime<Utc>, Timestamptz> {
    after_key::<Timestamptz, _>("created_at, id", '<', created_at, id)
}

/// Rows of another table, aggregated by `json_agg`. Without rows `json_agg` gives null, which is read as an empty list.
#[derive(Debug)]
pub struct JsonRows<T>(pub Vec<T>);

impl<T: DeserializeOwned> FromSql<Nullable<Json>, Pg> for JsonRows<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_slice(value.as_bytes())?))
    }

    fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(Self(Vec::new())), Self::from_sql)
    }
}

impl<T: DeserializeOwned> Queryable<Nullable<Json>, Pg> for JsonRows<T> {
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

/// Groups rows by a key. Each group keeps the order of the rows.
pub(super) fn group_by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
