//! The outbox as the operator sees it: what waits and what failed, and trying again. Not what the messages say.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use crate::schema::public::outbox;
use crate::tenancy::{OwnerTx, TenancyError};

use super::outbox::{FAILED, SENT, WAITING};

/// A message, without what it says.
#[derive(Clone, Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = outbox)]
pub struct Record {
    /// The message.
    pub id: Uuid,
    /// The address.
    pub recipient: String,
    /// What kind of message it is.
    pub template: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it is tried next, or else when this row is removed.
    pub due_at: DateTime<Utc>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// Whoever tries a message again wants it to be tried for a while.
const ANOTHER_TRY: TimeDelta = TimeDelta::hours(12);

/// The oldest messages that wait or failed; with `sent`, also those that were sent.
///
/// # Errors
/// When the database fails.
pub fn list(owner: &mut OwnerTx<'_>, sent: bool, most: i64) -> Result<Vec<Record>, TenancyError> {
    let states: &[&str] = if sent { &[WAITING, FAILED, SENT] } else { &[WAITING, FAILED] };
    Ok(outbox::table
        .filter(outbox::state.eq_any(states))
        .order(outbox::id)
        .limit(most)
        .select(Record::as_select())
        .load(owner.pg())?)
}

/// Lets messages be tried again now: one of them, or all that failed or wait after a failure. Returns how many these are. A
/// message that is being sent is not among them.
///
/// # Errors
/// When the database fails.
pub fn retry(owner: &mut OwnerTx<'_>, only: Option<Uuid>) -> Result<usize, TenancyError> {
    let now = Utc::now();
    let mut rows = diesel::update(outbox::table)
        .filter(outbox::state.eq_any([WAITING, FAILED]).and(outbox::error.is_not_null()))
        .into_boxed();
    if let Some(id) = only {
        rows = rows.filter(outbox::id.eq(id));
    }
    let again = (
        outbox::state.eq(WAITING),
        outbox::due_at.eq(now),
        outbox::give_up_at.eq(now + ANOTHER_TRY),
        outbox::error.eq(None::<String>),
    );
    Ok(rows.set(again).execute(owner.pg())?)
}
