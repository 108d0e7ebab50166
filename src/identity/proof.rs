//! Proving a password: throttled, and the same work whether the account exists or not.

use std::net::IpAddr;

use uuid::Uuid;

use crate::http::SignedIn;
use crate::tenancy::Tenancy;

use super::password::{Hasher, Password};
use super::throttle::{self, Subjects};
use super::{Email, IdentityError, users};

/// A user whose password was proven, and what the proof rested on.
pub(super) struct Proven {
    pub user: Uuid,
    /// The stored hash: whoever changes it asks that it is still the same.
    pub hash: String,
    pub subjects: Subjects,
}

/// Proves who somebody is that is not signed in yet.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`] or [`IdentityError::TooManyAttempts`].
pub(super) async fn of_stranger(
    tenancy: &Tenancy,
    hasher: &Hasher,
    email: Email,
    address: Option<IpAddr>,
    password: Password,
) -> Result<Proven, IdentityError> {
    let subjects = Subjects::of(email.as_str(), address);
    let counted = subjects.clone();
    let known = tenancy.in_public(move |conn| {
        throttle::admit(conn, &counted)?;
        users::credentials(conn, &email)
    });
    let (user, hash) = known.await?.unzip();
    let proven = hasher.verify(password, hash.clone()).await?;
    match (user, hash) {
        (Some(user), Some(hash)) if proven => Ok(Proven { user, hash, subjects }),
        _ => Err(IdentityError::InvalidCredentials),
    }
}

/// Proves that whoever is signed in knows the password too.
///
/// # Errors
/// [`IdentityError::WrongPassword`] or [`IdentityError::TooManyAttempts`].
pub(super) async fn of_caller(
    signed_in: &SignedIn,
    hasher: &Hasher,
    address: Option<IpAddr>,
    password: Password,
) -> Result<Proven, IdentityError> {
    let user = signed_in.caller.user;
    let counted = signed_in.run(move |conn| {
        let (email, hash) = users::credentials_of(conn, user)?;
        let subjects = Subjects::of(&email, address);
        throttle::admit(conn, &subjects)?;
        Ok::<_, IdentityError>((hash, subjects))
    });
    let (hash, subjects) = counted.await?;
    if hasher.verify(password, Some(hash.clone())).await? {
        Ok(Proven { user, hash, subjects })
    } else {
        Err(IdentityError::WrongPassword)
    }
}
