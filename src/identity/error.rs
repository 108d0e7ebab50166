//! What can go wrong with people and their shops, and the problem that a client is shown.

use crate::http::problem::{FORBIDDEN, INVALID_FIELD, INVALID_TOKEN, NOT_A_MEMBER, NOT_FOUND};
use crate::http::token::TokenError;
use crate::http::{Kind, Problem};
use crate::tenancy::TenancyError;
use crate::tenancy::lifecycle::LifecycleError;
use crate::tenancy::registry::RegistryError;

use super::password::HashError;

pub(crate) const EMAIL_TAKEN: Kind = Kind::new(409, "email_taken", "The email address is taken");
pub(crate) const SLUG_TAKEN: Kind = Kind::new(409, "slug_taken", "The slug is taken");
pub(crate) const NOT_RESTORABLE: Kind = Kind::new(409, "not_restorable", "The shop cannot be restored");
pub(crate) const INVALID_CREDENTIALS: Kind =
    Kind::new(401, "invalid_credentials", "The email or the password is wrong");
pub(crate) const UNKNOWN_SHOP: Kind = Kind::new(422, "unknown_shop", "There is no such shop");

/// Why something about people did not happen.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Another user has the address.
    #[error("another user has this email address")]
    EmailTaken,
    /// No user has this address and this password.
    #[error("the email or the password is wrong")]
    InvalidCredentials,
    /// The refresh token is unknown, spent, or of a session that has ended.
    #[error("the refresh token is not valid; sign in again")]
    InvalidRefreshToken,
    /// There is no open shop with this slug.
    #[error("there is no shop with this slug")]
    UnknownShop,
    /// The user does not belong to the shop.
    #[error("you are not a member of this shop")]
    NotAMember,
    /// There was no randomness to be had.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// A password could not be hashed or checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// An access token could not be made.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<diesel::result::Error> for IdentityError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Tenancy(error.into())
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        let detail = error.to_string();
        match error {
            IdentityError::EmailTaken => EMAIL_TAKEN.at("/email", detail),
            IdentityError::InvalidCredentials => INVALID_CREDENTIALS.because(detail),
            IdentityError::InvalidRefreshToken => INVALID_TOKEN.because(detail),
            IdentityError::UnknownShop => UNKNOWN_SHOP.at("/shop", detail),
            IdentityError::NotAMember => NOT_A_MEMBER.because(detail),
            IdentityError::Hash(HashError::Busy) => crate::http::problem::BUSY.because(detail).retry_after(1),
            IdentityError::Tenancy(error) => error.into(),
            IdentityError::Hash(_) | IdentityError::Token(_) | IdentityError::Randomness(_) => {
                Self::internal(&error)
            }
        }
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let detail = error.to_string();
        match error {
            RegistryError::NotFound => NOT_FOUND.because(detail),
            RegistryError::NotOwner => FORBIDDEN.because(detail),
            RegistryError::SlugTaken => SLUG_TAKEN.at("/slug", detail),
            RegistryError::Tenancy(error) => error.into(),
        }
    }
}

impl From<LifecycleError> for Problem {
    fn from(error: LifecycleError) -> Self {
        let detail = error.to_string();
        match error {
            LifecycleError::OtherSlug => INVALID_FIELD.at("/slug", detail),
            LifecycleError::NotDeleting | LifecycleError::Erasing => NOT_RESTORABLE.because(detail),
            LifecycleError::Registry(error) => error.into(),
            // What only the operator does, or the engine takes for done.
            LifecycleError::AlreadySuspended
            | LifecycleError::NotSuspended
            | LifecycleError::AlreadyDeleting
            | LifecycleError::Deleting => Self::internal(&error),
        }
    }
}
