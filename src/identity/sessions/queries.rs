//! Sessions, and the refresh tokens that extend them.
//!
//! A refresh token can be used once. If a used token comes again, it was copied, and the whole session ends. Within ten
//! seconds of the first use it is accepted: two browser tabs may refresh at the same moment.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::{IdentityError, secret};
use crate::schema::public::{refresh_tokens, sessions};
use crate::tenancy::{Caller, PublicConn};

use super::devices;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// … without a refresh.
    pub idle: TimeDelta,
    /// … at most, however often they are refreshed.
    pub absolute: TimeDelta,
}

impl Lifetimes {
    /// When a session that is refreshed now ends without another refresh.
    fn end(&self, created_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        (now + self.idle).min(created_at + self.absolute)
    }
}

/// How long a used token is still accepted.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// A refresh token in plain text: 256 random bits.
pub struct RefreshToken(pub String);

impl RefreshToken {
    fn generate() -> Result<Self, IdentityError> {
        Ok(Self(secret::random_text()?))
    }

    fn hash(&self) -> Vec<u8> {
        secret::hash(&self.0)
    }
}

/// What a client gets of a session.
pub struct Grant {
    pub caller: Caller,
    /// When the user proved who they are: when the session was opened.
    pub authenticated_at: DateTime<Utc>,
    pub refresh_token: RefreshToken,
}

/// Opens a session for a user; `agent` is the client's `User-Agent`. When the user then has more than `most`, those end that
/// were not refreshed for the longest time. The caller has locked the user's row.
///
/// # Errors
/// When the database fails.
pub fn open(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    agent: &str,
    lifetimes: Lifetimes,
    most: Option<NonZeroU32>,
) -> Result<Grant, IdentityError> {
    let (session, now) = (Uuid::now_v7(), Utc::now());
    if let Some(most) = most {
        end_surplus(conn, user, i64::from(most.get()) - 1)?;
    }
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::user_id.eq(user),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(lifetimes.end(now, now)),
            sessions::user_agent.eq(agent),
        ))
        .execute(conn.pg())?;
    let refresh_token = issue(conn, session, now)?;
    Ok(Grant { caller: Caller { session, user }, authenticated_at: now, refresh_token })
}

/// Ends all sessions of a user but the `kept` ones that were refreshed last.
fn end_surplus(conn: &mut PublicConn<'_>, user: Uuid, kept: i64) -> Result<(), IdentityError> {
    let now = Utc::now();
    let surplus: Vec<Uuid> = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)))
        .order((coalesce(sessions::refreshed_at, sessions::created_at).desc(), sessions::id.desc()))
        .offset(kept)
        .select(sessions::id)
        .load(conn.pg())?;
    if !surplus.is_empty() {
        diesel::update(sessions::table.filter(sessions::id.eq_any(surplus)))
            .set(sessions::revoked_at.eq(now))
            .execute(conn.pg())?;
    }
    Ok(())
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The first of the two that is not null.
    fn coalesce(first: Nullable<Timestamptz>, second: Timestamptz) -> Timestamptz;
}

/// The result of using a refresh token.
pub enum Refreshed {
    /// A new token for the same session.
    Token(Grant),
    /// The token was used before. Its session has been ended; commit the transaction.
    Reused(Caller),
    /// The token is not valid, or its session has ended.
    Refused,
}

/// Session, user, start of the session, and first use of the token.
type Found = (Uuid, Uuid, DateTime<Utc>, Option<DateTime<Utc>>);

