//! Setting a second factor up, and removing it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::http::Sealer;
use crate::identity::{IdentityError, users};
use crate::schema::public::totp_factors as factors;
use crate::tenancy::PublicConn;

use super::{recovery, totp};

/// What a secret is encrypted for, so that another user's is of no use.
pub(super) fn context(user: Uuid) -> Vec<u8> {
    [b"totp ".as_slice(), user.as_bytes()].concat()
}

/// The factor of a user, as the user sees it.
pub struct Shown {
    pub confirmed_at: DateTime<Utc>,
    pub recovery_codes: i64,
}

/// The factor of a user, if one was set up.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut PublicConn<'_>, user: Uuid) -> Result<Option<Shown>, IdentityError> {
    let confirmed: Option<Option<DateTime<Utc>>> =
        factors::table.find(user).select(factors::confirmed_at).first(conn.pg()).optional()?;
    let Some(confirmed_at) = confirmed.flatten() else { return Ok(None) };
    Ok(Some(Shown { confirmed_at, recovery_codes: recovery::left(conn, user)? }))
}

/// Makes a secret, which counts when a first code of it was given. It takes the place of one that was never used. The caller
/// has locked the user's row.
///
/// # Errors
/// [`IdentityError::FactorExists`].
pub fn begin(conn: &mut PublicConn<'_>, sealer: &Sealer, user: Uuid) -> Result<String, IdentityError> {
    if users::has_factor(conn.pg(), user)? {
        return Err(IdentityError::FactorExists);
    }
    let secret = totp::new_secret()?;
    diesel::insert_into(factors::table)
        .values((
            factors::user_id.eq(user),
            factors::secret.eq(sealer.seal(&secret, &context(user))?),
            factors::created_at.eq(Utc::now()),
        ))
        .on_conflict(factors::user_id)
        .do_update()
        .set((
            factors::secret.eq(excluded(factors::secret)),
            factors::created_at.eq(excluded(factors::created_at)),
        ))
        .execute(conn.pg())?;
    Ok(secret)
}

/// Sets the factor up with a first code, and returns recovery codes.
///
/// # Errors
/// [`IdentityError::NotFound`] when none was begun; [`IdentityError::FactorExists`] or [`IdentityError::WrongCode`].
pub fn confirm(
    conn: &mut PublicConn<'_>,
    sealer: &Sealer,
    user: Uuid,
    code: &str,
) -> Result<Vec<String>, IdentityError> {
    let found: Option<(Vec<u8>, Option<DateTime<Utc>>)> = factors::table
        .find(user)
        .select((factors::secret, factors::confirmed_at))
        .for_update()
        .first(conn.pg())
        .optional()?;
    let (sealed, confirmed_at) = found.ok_or(IdentityError::NoFactor)?;
    if confirmed_at.is_some() {
        return Err(IdentityError::FactorExists);
    }
    let (secret, _) = sealer.open(&sealed, &context(user))?;
    let now = Utc::now();
    let step = totp::step_of(&secret, code, now)?.ok_or(IdentityError::WrongCode)?;
    diesel::update(factors::table.find(user))
        .set((factors::confirmed_at.eq(now), factors::last_step.eq(step)))
        .execute(conn.pg())?;
    recovery::replace(conn, user)
}

/// Makes new recovery codes; the former ones are void.
///
/// # Errors
/// When the database fails.
pub fn replace_codes(conn: &mut PublicConn<'_>, user: Uuid) -> Result<Vec<String>, IdentityError> {
    recovery::replace(conn, user)
}

/// Removes a user's factor and recovery codes. False when there is none.
///
/// # Errors
/// When the database fails.
pub fn remove(pg: &mut PgConnection, user: Uuid) -> Result<bool, IdentityError> {
    Ok(diesel::delete(factors::table.find(user)).execute(pg)? == 1)
}
