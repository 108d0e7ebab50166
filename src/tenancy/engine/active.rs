//! How many connections work at a time.

use std::thread;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::database::{DatabaseError, Pool, PoolOptions};
use crate::tenancy::citus::BEGIN_QUESTION;

/// The same options. Where PostgreSQL shares this machine's processors, and the operator does not say how many connections work at
/// a time, these are twice the processors and one, as PostgreSQL's wiki advises ("Number Of Database Connections"). Elsewhere all
/// do: while a message is on its way, no processor works.
///
/// # Errors
/// When PostgreSQL cannot be reached through `owner`.
pub(super) fn with_active(web: PoolOptions, owner: &Pool) -> Result<PoolOptions, DatabaseError> {
    if web.active.is_some() || !is_on_this_machine(owner)? {
        return Ok(web);
    }
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let active = u32::try_from(2 * processors + 1).ok();
    Ok(PoolOptions { active, ..web })
}

/// PostgreSQL sees no addresses at a Unix socket. A proxy here, for a server elsewhere, has another address than that.
fn is_on_this_machine(owner: &Pool) -> Result<bool, DatabaseError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        is_here: bool,
    }
    let query = "SELECT coalesce(inet_client_addr() = inet_server_addr(), true) AS is_here";
    owner.run_blocking(BEGIN_QUESTION, |pg| Ok(diesel::sql_query(query).get_result::<Answer>(pg)?.is_here))?
}