/// Uses a refresh token and issues the next one.
///
/// # Errors
/// When the database fails.
pub fn refresh(
    conn: &mut PublicConn<'_>,
    token: &RefreshToken,
    lifetimes: Lifetimes,
) -> Result<Refreshed, IdentityError> {
    let now = Utc::now();
    let found: Option<Found> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token.hash()))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)))
        .select((sessions::id, sessions::user_id, sessions::created_at, refresh_tokens::spent_at))
        .for_update()
        .first(conn.pg())
        .optional()?;
    let Some((session, user, created_at, spent_at)) = found else { return Ok(Refreshed::Refused) };
    let ends_at = lifetimes.end(created_at, now);
    if ends_at <= now {
        return Ok(Refreshed::Refused);
    }
    if spent_at.is_some_and(|spent_at| now - spent_at > GRACE) {
        diesel::update(sessions::table.find(session)).set(sessions::revoked_at.eq(now)).execute(conn.pg())?;
        devices::forget(conn, session)?;
        return Ok(Refreshed::Reused(Caller { session, user }));
    }
    diesel::update(refresh_tokens::table.find(token.hash()))
        .set(refresh_tokens::spent_at.eq(spent_at.unwrap_or(now)))
        .execute(conn.pg())?;
    diesel::update(sessions::table.find(session))
        .set((sessions::expires_at.eq(ends_at), sessions::refreshed_at.eq(now)))
        .execute(conn.pg())?;
    let refresh_token = issue(conn, session, now)?;
    Ok(Refreshed::Token(Grant {
        caller: Caller { session, user },
        authenticated_at: created_at,
        refresh_token,
    }))
}

/// Which sessions a sign-out ends.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LogoutScope)]
pub enum Scope {
    /// The one that asks.
    #[default]
    Local,
    /// All but the one that asks.
    Others,
    /// All.
    Global,
}

impl Scope {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Others => "others",
            Self::Global => "global",
        }
    }
}

/// Ends sessions of the caller. Their access tokens are refused from the next request on. Whoever signs out of one session is
/// still known on that device; whoever ends others makes all other devices unknown, also those that had signed out before.
///
/// # Errors
/// When the database fails.
pub fn log_out(conn: &mut PublicConn<'_>, caller: Caller, scope: Scope) -> Result<(), IdentityError> {
    let alive = sessions::user_id.eq(caller.user).and(sessions::revoked_at.is_null());
    let query = diesel::update(sessions::table.filter(alive)).set(sessions::revoked_at.eq(Utc::now()));
    match scope {
        Scope::Local => {
            query.filter(sessions::id.eq(caller.session)).execute(conn.pg())?;
            Ok(())
        }
        Scope::Others => {
            query.filter(sessions::id.ne(caller.session)).execute(conn.pg())?;
            devices::forget_all(conn, caller.user, Some(caller.session))
        }
        Scope::Global => {
            query.execute(conn.pg())?;
            devices::forget_all(conn, caller.user, None)
        }
    }
}

/// A session, as shown to its user.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: Uuid,
    pub user_agent: String,
    pub created_at: DateTime<Utc>,
    pub refreshed_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
}

/// The active sessions of a user, newest first; at most `limit`, older than `before`.
///
/// # Errors
/// When the database fails.
pub fn list_of(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Session>, IdentityError> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(Utc::now())))
        .select(Session::as_select())
        .order(sessions::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(sessions::id.lt(before));
    }
    Ok(query.load(conn.pg())?)
}

/// Ends one session of a user, and makes its device unknown.
///
/// # Errors
/// [`IdentityError::NotFound`] if it is another user's, or has ended already.
pub fn end(conn: &mut PublicConn<'_>, user: Uuid, session: Uuid) -> Result<(), IdentityError> {
    let alive = sessions::user_id.eq(user).and(sessions::revoked_at.is_null());
    let ended = diesel::update(sessions::table.find(session).filter(alive))
        .set(sessions::revoked_at.eq(Utc::now()))
        .execute(conn.pg())?;
    if ended == 1 { devices::forget(conn, session) } else { Err(IdentityError::NotFound) }
}

fn issue(
    conn: &mut PublicConn<'_>,
    session: Uuid,
    now: DateTime<Utc>,
) -> Result<RefreshToken, IdentityError> {
    let token = RefreshToken::generate()?;
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token.hash()),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(conn.pg())?;
    Ok(token)
}
