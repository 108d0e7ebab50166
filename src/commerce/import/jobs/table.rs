//! The rows of imports, and the changes of their state. Whoever ends one does so in the transaction that writes its last product.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::Problem;
use crate::schema::tenant::imports;
use crate::tenancy::TenantConn;
use crate::tenancy::deadlines::change_hold;

use super::super::error::ImportError;
use super::super::kind::FileOf;
use super::super::report::Report;
use super::super::turn;
use super::state::State;

/// How long an import is taken to go on after it was last heard of: longer than a transaction takes, and the wait for its connection.
const LEASE: Duration = Duration::from_mins(1);
/// How long the report is kept.
pub(super) const KEPT: TimeDelta = TimeDelta::weeks(1);
/// The most imports that are kept of a shop, the newest ones.
const MAX_KEPT: i64 = 100;

/// An import, and how far it is.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = imports)]
#[schema(as = Import)]
pub(in crate::commerce::import) struct ImportView {
    pub id: Uuid,
    #[schema(value_type = FileOf)]
    kind: String,
    #[schema(value_type = State)]
    state: String,
    /// Who sent the file.
    user_id: Uuid,
    /// The rows of the file.
    rows_total: i32,
    /// Those that were looked at so far.
    rows_done: i32,
    /// What it did, when it has ended; with `partial=true`, what it has done so far.
    #[schema(required, value_type = Option<Report>)]
    report: Option<Value>,
    /// Why it failed: `code` and `detail` of the problem.
    #[schema(required, value_type = Option<Object>)]
    problem: Option<Value>,
    created_at: DateTime<Utc>,
    /// Null while it goes on.
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
}

/// Begins one, if the shop has no other import.
pub(in crate::commerce::import) fn begin(
    conn: &mut TenantConn<'_>,
    kind: FileOf,
    rows: u32,
) -> Result<ImportView, ImportError> {
    turn::take_alone(conn, None)?;
    let kept = imports::table.order(imports::id.desc()).offset(MAX_KEPT - 1).select(imports::id);
    let oldest: Vec<Uuid> = kept.load(conn.pg())?;
    diesel::delete(imports::table.filter(imports::id.eq_any(oldest))).execute(conn.pg())?;
    let new = ImportView {
        id: Uuid::now_v7(),
        kind: kind.as_str().to_owned(),
        state: State::Running.as_str().to_owned(),
        user_id: conn.user(),
        rows_total: i32::try_from(rows).unwrap_or(i32::MAX),
        rows_done: 0,
        report: None,
        problem: None,
        created_at: Utc::now(),
        ended_at: None,
    };
    let values = (
        (imports::id.eq(new.id), imports::kind.eq(&new.kind), imports::state.eq(&new.state)),
        (imports::user_id.eq(new.user_id), imports::created_at.eq(new.created_at)),
        (imports::rows_total.eq(new.rows_total), imports::rows_done.eq(new.rows_done)),
    );
    diesel::insert_into(imports::table).values(values).execute(conn.pg())?;
    renew(conn, new.id)?;
    find(conn, new.id)
}

fn renew(conn: &mut TenantConn<'_>, id: Uuid) -> QueryResult<()> {
    change_hold(conn, id, Some(Utc::now() + LEASE))
}

/// Notes how far one is, which shows that somebody works on it. Returns whether it is to go on.
pub(super) fn beat(conn: &mut TenantConn<'_>, id: Uuid, rows: u32) -> Result<bool, ImportError> {
    let rows = i32::try_from(rows).unwrap_or(i32::MAX);
    let open = imports::table.filter(imports::id.eq(id).and(imports::ended_at.is_null()));
    let state: Option<String> = diesel::update(open)
        .set(imports::rows_done.eq(rows))
        .returning(imports::state)
        .get_result(conn.pg())
        .optional()?;
    if state.is_some() {
        renew(conn, id)?;
    }
    Ok(state.as_deref() == Some(State::Running.as_str()))
}

/// Notes what one has done, with the products that were written. One that was cancelled writes no more.
pub(in crate::commerce::import) fn note(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    done: &Report,
) -> Result<(), ImportError> {
    let running = imports::table.filter(imports::id.eq(id).and(imports::state.eq(State::Running.as_str())));
    let noted = diesel::update(running).set(imports::report.eq(Some(value(done)?))).execute(conn.pg())?;
    if noted == 1 { Ok(renew(conn, id)?) } else { Err(ImportError::Cancelled) }
}

/// Ends one with everything done.
pub(in crate::commerce::import) fn finish(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    report: &Report,
) -> Result<(), ImportError> {
    let now = Utc::now();
    let running = imports::table.filter(imports::id.eq(id).and(imports::state.eq(State::Running.as_str())));
    let done = (
        imports::state.eq(State::Done.as_str()),
        imports::rows_done.eq(imports::rows_total),
        imports::report.eq(Some(value(report)?)),
        imports::ended_at.eq(Some(now)),
    );
    let ended = diesel::update(running).set(done).execute(conn.pg())?;
    if ended == 1 { Ok(change_hold(conn, id, Some(now + KEPT))?) } else { Err(ImportError::Cancelled) }
}

/// Ends one that was cancelled, or failed with a problem. Its report is what was done before, unless there is a better one.
pub(super) fn give_up(
    conn: &mut TenantConn<'_>,
    id: Uuid,
    problem: Option<Value>,
    report: Option<Value>,
) -> Result<(), ImportError> {
    let now = Utc::now();
    let open = imports::table.filter(imports::id.eq(id).and(imports::ended_at.is_null()));
    let state = if problem.is_none() { State::Cancelled } else { State::Failed };
    diesel::update(open)
        .set((
            imports::state.eq(state.as_str()),
            imports::problem.eq(problem),
            imports::ended_at.eq(Some(now)),
        ))
        .execute(conn.pg())?;
    if report.is_some() {
        diesel::update(imports::table.find(id)).set(imports::report.eq(report)).execute(conn.pg())?;
    }
    Ok(change_hold(conn, id, Some(now + KEPT))?)
}

/// Asks for one to be cancelled. Whoever does it ends it, soon. One that has ended stays as it is.
pub(super) fn cancel(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ImportView, ImportError> {
    let open = imports::table.filter(imports::id.eq(id).and(imports::ended_at.is_null()));
    diesel::update(open).set(imports::state.eq(State::Cancelling.as_str())).execute(conn.pg())?;
    find(conn, id)
}

/// One import.
pub(super) fn find(conn: &mut TenantConn<'_>, id: Uuid) -> Result<ImportView, ImportError> {
    let found = imports::table.find(id).select(ImportView::as_select()).first(conn.pg()).optional()?;
    found.ok_or(ImportError::NotFound)
}

/// The imports before one, newest first.
pub(super) fn list(
    conn: &mut TenantConn<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ImportView>, ImportError> {
    let mut query = imports::table.select(ImportView::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(imports::id.lt(before));
    }
    Ok(query.order(imports::id.desc()).limit(limit).load(conn.pg())?)
}

fn value(report: &Report) -> Result<Value, ImportError> {
    serde_json::to_value(report).map_err(|error| Problem::internal(&error).into())
}
