//! What could take an account over, or outlive its session, asks that the user proved lately who they are: when the session
//! was opened, or with this request (OWASP ASVS 5.0, section 7.5).

use chrono::TimeDelta;

use crate::audit::Event;
use crate::http::SignedIn;
use crate::http::request::origin::Origin;
use crate::identity::{IdentityError, users};

use super::hashing::Hasher;
use super::password::Typed;
use super::{proof, throttle};

/// For how long a proof counts as recent.
const RECENT: TimeDelta = TimeDelta::minutes(10);

/// Accepts a caller who proved lately who they are, or does so now with this password, which is counted as every attempt is.
///
/// # Errors
/// [`IdentityError::NotRecent`] without a password, or for a user with a second factor; with a password, those of [`proof::for_caller`].
pub(in crate::identity) async fn confirm(
    signed_in: &SignedIn,
    hasher: &Hasher,
    origin: &Origin,
    password: Option<Typed>,
) -> Result<(), IdentityError> {
    if signed_in.authenticated_within(RECENT) {
        return Ok(());
    }
    require_factor(signed_in).await?;
    let password = password.ok_or(IdentityError::NotRecent)?;
    let failure = origin.entry(Event::ReauthenticationFailed, signed_in.caller.user);
    let proven = proof::for_caller(signed_in, hasher, origin.address, password.into(), failure).await?;
    let counted = proven.counted;
    // Whoever changes the password meanwhile ends this session, unless it is this session that does.
    signed_in.run(move |conn| throttle::clear_attempts(conn, &counted)).await
}

/// Refuses a caller who has a second factor and did not sign in lately: then both factors were given. The password alone is not
/// enough for them.
///
/// # Errors
/// [`IdentityError::NotRecent`].
pub(in crate::identity) async fn require_factor(signed_in: &SignedIn) -> Result<(), IdentityError> {
    if signed_in.authenticated_within(RECENT) {
        return Ok(());
    }
    let user = signed_in.caller.user;
    let has_one = signed_in.run(move |conn| users::has_factor(conn.pg(), user)).await?;
    if has_one { Err(IdentityError::NotRecent) } else { Ok(()) }
}
