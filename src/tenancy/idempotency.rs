//! Stored responses, for requests that are sent again. They are in the table `idempotency_keys` of the current schema:
//! each shop has one, and so has `public`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::tenant::idempotency_keys;
use crate::tenancy::access::Transaction;

use super::error::TenancyError;

/// How long a response is stored.
const RETENTION: TimeDelta = TimeDelta::hours(24);
/// Expired rows that each new row removes: more than one, so that they do not pile up, but never many.
const CLEANUP_ROWS: i64 = 10;

/// The key under which a response is stored.
#[derive(Clone, Debug)]
pub struct Key {
    /// The user who sent the request.
    pub user: Uuid,
    /// A hash of the client's `Idempotency-Key` and the request's method and path.
    pub hash: Vec<u8>,
}

/// A response, and a hash of the request.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct StoredResponse {
    /// A hash of the request's query and body.
    pub request_hash: Vec<u8>,
    /// The HTTP status.
    pub status: i32,
    /// The header `Location`.
    pub location: Option<String>,
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The body, encrypted by the caller.
    pub body: Vec<u8>,
}

/// Locks a key until the transaction ends. Does not wait: returns false when another transaction has the lock.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut impl Transaction, key: &Key) -> Result<bool, TenancyError> {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = Bool)]
        taken: bool,
    }
    let hash: String = key.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    // Advisory locks belong to the database, so the schema is part of the key. The lock ends with the transaction, also
    // behind PgBouncer.
    let lock = diesel::sql_query(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || $1, 0)) AS taken",
    )
    .bind::<Text, _>(format!(" {} {hash}", key.user));
    let taken: Taken = conn.prepared(lock).get_result(conn.pg())?;
    Ok(taken.taken)
}

/// The response that is stored under a key and has not expired. Call it after [`lock`], in a statement of its own: it
/// then sees what the transaction that held the lock before has committed.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut impl Transaction, key: &Key) -> Result<Option<StoredResponse>, TenancyError> {
    let stored = idempotency_keys::table
        .find((key.user, &key.hash))
        .filter(idempotency_keys::created_at.gt(Utc::now() - RETENTION));
    Ok(conn.prepared(stored.select(StoredResponse::as_select())).get_result(conn.pg()).optional()?)
}

/// Stores the response of a transaction that holds the lock.
///
/// # Errors
/// When the database fails.
pub fn store(conn: &mut impl Transaction, key: &Key, response: &StoredResponse) -> Result<(), TenancyError> {
    let now = Utc::now();
    remove_old(conn, now)?;
    let insert = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::user_id.eq(key.user),
            idempotency_keys::key_hash.eq(&key.hash),
            response,
            idempotency_keys::created_at.eq(now),
        ))
        // An expired one may still be there.
        .on_conflict((idempotency_keys::user_id, idempotency_keys::key_hash))
        .do_update()
        .set((
            idempotency_keys::request_hash.eq(excluded(idempotency_keys::request_hash)),
            idempotency_keys::status.eq(excluded(idempotency_keys::status)),
            idempotency_keys::location.eq(excluded(idempotency_keys::location)),
            idempotency_keys::etag.eq(excluded(idempotency_keys::etag)),
            idempotency_keys::body.eq(excluded(idempotency_keys::body)),
            idempotency_keys::created_at.eq(excluded(idempotency_keys::created_at)),
        ));
    conn.prepared(insert).execute(conn.pg())?;
    Ok(())
}

/// Deletes every response that is stored for a user in the current schema: it may identify the user.
///
/// # Errors
/// When the database fails.
pub fn delete_for_user(conn: &mut impl Transaction, user: Uuid) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::user_id.eq(user))).execute(conn.pg())
}

/// Deletes every expired response that is stored in the current schema.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut impl Transaction) -> QueryResult<usize> {
    let expired = idempotency_keys::table.filter(idempotency_keys::created_at.lt(Utc::now() - RETENTION));
    diesel::delete(expired).execute(conn.pg())
}

/// Deletes a few expired rows, but none that another transaction has locked.
fn remove_old(conn: &mut impl Transaction, now: DateTime<Utc>) -> Result<(), TenancyError> {
    let delete = diesel::sql_query(
        "DELETE FROM idempotency_keys WHERE created_at < $1 AND ctid = ANY (ARRAY( \
         SELECT ctid FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2 \
         FOR UPDATE SKIP LOCKED))",
    )
    .bind::<Timestamptz, _>(now - RETENTION)
    .bind::<BigInt, _>(CLEANUP_ROWS);
    conn.prepared(delete).execute(conn.pg())?;
    Ok(())
}
