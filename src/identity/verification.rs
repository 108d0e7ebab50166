//! Whether email addresses have to be proved, and whether a user's is.

use chrono::Utc;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::schema::public::users;

/// Whether email addresses have to be proved before a user may hold a role above customer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verification {
    /// They have to be.
    On,
    /// Nothing asks for a proof. An address that was not proved gives nobody anything all the same.
    Off,
}

/// What the operator is told while nobody has to prove an address.
pub const UNVERIFIED: &str =
    "Email addresses are not verified: set SHOPHOUSE_SMTP_URL, or SHOPHOUSE_VERIFY_EMAIL=on";

impl Verification {
    /// Whether addresses have to be proved.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// Whether a user has proved the address. To be asked wherever an address alone would give something, such as an invitation
/// that was made for it, also while nobody has to prove one.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn is_proved(pg: &mut PgConnection, user: Uuid) -> QueryResult<bool> {
    let proved: Option<bool> =
        users::table.find(user).select(users::email_verified_at.is_not_null()).first(pg).optional()?;
    Ok(proved.unwrap_or(false))
}

/// Checks that a user may get a role above customer: the address is proved, or nobody has to prove one.
///
/// # Errors
/// [`IdentityError::NotProved`].
pub(in crate::identity) fn require_proved(
    pg: &mut PgConnection,
    verification: Verification,
    user: Uuid,
) -> Result<(), IdentityError> {
    if !verification.is_on() || is_proved(pg, user)? { Ok(()) } else { Err(IdentityError::NotProved) }
}

/// Notes that a user has proved the address: a message to it has come back.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn mark_proved(pg: &mut PgConnection, user: Uuid) -> QueryResult<()> {
    let unproved = users::table.find(user).filter(users::email_verified_at.is_null());
    diesel::update(unproved).set(users::email_verified_at.eq(Utc::now())).execute(pg)?;
    Ok(())
}
