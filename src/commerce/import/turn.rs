//! One import of a shop at a time: two would get in each other's way at handles and SKUs.
//!
//! Each transaction of an import takes an advisory lock, which ends with it. An import of several transactions also has a
//! lease, so that no other one comes in between: a row of `counters` whose value is the time until which it holds, in
//! microseconds. The value is also how its holder knows it again. A lease that nobody renews, because the process has died, ends
//! by itself.

use std::time::Duration;

use chrono::Utc;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_dsl::methods;
use diesel::sql_query;
use diesel::sql_types::Bool;
use diesel::upsert::excluded;

use crate::commerce::products::ProductError;
use crate::schema::tenant::counters;
use crate::tenancy::TenantConn;

use super::error::ImportError;

/// How long a lease holds: longer than a transaction takes, and the wait for its connection.
const LEASE: Duration = Duration::from_mins(1);
/// The name of its row.
const NAME: &str = "import";

/// The right to go on with an import.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease(i64);

/// Makes sure that the shop has no other import, for one that is done in this transaction.
pub(super) fn take_alone(conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
    lock(conn)?;
    look(conn)
}

/// Makes sure that nobody has the lease, before anything is done.
pub(super) fn look(conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
    let until: Option<i64> = counters::table
        .find(NAME)
        .select(counters::value)
        .first(conn.pg())
        .optional()
        .map_err(ProductError::from)?;
    if until.is_some_and(|until| until >= now()) { Err(ImportError::Running) } else { Ok(()) }
}

/// Takes the lease for an import of several transactions.
pub(super) fn begin(conn: &mut TenantConn<'_>) -> Result<Lease, ImportError> {
    lock(conn)?;
    let lease = Lease::from_now();
    let upsert = diesel::insert_into(counters::table)
        .values((counters::name.eq(NAME), counters::value.eq(lease.0)))
        .on_conflict(counters::name)
        .do_update()
        .set(counters::value.eq(excluded(counters::value)));
    let taken = methods::FilterDsl::filter(upsert, counters::value.lt(now()))
        .execute(conn.pg())
        .map_err(ProductError::from)?;
    if taken == 1 { Ok(lease) } else { Err(ImportError::Running) }
}

impl Lease {
    fn from_now() -> Self {
        Self(now() + i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX))
    }

    /// Holds it for longer.
    pub(super) fn renew(self, conn: &mut TenantConn<'_>) -> Result<Self, ImportError> {
        // This waits: others hold the lock only until they have seen the lease.
        sql_query(format!("SELECT pg_advisory_xact_lock({KEY})"))
            .execute(conn.pg())
            .map_err(ProductError::from)?;
        // Later than before, also when the clock was set back.
        let next = Self(Self::from_now().0.max(self.0 + 1));
        let renewed = diesel::update(counters::table.find(NAME).filter(counters::value.eq(self.0)))
            .set(counters::value.eq(next.0))
            .execute(conn.pg())
            .map_err(ProductError::from)?;
        if renewed == 1 { Ok(next) } else { Err(ImportError::Running) }
    }

    /// Gives it back, if it is still held.
    pub(super) fn end(self, conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
        diesel::delete(counters::table.find(NAME).filter(counters::value.eq(self.0)))
            .execute(conn.pg())
            .map_err(ProductError::from)?;
        Ok(())
    }
}

fn now() -> i64 {
    Utc::now().timestamp_micros()
}

/// The number of the advisory lock, which belongs to the database.
const KEY: &str = "hashtextextended('import ' || current_schema(), 0)";

/// Does not wait: whoever waits keeps a connection from others.
fn lock(conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
    let lock = sql::<Bool>(&format!("pg_try_advisory_xact_lock({KEY})"));
    let is_locked: bool = diesel::select(lock).get_result(conn.pg()).map_err(ProductError::from)?;
    if is_locked { Ok(()) } else { Err(ImportError::Running) }
}
