//! What is taken out of the trail: rows that are too old, and where an erased person was.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::audit_events as events;

use super::read::first_id;

/// Rows that one transaction removes or changes.
const BATCH: i64 = 1_000;

/// Removes some rows that are older than this. False when none is left.
///
/// # Errors
/// When the database fails.
pub fn remove_before(pg: &mut PgConnection, time: DateTime<Utc>) -> QueryResult<bool> {
    let old: Vec<Uuid> = events::table
        .filter(events::id.lt(first_id(time)))
        .order(events::id)
        .limit(BATCH)
        .select(events::id)
        .for_update()
        .skip_locked()
        .load(pg)?;
    diesel::delete(events::table.filter(events::id.eq_any(&old))).execute(pg)?;
    Ok(!old.is_empty())
}

/// Forgets where a person was in some rows after `after` that say it: what the person did, and what somebody tried at the
/// person's account. The ids stay. Returns the last row, or none when there was none.
///
/// # Errors
/// When the database fails.
pub fn forget_places(pg: &mut PgConnection, user: Uuid, after: Uuid) -> QueryResult<Option<Uuid>> {
    let own = events::subject_id
        .eq(user)
        .and(events::actor_id.is_not_distinct_from(user).or(events::actor.eq("unknown")));
    let own: Vec<Uuid> = events::table
        .filter(own.and(events::id.gt(after)))
        .order(events::id)
        .limit(BATCH)
        .select(events::id)
        .load(pg)?;
    let others = events::actor_id.eq(user).and(events::actor_id.is_distinct_from(events::subject_id));
    let others: Vec<Uuid> = events::table
        .filter(others.and(events::id.gt(after)))
        .order(events::id)
        .limit(BATCH)
        .select(events::id)
        .load(pg)?;
    // Of two lists that are cut off, what is known is complete up to the earlier end.
    let is_full = |ids: &[Uuid]| i64::try_from(ids.len()).is_ok_and(|count| count == BATCH);
    let full = |ids: &[Uuid]| if is_full(ids) { ids.last().copied() } else { None };
    let end = match (full(&own), full(&others)) {
        (Some(own), Some(others)) => Some(own.min(others)),
        (own, others) => own.or(others),
    };
    let ids: Vec<Uuid> =
        own.into_iter().chain(others).filter(|id| end.is_none_or(|end| *id <= end)).collect();
    diesel::update(events::table.filter(events::id.eq_any(&ids)))
        .set((events::address.eq(None::<String>), events::user_agent.eq("")))
        .execute(pg)?;
    Ok(ids.into_iter().max())
}
