//! Verifying a user's password: throttled, and with the same work whether the account exists or not.

use std::net::IpAddr;

use uuid::Uuid;

use crate::http::SignedIn;
use crate::http::request::origin::Origin;
use crate::identity::{Email, IdentityError, users};
use crate::tenancy::Tenancy;

use super::hashing::{HashError, Hasher};
use super::password::Password;
use super::throttle::{self, Subjects};

/// A user whose password was verified.
pub(in crate::identity) struct Proven {
    pub user: Uuid,
    /// The hash that was verified. A later transaction checks that it is still the stored one.
    pub hash: String,
    pub subjects: Subjects,
}

/// Verifies the password of a user who signs in. A failure is recorded in the audit log.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`] or [`IdentityError::TooManyAttempts`].
pub(in crate::identity) async fn for_sign_in(
    tenancy: &Tenancy,
    hasher: &Hasher,
    email: Email,
    origin: &Origin,
    password: Password,
) -> Result<Proven, IdentityError> {
    let subjects = Subjects::of(email.as_str(), origin.address);
    let counted = subjects.clone();
    let known = tenancy.in_public(move |conn| {
        throttle::count_attempt(conn, &counted)?;
        users::credentials(conn, &email)
    });
    let known = known.await.inspect_err(|_| origin.audit("sign_in_failed", None, None))?;
    let (user, hash) = known.unzip();
    let proven = verify(tenancy, hasher, &subjects, password, hash.clone()).await;
    match (proven, user, hash) {
        (Ok(true), Some(user), Some(hash)) => Ok(Proven { user, hash, subjects }),
        (proven, user, _) => {
            origin.audit("sign_in_failed", user, None);
            Err(proven.err().unwrap_or(IdentityError::InvalidCredentials))
        }
    }
}

/// Verifies the password of a signed-in user.
///
/// # Errors
/// [`IdentityError::WrongPassword`] or [`IdentityError::TooManyAttempts`].
pub(in crate::identity) async fn for_caller(
    signed_in: &SignedIn,
    hasher: &Hasher,
    address: Option<IpAddr>,
    password: Password,
) -> Result<Proven, IdentityError> {
    let user = signed_in.caller.user;
    let counted = signed_in.run(move |conn| {
        let (email, hash) = users::credentials_of(conn, user)?;
        let subjects = Subjects::of(&email, address);
        throttle::count_attempt(conn, &subjects)?;
        Ok::<_, IdentityError>((hash, subjects))
    });
    let (hash, subjects) = counted.await?;
    if verify(signed_in.tenancy(), hasher, &subjects, password, Some(hash.clone())).await? {
        Ok(Proven { user, hash, subjects })
    } else {
        Err(IdentityError::WrongPassword)
    }
}

/// Whether a password matches a hash. If the server is too busy to check, the attempt does not count.
async fn verify(
    tenancy: &Tenancy,
    hasher: &Hasher,
    subjects: &Subjects,
    password: Password,
    hash: Option<String>,
) -> Result<bool, IdentityError> {
    let verified = hasher.verify(password, hash).await;
    if let Err(HashError::Busy) = verified {
        let subjects = subjects.clone();
        tenancy.in_public(move |conn| throttle::undo_attempt(conn, &subjects)).await?;
    }
    Ok(verified?)
}
