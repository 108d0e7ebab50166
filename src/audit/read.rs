//! Reading the trail, newest first, through an index.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use uuid::{Builder, Uuid};

use crate::schema::public::audit_events as events;

use super::Event;

/// A row of the trail.
#[derive(Clone, Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = events)]
pub struct Recorded {
    /// In the order of time.
    pub id: Uuid,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// A word of [`Event`], or of a later release's.
    pub event: String,
    /// `user`, `operator`, `system` or `unknown`.
    pub actor: String,
    /// The user who did it.
    pub actor_id: Option<Uuid>,
    /// The user to whom it was done.
    pub subject_id: Option<Uuid>,
    /// The shop in which it was done.
    pub shop_id: Option<Uuid>,
    /// The client's address.
    pub address: Option<String>,
    /// The client, as it called itself.
    pub user_agent: String,
    /// Such as the role before and after.
    pub details: Value,
}

/// Which rows are wanted. Each part that is given narrows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of a shop.
    pub shop: Option<Uuid>,
    /// What was done to a user.
    pub subject: Option<Uuid>,
    /// What was done by a user.
    pub actor: Option<Uuid>,
    /// What was done by a user or to one.
    pub user: Option<Uuid>,
    /// One event.
    pub event: Option<Event>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

/// The rows that a filter lets through, newest first; at most `limit`, older than `before`.
///
/// # Errors
/// When the database fails.
pub fn list(
    pg: &mut PgConnection,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> QueryResult<Vec<Recorded>> {
    let Filter { shop, subject, actor, user, event, from, to } = *filter;
    let mut query =
        events::table.select(Recorded::as_select()).order(events::id.desc()).limit(limit).into_boxed();
    if let Some(shop) = shop {
        query = query.filter(events::shop_id.eq(shop));
    }
    if let Some(subject) = subject {
        query = query.filter(events::subject_id.eq(subject));
    }
    if let Some(actor) = actor {
        query = query.filter(events::actor_id.eq(actor));
    }
    if let Some(user) = user {
        let by = events::actor_id.eq(user).and(events::actor_id.is_distinct_from(events::subject_id));
        query = query.filter(events::subject_id.eq(user).or(by));
    }
    if let Some(event) = event {
        query = query.filter(events::event.eq(event.as_str()));
    }
    if let Some(from) = from {
        query = query.filter(events::id.ge(first_id(from)));
    }
    for end in to.map(first_id).into_iter().chain(before) {
        query = query.filter(events::id.lt(end));
    }
    query.load(pg)
}

/// The smallest id that a row of this time can have.
pub(super) fn first_id(time: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    let mut bytes = *Builder::from_unix_timestamp_millis(millis, &[0; 10]).as_uuid().as_bytes();
    // Without the bits that say which kind of id it is, so that it is not above any.
    bytes[6..].fill(0);
    Uuid::from_bytes(bytes)
}

/// The time in an id, in milliseconds. [`first_id`] of it is not above the id.
pub(super) fn time_of(id: Uuid) -> DateTime<Utc> {
    let (seconds, nanos) = id.get_timestamp().map_or((0, 0), |time| time.to_unix());
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, nanos))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_row_finds_the_row() {
        for _ in 0..10_000 {
            let id = Uuid::now_v7();
            assert!(first_id(time_of(id)) <= id);
            assert!((Utc::now() - time_of(id)).num_seconds() < 60);
        }
    }

    #[test]
    fn an_id_is_not_before_the_first_of_its_time() {
        let now = Utc::now();
        let id = Uuid::now_v7();
        assert!(first_id(now) <= id);
        assert!(first_id(Utc::now() + chrono::TimeDelta::milliseconds(2)) > id);
        assert_eq!(first_id(DateTime::UNIX_EPOCH), Uuid::nil());
        assert_eq!(first_id(DateTime::UNIX_EPOCH - chrono::TimeDelta::days(1)), Uuid::nil());
    }
}
