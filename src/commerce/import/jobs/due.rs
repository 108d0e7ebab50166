//! Imports that are due: those that nobody works on any more have failed, and those that ended a week ago go.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::schema::tenant::imports;
use crate::tenancy::deadlines::change_holds;
use crate::tenancy::{Due, OwnerTx, TenancyError, TenantConn};

use super::state::State;
use super::table::KEPT;

/// What is told of one whose process has died, or whose sender has no access any more.
const INTERRUPTED: &str = "It was interrupted: the server stopped, or whoever sent the file has no access any more. \
    What `report` counts was done. Send the file again for the rest.";

/// Ends those that are imports, and returns what became of them. The other ids are none.
pub(crate) fn end(conn: &mut TenantConn<'_>, due: &[Uuid]) -> Result<Vec<(Uuid, Due)>, TenancyError> {
    let known: Vec<Uuid> =
        imports::table.filter(imports::id.eq_any(due)).select(imports::id).load(conn.pg())?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let now = Utc::now();
    let locked: Vec<(Uuid, Option<DateTime<Utc>>)> = imports::table
        .filter(imports::id.eq_any(&known))
        .order(imports::id)
        .select((imports::id, imports::ended_at))
        .for_update()
        .skip_locked()
        .load(conn.pg())?;
    let is_locked: HashSet<Uuid> = locked.iter().map(|(id, _)| *id).collect();
    let mut outcomes: Vec<(Uuid, Due)> =
        known.into_iter().filter(|id| !is_locked.contains(id)).map(|id| (id, Due::Busy)).collect();
    let (mut lost, mut old) = (Vec::new(), Vec::new());
    for (id, ended_at) in locked {
        outcomes.push((
            id,
            match ended_at {
                None => {
                    lost.push(id);
                    Due::At(now + KEPT)
                }
                Some(ended) if ended + KEPT <= now => {
                    old.push(id);
                    Due::Ended
                }
                Some(ended) => Due::At(ended + KEPT),
            },
        ));
    }
    let problem = json!({ "code": "import_interrupted", "detail": INTERRUPTED });
    let failed = (
        imports::state.eq(State::Failed.as_str()),
        imports::problem.eq(Some(problem)),
        imports::ended_at.eq(Some(now)),
    );
    diesel::update(imports::table.filter(imports::id.eq_any(lost))).set(failed).execute(conn.pg())?;
    diesel::delete(imports::table.filter(imports::id.eq_any(old))).execute(conn.pg())?;
    Ok(outcomes)
}

/// Sets the deadlines of a shop that came in an archive: nobody works on its imports here.
pub(crate) fn restore(owner: &mut OwnerTx<'_>) -> QueryResult<()> {
    let now = Utc::now();
    let known: Vec<(Uuid, Option<DateTime<Utc>>)> =
        imports::table.select((imports::id, imports::ended_at)).load(owner.pg())?;
    let times =
        known.into_iter().map(|(id, ended_at)| (id, Some(ended_at.map_or(now, |ended| ended + KEPT))));
    change_holds(owner, times.collect())
}
