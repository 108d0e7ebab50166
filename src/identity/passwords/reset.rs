//! Setting a password with a one-time token: from the operator, or from a message.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::identity::sessions::devices;
use crate::identity::verification::mark_proved;
use crate::identity::{Email, IdentityError, secret};
use crate::schema::public::{mailed_resets, reset_tokens, sessions, users};
use crate::tenancy::{OwnerTx, PublicConn};

/// How long a token is valid.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// A new one-time token.
pub struct ResetToken {
    pub user: Uuid,
    /// In plain text.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// Creates a token for the user with this address. It replaces an earlier one.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub(in crate::identity) fn make(owner: &mut OwnerTx<'_>, email: &Email) -> Result<ResetToken, IdentityError> {
    let user: Option<Uuid> = users::table
        .filter(users::email.eq(email.as_str()))
        .select(users::id)
        .first(owner.pg())
        .optional()?;
    let user = user.ok_or(IdentityError::NoSuchUser)?;
    let (token, now) = (secret::random_text()?, Utc::now());
    diesel::insert_into(reset_tokens::table)
        .values((
            reset_tokens::user_id.eq(user),
            reset_tokens::token_hash.eq(secret::hash(&token)),
            reset_tokens::created_at.eq(now),
            reset_tokens::expires_at.eq(now + LIFETIME),
        ))
        .on_conflict(reset_tokens::user_id)
        .do_update()
        .set((
            reset_tokens::token_hash.eq(excluded(reset_tokens::token_hash)),
            reset_tokens::created_at.eq(excluded(reset_tokens::created_at)),
            reset_tokens::expires_at.eq(excluded(reset_tokens::expires_at)),
        ))
        .execute(owner.pg())?;
    Ok(ResetToken { user, token, expires_at: now + LIFETIME })
}

/// Checks a token before the new password is hashed, so that a guessed token costs no hashing.
///
/// # Errors
/// [`IdentityError::InvalidResetToken`].
pub(in crate::identity) fn check(conn: &mut PublicConn<'_>, token: &str) -> Result<(), IdentityError> {
    user_of(conn, token, Utc::now()).map(drop)
}

/// The user whose token it is: the operator's, or one that was sent by mail.
fn user_of(conn: &mut PublicConn<'_>, token: &str, now: DateTime<Utc>) -> Result<Uuid, IdentityError> {
    let hash = secret::hash(token);
    let by_operator =
        reset_tokens::table.filter(reset_tokens::token_hash.eq(&hash).and(reset_tokens::expires_at.gt(now)));
    let by_mail = mailed_resets::table
        .filter(mailed_resets::token_hash.eq(&hash).and(mailed_resets::expires_at.gt(now)));
    let found: Vec<Uuid> = by_operator
        .select(reset_tokens::user_id)
        .union(by_mail.select(mailed_resets::user_id))
        .load(conn.pg())?;
    found.first().copied().ok_or(IdentityError::InvalidResetToken)
}

/// Uses a token: sets the password, ends all sessions, and makes all devices unknown. All other tokens of the user end too. A token
/// that was sent by mail proves the address: tokens that went to a former one have ended.
///
/// # Errors
/// [`IdentityError::InvalidResetToken`].
pub(in crate::identity) fn spend(
    conn: &mut PublicConn<'_>,
    token: &str,
    password_hash: &str,
) -> Result<Uuid, IdentityError> {
    let now = Utc::now();
    let user = user_of(conn, token, now)?;
    // The user's row first, as whoever changes a password does. Then the token may be spent already.
    let locked: Option<Uuid> =
        users::table.find(user).select(users::id).for_no_key_update().first(conn.pg()).optional()?;
    locked.ok_or(IdentityError::InvalidResetToken)?;
    user_of(conn, token, now)?;
    let by_mail = mailed_resets::table.find(secret::hash(token));
    if select(exists(by_mail)).get_result(conn.pg())? {
        mark_proved(conn.pg(), user)?;
    }
    delete_pending(conn, user)?;
    diesel::update(users::table.find(user))
        .set((users::password_hash.eq(password_hash), users::updated_at.eq(now)))
        .execute(conn.pg())?;
    diesel::update(sessions::table.filter(sessions::user_id.eq(user).and(sessions::revoked_at.is_null())))
        .set(sessions::revoked_at.eq(now))
        .execute(conn.pg())?;
    devices::forget_all(conn, user, None)?;
    Ok(user)
}

/// Removes the tokens of a user who has set a password in another way.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn delete_pending(
    conn: &mut PublicConn<'_>,
    user: Uuid,
) -> Result<(), IdentityError> {
    diesel::delete(reset_tokens::table.find(user)).execute(conn.pg())?;
    diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(conn.pg())?;
    Ok(())
}
