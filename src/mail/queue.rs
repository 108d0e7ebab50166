//! Taking messages from the outbox, and noting what became of each.
//!
//! Whoever takes a message first moves its time: that is a lease. No other takes it before, and nobody tries that long. If the
//! process dies, the message is taken again when the lease is over. What is noted counts only for the attempt that it belongs to.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::public::outbox;
use crate::tenancy::{OwnerTx, TenancyError};

use super::outbox::{FAILED, SENT, WAITING};

/// How long nobody else takes a message. Longer than an attempt may take; see [`PATIENCE`](super::delivery::PATIENCE).
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// The first pause between two attempts; each is twice as long as the one before.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The longest pause between two attempts.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How long the row of a sent message is kept, without what the message said.
const SENT_IS_KEPT: TimeDelta = TimeDelta::days(3);
/// How long a message is kept that could not be sent.
const FAILED_IS_KEPT: TimeDelta = TimeDelta::days(7);

/// A message to be sent.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub(super) struct Taken {
    pub id: Uuid,
    pub recipient: String,
    pub template: String,
    pub contents: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub attempts: i32,
    pub give_up_at: DateTime<Utc>,
}

/// Takes up to `most` messages that are due, and that no other instance works on.
///
/// # Errors
/// When the database fails.
pub(super) fn take(owner: &mut OwnerTx<'_>, most: i64) -> Result<Vec<Taken>, TenancyError> {
    let now = Utc::now();
    let due = outbox::table.filter(outbox::state.eq(WAITING).and(outbox::due_at.le(now)));
    // Without a lock first: an idle instance only reads.
    if !select(exists(due)).get_result::<bool>(owner.pg())? {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = due
        .order(outbox::due_at)
        .limit(most)
        .select(outbox::id)
        .for_update()
        .skip_locked()
        .load(owner.pg())?;
    Ok(diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set((
            outbox::attempts.eq(outbox::attempts + 1),
            outbox::due_at.eq(now + LEASE),
            // An attempt that has not ended has no error.
            outbox::error.eq(None::<String>),
        ))
        .returning(Taken::as_returning())
        .get_results(owner.pg())?)
}

/// What became of a message.
#[derive(Clone)]
pub(super) enum Outcome {
    /// The mail server has it.
    Sent,
    /// There is nothing to send.
    Dropped,
    /// It is tried again.
    Later(String),
    /// It is not tried again.
    Failed(String),
}

/// Notes what became of a message.
///
/// # Errors
/// When the database fails.
pub(super) fn note(owner: &mut OwnerTx<'_>, taken: &Taken, outcome: &Outcome) -> Result<(), TenancyError> {
    let now = Utc::now();
    let row = outbox::table.find(taken.id).filter(
        outbox::state.eq(WAITING).and(outbox::attempts.eq(taken.attempts)).and(outbox::error.is_null()),
    );
    let pg = owner.pg();
    match outcome {
        Outcome::Sent => diesel::update(row)
            .set((
                outbox::state.eq(SENT),
                outbox::contents.eq(None::<Value>),
                outbox::sent_at.eq(now),
                outbox::due_at.eq(now + SENT_IS_KEPT),
            ))
            .execute(pg)?,
        Outcome::Dropped => diesel::delete(row).execute(pg)?,
        Outcome::Later(error) => diesel::update(row)
            .set((outbox::error.eq(error), outbox::due_at.eq(now + pause_after(taken.attempts))))
            .execute(pg)?,
        Outcome::Failed(error) => diesel::update(row)
            .set((outbox::state.eq(FAILED), outbox::error.eq(error), outbox::due_at.eq(now + FAILED_IS_KEPT)))
            .execute(pg)?,
    };
    Ok(())
}

/// How long to wait after so many attempts.
fn pause_after(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)
}

/// How many messages wait and how many could not be sent, and since when the oldest waits.
///
/// # Errors
/// When the database fails.
pub(super) fn count(owner: &mut OwnerTx<'_>) -> Result<(i64, i64, Option<DateTime<Utc>>), TenancyError> {
    let in_state = |state: &'static str| outbox::table.filter(outbox::state.eq(state));
    let (waiting, oldest) = in_state(WAITING)
        .select((diesel::dsl::count_star(), diesel::dsl::min(outbox::created_at)))
        .first(owner.pg())?;
    Ok((waiting, in_state(FAILED).count().get_result(owner.pg())?, oldest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_up_to_an_hour() {
        let pauses: Vec<i64> = [1, 2, 3, 6, 7, 100].map(|made| pause_after(made).num_minutes()).to_vec();
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60]);
    }
}
