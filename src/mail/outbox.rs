//! The table of messages.
//!
//! A row holds what its message says, tokens among it, until the message is sent. Requests may only add rows, and read none.

use chrono::Utc;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use uuid::Uuid;

use crate::schema::public::outbox;
use crate::tenancy::OwnerTx;

use super::message::Message;
use super::wake::wake;

pub(super) const WAITING: &str = "waiting";
pub(super) const SENT: &str = "sent";
pub(super) const FAILED: &str = "failed";

/// Puts a message into the outbox, in the transaction of `pg`: with the public role or the owner's.
///
/// # Errors
/// When the database fails.
pub fn send(pg: &mut PgConnection, to: &str, message: &Message) -> QueryResult<()> {
    let (now, (template, contents)) = (Utc::now(), message.parts().map_err(unwritable)?);
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(Uuid::now_v7()),
            outbox::recipient.eq(to),
            outbox::template.eq(template),
            outbox::contents.eq(contents),
            outbox::created_at.eq(now),
            outbox::state.eq(WAITING),
            outbox::attempts.eq(0),
            outbox::due_at.eq(now),
            outbox::give_up_at.eq(message.give_up_at(now)),
        ))
        .execute(pg)?;
    wake();
    Ok(())
}

/// Deletes all messages to an address, waiting or not.
///
/// # Errors
/// When the database fails.
pub fn delete_for(owner: &mut OwnerTx<'_>, address: &str) -> QueryResult<()> {
    diesel::delete(outbox::table.filter(outbox::recipient.eq(address))).execute(owner.pg())?;
    Ok(())
}

/// Deletes the rows of messages that were sent, or given up, some time ago.
///
/// # Errors
/// When the database fails.
pub fn delete_ended(owner: &mut OwnerTx<'_>) -> QueryResult<()> {
    let is_due = outbox::state.eq_any([SENT, FAILED]).and(outbox::due_at.lt(Utc::now()));
    diesel::delete(outbox::table.filter(is_due)).execute(owner.pg())?;
    Ok(())
}

fn unwritable(error: serde_json::Error) -> QueryError {
    QueryError::SerializationError(Box::new(error))
}
