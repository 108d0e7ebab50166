//! One import of a shop at a time: two would get in each other's way at handles.
//!
//! Each transaction of an import takes an advisory lock, which ends with it. An import of several transactions also has a row that
//! says that it is open, so that no other one comes in between.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use crate::schema::tenant::imports;
use crate::tenancy::TenantConn;

use super::error::ImportError;

/// Makes sure that the shop has no import but this one, for what is done in this transaction.
pub(super) fn take_alone(conn: &mut TenantConn<'_>, own: Option<Uuid>) -> Result<(), ImportError> {
    lock(conn)?;
    look(conn, own)
}

/// Makes sure that no other import is open, before anything is done.
pub(super) fn look(conn: &mut TenantConn<'_>, own: Option<Uuid>) -> Result<(), ImportError> {
    let open: Vec<Uuid> =
        imports::table.filter(imports::ended_at.is_null()).select(imports::id).load(conn.pg())?;
    if open.into_iter().any(|id| Some(id) != own) { Err(ImportError::Running) } else { Ok(()) }
}

/// The number of the advisory lock, which belongs to the database.
const KEY: &str = "hashtextextended('import ' || current_schema(), 0)";

/// Does not wait: whoever waits keeps a connection from others.
fn lock(conn: &mut TenantConn<'_>) -> Result<(), ImportError> {
    let lock = sql::<Bool>(&format!("pg_try_advisory_xact_lock({KEY})"));
    let is_locked: bool = diesel::select(lock).get_result(conn.pg())?;
    if is_locked { Ok(()) } else { Err(ImportError::Running) }
}
