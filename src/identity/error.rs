//! Errors about users and their shops, and the problems that they become.

use crate::http::problem::{
    BUSY, FORBIDDEN, INVALID_FIELD, INVALID_TOKEN, NOT_A_MEMBER, NOT_FOUND, TOO_MANY_ATTEMPTS,
};
use crate::http::request::token::TokenError;
use crate::http::{CipherError, Kind, Problem};
use crate::limits::Reached;
use crate::tenancy::lifecycle::LifecycleError;
use crate::tenancy::registry::RegistryError;
use crate::tenancy::{NotAllowed, TenancyError};

use crate::identity::passwords::hashing::HashError;

pub(crate) const EMAIL_TAKEN: Kind =
    Kind::new(409, "email_taken", "The email address is taken").advice("a user with this address exists");
pub(crate) const SLUG_TAKEN: Kind =
    Kind::new(409, "slug_taken", "The slug is taken").advice("another shop has this slug");
pub(crate) const NOT_RESTORABLE: Kind = Kind::new(409, "not_restorable", "The shop cannot be restored")
    .advice("the shop is not being deleted, or its time is over");
pub(crate) const INVALID_CREDENTIALS: Kind =
    Kind::new(401, "invalid_credentials", "The email or the password is wrong")
        .advice("the email or the password is wrong");
pub(crate) const UNKNOWN_SHOP: Kind =
    Kind::new(422, "unknown_shop", "There is no such shop").advice("there is no such shop");

pub(crate) const EMAIL_NOT_VERIFIED: Kind =
    Kind::new(403, "email_not_verified", "The email address is not proved")
        .advice("prove the email address with the token of the message that was sent to it");
pub(crate) const WRONG_PASSWORD: Kind =
    Kind::new(422, "wrong_password", "The password is wrong").advice("the current password is wrong");
/// What a client is told that has to prove who its user is: RFC 9470, section 3.
const CHALLENGE: &str = "Bearer error=\"insufficient_user_authentication\", \
     error_description=\"The password is needed once more\", max_age=\"600\"";
pub(crate) const REAUTHENTICATE: Kind = Kind::new(
    401,
    "insufficient_user_authentication",
    "The password is needed once more",
)
.advice(
    "the password was not given in the last ten minutes: send it in the field `password`, or sign in again",
);
pub(crate) const SECOND_FACTOR_REQUIRED: Kind =
    Kind::new(401, "second_factor_required", "The second factor is asked for")
        .advice("the password is right: ask for the code of the app, and send the same request with `code` or `recovery_code`");
pub(crate) const INVALID_CODE: Kind = Kind::new(401, "invalid_code", "The code is wrong")
    .advice("the code is wrong, was used already, or is too old: wait for the next one");
pub(crate) const WRONG_CODE: Kind = Kind::new(422, "wrong_code", "The code is wrong")
    .advice("the code is wrong, was used already, or is too old: wait for the next one");
pub(crate) const FACTOR_EXISTS: Kind = Kind::new(409, "factor_exists", "There is a second factor already")
    .advice("remove the second factor first");
pub(crate) const INVALID_INVITATION: Kind =
    Kind::new(422, "invalid_invitation", "The invitation is not valid")
        .advice("the invitation is used, revoked, expired, or for somebody else");
pub(crate) const ALREADY_MEMBER: Kind = Kind::new(409, "already_member", "Already a member")
    .advice("the person is a member already: change the role with PATCH");
pub(crate) const LAST_OWNER: Kind = Kind::new(409, "last_owner", "A shop must keep an owner")
    .advice("a shop must keep an owner: another member accepts that role first, or the shop is deleted");
pub(crate) const REMOVED_FROM_SHOP: Kind =
    Kind::new(403, "removed_from_shop", "An owner has removed the user from the shop").advice(
        "an owner has removed this user from the shop: only an invitation from after that lets the user in",
    );

