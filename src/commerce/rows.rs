//! What the queries of every feature share: pages by key, and rows put together.

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

/// Rows of another table that PostgreSQL put together with `json_agg`; its null, of no rows, is none.
#[derive(Debug)]
pub struct Rows<T>(pub Vec<T>);

impl<T: DeserializeOwned> FromSql<Nullable<Json>, Pg> for Rows<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_slice(value.as_bytes())?))
    }

    fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
        value.map_or(Ok(Self(Vec::new())), Self::from_sql)
    }
}

impl<T: DeserializeOwned> Queryable<Nullable<Json>, Pg> for Rows<T> {
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

/// Rows by what they belong to, in the order in which they came.
pub(super) fn group_by<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
