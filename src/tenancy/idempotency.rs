//! Answers kept for requests that are sent again, in the table `idempotency_keys` of the schema in which a
//! connection stands: each shop has one, and `public`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::tenant::idempotency_keys;
use crate::tenancy::access::Transaction;

use super::error::TenancyError;

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Rows whose time is over, removed for each that is written: more than come, and never many.
const REMOVED: i64 = 10;

/// Under what an answer is kept.
#[derive(Clone, Debug)]
pub struct Key {
    /// Who asked.
    pub user: Uuid,
    /// What the client calls the request, and where it was sent.
    pub hash: Vec<u8>,
}

/// An answer, and a fingerprint of what was asked.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct Answer {
    /// Of what was asked.
    pub request_hash: Vec<u8>,
    /// The HTTP status.
    pub status: i32,
    /// Where the new resource stands.
    pub location: Option<String>,
    /// The tag of the resource that is shown.
    pub etag: Option<String>,
    /// Sealed by whoever keeps it.
    pub body: Vec<u8>,
}

/// Takes a key until the transaction ends. False when another transaction has it: nobody waits.
///
/// # Errors
/// When the database fails.
pub fn take(conn: &mut impl Transaction, key: &Key) -> Result<bool, TenancyError> {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = Bool)]
        taken: bool,
    }
    let hash: String = key.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    // Of the database, so it has to tell schemas apart; gone with the transaction, also behind PgBouncer.
    let taken: Taken = diesel::sql_query(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || $1, 0)) AS taken",
    )
    .bind::<Text, _>(format!(" {} {hash}", key.user))
    .get_result(conn.pg())?;
    Ok(taken.taken)
}

/// The answer that is kept under a key, if its time is not over. To be asked in a statement after [`take`],
/// which then sees what the transaction that had the key before has committed.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut impl Transaction, key: &Key) -> Result<Option<Answer>, TenancyError> {
    Ok(idempotency_keys::table
        .find((key.user, &key.hash))
        .filter(idempotency_keys::created_at.gt(Utc::now() - KEPT))
        .select(Answer::as_select())
        .first(conn.pg())
        .optional()?)
}

/// Keeps the answer of a transaction that has the key.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut impl Transaction, key: &Key, answer: &Answer) -> Result<(), TenancyError> {
    let now = Utc::now();
    remove_old(conn, now)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(key.user),
            idempotency_keys::key_hash.eq(&key.hash),
            answer,
            idempotency_keys::created_at.eq(now),
        ))
        // One whose time is over may still be there.
        .on_conflict((idempotency_keys::user_id, idempotency_keys::key_hash))
        .do_update()
        .set((
            idempotency_keys::request_hash.eq(excluded(idempotency_keys::request_hash)),
            idempotency_keys::status.eq(excluded(idempotency_keys::status)),
            idempotency_keys::location.eq(excluded(idempotency_keys::location)),
            idempotency_keys::etag.eq(excluded(idempotency_keys::etag)),
            idempotency_keys::body.eq(excluded(idempotency_keys::body)),
            idempotency_keys::created_at.eq(excluded(idempotency_keys::created_at)),
        ))
        .execute(conn.pg())?;
    Ok(())
}

/// Removes every answer that is kept for a user where the connection stands: it may tell who the user was.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut impl Transaction, user: Uuid) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::user_id.eq(user))).execute(conn.pg())
}

/// Removes a few rows whose time is over, but none that somebody else is at.
fn remove_old(conn: &mut impl Transaction, now: DateTime<Utc>) -> Result<(), TenancyError> {
    diesel::sql_query(
        "DELETE FROM idempotency_keys WHERE created_at < $1 AND ctid = ANY (ARRAY( \
         SELECT ctid FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2 \
         FOR UPDATE SKIP LOCKED))",
    )
    .bind::<Timestamptz, _>(now - KEPT)
    .bind::<BigInt, _>(REMOVED)
    .execute(conn.pg())?;
    Ok(())
}