/// Why a request about users failed.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Another user has the address.
    #[error("another user has this email address")]
    EmailTaken,
    /// The user has not proved the address.
    #[error("the email address is not proved; POST /auth/verify/resend sends a message to it")]
    NotProved,
    /// No user has this address and this password.
    #[error("the email or the password is wrong")]
    InvalidCredentials,
    /// The refresh token is unknown or used, or its session has ended.
    #[error("the refresh token is not valid; sign in again")]
    InvalidRefreshToken,
    /// Too many wrong passwords; the number of seconds to wait.
    #[error("too many attempts; wait {0} seconds")]
    TooManyAttempts(u32),
    /// The caller's own password is a different one.
    #[error("this is not your password")]
    WrongPassword,
    /// The caller has not proved lately who they are.
    #[error("this asks for your password: it was not given in this session in the last ten minutes")]
    NotRecent,
    /// The user has a second factor, and gave no code.
    #[error("this account has a second factor: send its code, or a recovery code")]
    SecondFactorRequired,
    /// The code of the second factor is wrong or was used.
    #[error("the code is wrong, was used already, or is too old")]
    WrongCode,
    /// The same, when signing in.
    #[error("the code is wrong, was used already, or is too old")]
    InvalidCode,
    /// The user has a second factor already.
    #[error("you have a second factor already")]
    FactorExists,
    /// The user has no second factor, or has not begun one.
    #[error("there is no second factor")]
    NoFactor,
    /// What is stored is no secret of a factor.
    #[error("a second factor cannot be used: {0}")]
    UnusableFactor(String),
    /// A secret could not be encrypted or decrypted.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The reset token is unknown, used or expired.
    #[error("the reset token is not valid; ask the operator for a new one")]
    InvalidResetToken,
    /// The token of a proof is unknown, used or expired.
    #[error("the token is not valid; POST /auth/verify/resend sends another, and so does registering again")]
    InvalidProof,
    /// The invitation is unknown, used, revoked or expired, or for somebody else.
    #[error("the invitation is not valid; ask an owner of the shop for a new one")]
    InvalidInvitation,
    /// The invitation is unknown, used, revoked or expired, or for somebody else.
    #[error("there is no such invitation")]
    NoSuchInvitation,
    /// An owner has removed the user from the shop.
    #[error("an owner has removed you from this shop; ask an owner to invite you again")]
    RemovedFromShop,
    /// The user is already a member of the shop.
    #[error("this user is already a member")]
    AlreadyMember,
    /// The user is not a member of the shop.
    #[error("there is no such member")]
    NoSuchMember,
    /// There is no such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The caller has no such session or key.
    #[error("you have no such session or key")]
    NotFound,
    /// The shop would have no owner.
    #[error("a shop must keep an owner; have another member accept that role first, or delete the shop")]
    LastOwner,
    /// A key cannot have a higher role than its creator.
    #[error("the role is higher than your own role in this shop")]
    RoleAboveMine,
    /// A key cannot be for what its role may not do; the place of that scope among those asked for.
    #[error("is for staff, and the key's role is lower")]
    ScopeAboveRole(usize),
    /// There is no open shop with this slug.
    #[error("there is no shop with this slug")]
    UnknownShop,
    /// The caller is not a member of the shop.
    #[error("you are not a member of this shop")]
    NotAMember,
    /// The system gave no random bytes.
    #[error("no randomness: {0}")]
    Randomness(String),
    /// There are as many as there may be.
    #[error(transparent)]
    Limit(#[from] Reached),
    /// The registry of shops refuses it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A password could not be hashed or verified.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// An access token could not be signed.
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
            IdentityError::NotProved => EMAIL_NOT_VERIFIED.because(detail),
            IdentityError::InvalidCredentials => INVALID_CREDENTIALS.because(detail),
            IdentityError::InvalidRefreshToken
            | IdentityError::InvalidResetToken
            | IdentityError::InvalidProof => INVALID_TOKEN.because(detail),
            IdentityError::TooManyAttempts(seconds) => TOO_MANY_ATTEMPTS.because(detail).retry_after(seconds),
            IdentityError::WrongPassword => WRONG_PASSWORD.because(detail),
            IdentityError::NotRecent => {
                REAUTHENTICATE.because(detail).with_header("WWW-Authenticate", CHALLENGE)
            }
            IdentityError::SecondFactorRequired => SECOND_FACTOR_REQUIRED.because(detail),
            IdentityError::WrongCode => WRONG_CODE.because(detail),
            IdentityError::InvalidCode => INVALID_CODE.because(detail),
            IdentityError::FactorExists => FACTOR_EXISTS.because(detail),
            IdentityError::InvalidInvitation => INVALID_INVITATION.at("/invitation", detail),
            IdentityError::RemovedFromShop => REMOVED_FROM_SHOP.because(detail),
            IdentityError::AlreadyMember => ALREADY_MEMBER.at("/email", detail),
            IdentityError::NoSuchMember
            | IdentityError::NoSuchUser
            | IdentityError::NoFactor
            | IdentityError::NoSuchInvitation
            | IdentityError::NotFound => NOT_FOUND.because(detail),
            IdentityError::LastOwner => LAST_OWNER.because(detail),
            IdentityError::RoleAboveMine => FORBIDDEN.at("/role", detail),
            IdentityError::ScopeAboveRole(place) => INVALID_FIELD.at(format!("/scopes/{place}"), detail),
            IdentityError::UnknownShop => UNKNOWN_SHOP.at("/shop", detail),
            IdentityError::NotAMember => NOT_A_MEMBER.because(detail),
            IdentityError::Hash(HashError::Busy) => BUSY.because(detail).retry_after(1),
            IdentityError::Limit(reached) => reached.into(),
            IdentityError::Tenancy(error) => error.into(),
            IdentityError::Registry(error) => error.into(),
            IdentityError::Hash(_)
            | IdentityError::Token(_)
            | IdentityError::Cipher(_)
            | IdentityError::UnusableFactor(_)
            | IdentityError::Randomness(_) => Self::internal(&error),
        }
    }
}

impl From<NotAllowed> for IdentityError {
    fn from(error: NotAllowed) -> Self {
        RegistryError::from(error).into()
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
            // Only the operator's commands meet these.
            LifecycleError::AlreadySuspended
            | LifecycleError::NotSuspended
            | LifecycleError::AlreadyDeleting
            | LifecycleError::NoOwner
            | LifecycleError::Deleting => Self::internal(&error),
        }
    }
}
