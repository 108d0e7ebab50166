//! Routes for where the caller is signed in, and for signing out.

use chrono::{DateTime, Utc};
use rocket::response::status::NoContent;
use rocket::{delete, get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::{self, Event};
use crate::http::openapi::{Endpoint, endpoint, tagged};
use crate::http::request::origin::Origin;
use crate::http::{Body, Id, NoBody, Page, Paging, Problem, SignedIn};
use crate::identity::{IdentityError, examples, revocation};

use super::queries::{self, Scope, Session};

pub(in crate::identity) fn endpoints() -> Vec<Endpoint> {
    tagged("Sessions", "Where the caller is signed in, and signing out.", [
        endpoint!(log_out, "logOut", "Sign out")
            .about(
                "Ends this session, with `others` every other one of the caller's, with `global` all of them and, unless \
                 `keep_keys` is true, all API keys. Their access tokens stop at once.",
            )
            .takes(json!({ "scope": "local" })),
        endpoint!(list, "listMySessions", "List my sessions")
            .about("Those that have not ended, newest first.")
            .answers(examples::session()),
        endpoint!(end, "endMySession", "End a session").about("Signs out one of my sessions."),
    ])
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Logout {
    #[serde(default)]
    scope: Scope,
    /// Whether my API keys stay when all my sessions end.
    #[serde(default)]
    keep_keys: bool,
}

#[post("/auth/logout", data = "<body>")]
async fn log_out(signed_in: SignedIn, origin: Origin, body: Body<Logout>) -> Result<NoContent, Problem> {
    let (caller, Logout { scope, keep_keys }) = (signed_in.caller, body.0);
    let entry = origin.entry(Event::Logout, caller.user).with("scope", scope.as_str());
    let ended = signed_in.run(move |conn| {
        if scope == Scope::Global && !keep_keys {
            revocation::end_keys(conn, caller.user)?;
        }
        queries::log_out(conn, caller, scope)?;
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    ended.await?.log();
    Ok(NoContent)
}

/// One of the places where the caller is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionView {
    id: Uuid,
    /// Whether this request came in it.
    current: bool,
    /// What signed in, as it called itself.
    user_agent: String,
    created_at: DateTime<Utc>,
    /// When its tokens were last refreshed; null until the first time.
    refreshed_at: Option<DateTime<Utc>>,
    /// When it ends unless it is refreshed before.
    expires_at: DateTime<Utc>,
}

#[get("/me/sessions")]
async fn list(signed_in: SignedIn, paging: Paging) -> Result<Page<SessionView>, Problem> {
    let (caller, before, limit) = (signed_in.caller, paging.after()?, paging.fetch());
    let found = signed_in.run(move |conn| queries::list_of(conn, caller.user, before, limit)).await?;
    let page = paging.page(found, |session| session.id)?;
    Ok(page.map(|Session { id, user_agent, created_at, refreshed_at, expires_at }| SessionView {
        id,
        current: id == caller.session,
        user_agent,
        created_at,
        refreshed_at,
        expires_at,
    }))
}

#[delete("/me/sessions/<id>", data = "<_nothing>")]
async fn end(signed_in: SignedIn, origin: Origin, id: Id, _nothing: NoBody) -> Result<NoContent, Problem> {
    let user = signed_in.caller.user;
    let entry = origin.entry(Event::SessionEnded, user).with("session_id", id.0.to_string());
    let ended = signed_in.run(move |conn| {
        queries::end(conn, user, id.0)?;
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    ended.await?.log();
    Ok(NoContent)
}
