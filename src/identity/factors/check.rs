//! Asking for a code. Each code of an app is accepted once, and each recovery code.
//!
//! Only who has given the right password gets here. Attempts are counted at the known device or the session that they come from,
//! all others together at the account. So whoever knows the password and guesses codes from elsewhere makes no owner wait at a
//! known device; and recovery codes, which nobody can guess, are never made to wait.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::http::Sealer;
use crate::identity::IdentityError;
use crate::identity::passwords::throttle::{self, Counted};
use crate::schema::public::totp_factors as factors;
use crate::tenancy::PublicConn;

use super::queries::context;
use super::{recovery, totp};

/// What was given as the second factor.
#[derive(Clone, Default)]
pub(in crate::identity) struct Given {
    pub code: Option<String>,
    pub recovery_code: Option<String>,
}

/// How asking ended. Commit the transaction in each case, so that the attempt counts.
pub(in crate::identity) enum Checked {
    /// The user has no second factor.
    NotNeeded,
    /// With which kind of code.
    Passed(Kind),
    /// [`IdentityError::SecondFactorRequired`], [`IdentityError::WrongCode`] or [`IdentityError::TooManyAttempts`].
    Refused(IdentityError),
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(in crate::identity) enum Kind {
    Totp,
    RecoveryCode,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// Secret, first use, and the step of the last code.
type Found = (Vec<u8>, Option<DateTime<Utc>>, i64);

/// Checks what was given, of a user whose row is locked. `from` says where the password, which was right, was counted.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn check(
    conn: &mut PublicConn<'_>,
    sealer: &Sealer,
    user: Uuid,
    given: &Given,
    from: &Counted,
) -> Result<Checked, IdentityError> {
    // Locked: of two requests with one code, the second finds it used.
    let found: Option<Found> = factors::table
        .find(user)
        .select((factors::secret, factors::confirmed_at, factors::last_step))
        .for_update()
        .first(conn.pg())
        .optional()?;
    let Some((sealed, Some(_), last_step)) = found else { return Ok(Checked::NotNeeded) };
    if let Some(code) = &given.recovery_code {
        let is_right = recovery::spend(conn, user, code)?;
        return Ok(if is_right { Checked::Passed(Kind::RecoveryCode) } else { wrong() });
    }
    let Some(code) = &given.code else { return Ok(Checked::Refused(IdentityError::SecondFactorRequired)) };
    let subject = match throttle::count_code(conn, user, from) {
        Err(error @ IdentityError::TooManyAttempts(_)) => return Ok(Checked::Refused(error)),
        counted => counted?,
    };
    let (secret, is_current) = match sealer.open(&sealed, &context(user)) {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, %user, "a second factor cannot be read; was SHOPHOUSE_SECRET replaced?");
            return Ok(wrong());
        }
    };
    let step = totp::step_of(&secret, code, Utc::now())?;
    let Some(step) = step.filter(|step| *step > last_step) else { return Ok(wrong()) };
    let sealed = if is_current { None } else { Some(sealer.seal(&secret, &context(user))?) };
    diesel::update(factors::table.find(user))
        .set((factors::last_step.eq(step), sealed.map(|sealed| factors::secret.eq(sealed))))
        .execute(conn.pg())?;
    throttle::clear_code(conn, &subject)?;
    Ok(Checked::Passed(Kind::Totp))
}

fn wrong() -> Checked {
    Checked::Refused(IdentityError::WrongCode)
}
