//! Sessions: sign-ins, and the refresh tokens that keep them going.
//!
//! A refresh token is good for one use. One that comes back after it was spent has been copied, so the
//! whole session ends; for ten seconds it is let pass, for two tabs that refresh at the same moment.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::schema::public::{refresh_tokens, sessions};
use crate::tenancy::{Caller, PublicConn};

use super::IdentityError;

/// How long a session lasts without being refreshed.
const IDLE: TimeDelta = TimeDelta::days(30);
/// How long a spent token is let pass.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// A refresh token in plain text, which only its holder has: 256 bits of randomness.
pub struct RefreshToken(pub String);

impl RefreshToken {
    fn generate() -> Result<Self, IdentityError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| IdentityError::Randomness(error.to_string()))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// Signs a user in.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut PublicConn<'_>, user: Uuid) -> Result<(Caller, RefreshToken), IdentityError> {
    let (session, now) = (Uuid::now_v7(), Utc::now());
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::user_id.eq(user),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(now + IDLE),
        ))
        .execute(conn.pg())?;
    Ok((Caller { session, user }, give_out(conn, session, now)?))
}

/// What spending a refresh token came to.
pub enum Refreshed {
    /// A new token of the same session.
    Token(Caller, RefreshToken),
    /// The token was not good; if it had been spent before, its session has been ended, and the
    /// transaction is to be committed.
    Refused,
}

/// Spends a refresh token and gives out the next.
///
/// # Errors
/// When the database fails.
pub fn refresh(conn: &mut PublicConn<'_>, token: &RefreshToken) -> Result<Refreshed, IdentityError> {
    let now = Utc::now();
    let found: Option<(Uuid, Uuid, Option<DateTime<Utc>>)> = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token.hash()))
        .filter(sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)))
        .select((sessions::id, sessions::user_id, refresh_tokens::spent_at))
        .for_update()
        .first(conn.pg())
        .optional()?;
    let Some((session, user, spent_at)) = found else { return Ok(Refreshed::Refused) };
    if spent_at.is_some_and(|spent_at| now - spent_at > GRACE) {
        diesel::update(sessions::table.find(session)).set(sessions::revoked_at.eq(now)).execute(conn.pg())?;
        tracing::warn!(%session, %user, "a spent refresh token came back; the session is ended");
        return Ok(Refreshed::Refused);
    }
    diesel::update(refresh_tokens::table.find(token.hash()))
        .set(refresh_tokens::spent_at.eq(spent_at.unwrap_or(now)))
        .execute(conn.pg())?;
    diesel::update(sessions::table.find(session))
        .set(sessions::expires_at.eq(now + IDLE))
        .execute(conn.pg())?;
    Ok(Refreshed::Token(Caller { session, user }, give_out(conn, session, now)?))
}

fn give_out(
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
