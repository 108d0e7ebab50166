//! Users as the operator manages them, from the command line and in the background.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::mail::{self, Message};
use crate::schema::public::{
    address_proofs, api_keys, invitations, known_devices, mailed_resets, reset_tokens, sessions,
    sign_in_attempts, users,
};
use crate::tenancy::{OwnerTx, Tenancy, idempotency};

use super::users::{self as table, User};
use super::{Email, IdentityError, verification};
use crate::identity::factors;
use crate::identity::members::counts;
use crate::identity::passwords::asker::Asker;
use crate::identity::passwords::forgotten;
use crate::identity::passwords::hashing::Hasher;
use crate::identity::passwords::password::NewPassword;
use crate::identity::passwords::reset::{self, ResetToken};
use crate::identity::passwords::throttle;
use crate::identity::profile::erasure;

/// For how long an expired key is still listed, so that its user sees why a script fails.
const KEY_MEMORY: TimeDelta = TimeDelta::days(30);

/// Creates a user. The operator's word proves the address.
///
/// # Errors
/// [`IdentityError::EmailTaken`].
pub async fn create_user(
    tenancy: &Tenancy,
    hasher: &Hasher,
    email: Email,
    password: NewPassword,
    name: String,
) -> Result<User, IdentityError> {
    let hash = hasher.hash(&Asker::stranger(email.as_str(), None), password.into()).await?;
    let created = tenancy.in_public(move |conn| {
        let user = table::insert(conn.pg(), &email, &name, &hash)?;
        verification::mark_proved(conn.pg(), user.id)?;
        let user = table::find(conn, user.id)?;
        let entry = Entry::by_operator(Event::Registered).to(user.id);
        audit::record(conn.pg(), &entry)?;
        Ok::<_, IdentityError>((user, entry))
    });
    let (user, entry) = created.await?;
    entry.log();
    Ok(user)
}

/// Takes the address of a user as proved, by the operator's word. Returns the user's id.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub async fn verify_user(tenancy: &Tenancy, email: Email) -> Result<Uuid, IdentityError> {
    let verified = tenancy.as_owner(None, move |owner| {
        let user = table::id_of(owner, &email)?.ok_or(IdentityError::NoSuchUser)?;
        verification::mark_proved(owner.pg(), user)?;
        let entry = Entry::by_operator(Event::EmailVerified).to(user);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>((user, entry))
    });
    let (user, entry) = verified.await?;
    entry.log();
    Ok(user)
}

/// Creates a one-time token for `POST /auth/reset`. It is valid for a day.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub async fn reset_token(tenancy: &Tenancy, email: Email) -> Result<ResetToken, IdentityError> {
    let made = tenancy.as_owner(None, move |owner| {
        let made = reset::make(owner, &email)?;
        let entry = Entry::by_operator(Event::ResetTokenMade).to(made.user);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>((made, entry))
    });
    let (made, entry) = made.await?;
    entry.log();
    Ok(made)
}

/// Sends the user with this address a message with a token for `POST /auth/reset`.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub async fn mail_reset(tenancy: &Tenancy, email: Email) -> Result<(), IdentityError> {
    let sent = tenancy.as_owner(None, move |owner| {
        let entry = Entry::by_operator(Event::ResetTokenMade).to(forgotten::send(owner, &email)?);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    sent.await?.log();
    Ok(())
}

/// Removes the second factor of the user with this address, who has lost the app and the recovery codes.
///
/// # Errors
/// [`IdentityError::NoSuchUser`] or [`IdentityError::NoFactor`].
pub async fn reset_factor(tenancy: &Tenancy, email: Email) -> Result<(), IdentityError> {
    let reset = tenancy.as_owner(None, move |owner| {
        let user = table::id_of(owner, &email)?.ok_or(IdentityError::NoSuchUser)?;
        table::lock(owner.pg(), user)?;
        if !factors::queries::remove(owner.pg(), user)? {
            return Err(IdentityError::NoFactor);
        }
        mail::send(owner.pg(), email.as_str(), &Message::SecondFactorRemoved {})?;
        let entry = Entry::by_operator(Event::FactorReset).to(user);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>(entry)
    });
    reset.await?.log();
    Ok(())
}

/// Erases the user with this address, and returns the user's id. A shop where that fails now is tried again later.
///
/// # Errors
/// [`IdentityError::NoSuchUser`] or [`IdentityError::LastOwner`].
pub async fn erase_user(tenancy: &Tenancy, email: Email) -> Result<Uuid, IdentityError> {
    let anonymised = tenancy.as_owner(None, move |owner| {
        let user: Option<Uuid> = users::table
            .filter(users::email.eq(email.as_str()))
            .select(users::id)
            .first(owner.pg())
            .optional()?;
        let user = user.ok_or(IdentityError::NoSuchUser)?;
        let locked = erasure::lock(owner, user)?;
        erasure::anonymise(owner, &locked)?;
        let entry = Entry::by_operator(Event::Erased).to(user);
        audit::record(owner.pg(), &entry)?;
        Ok::<_, IdentityError>((user, entry))
    });
    let (user, entry) = anonymised.await?;
    entry.log();
    erasure::finish(tenancy, user).await?;
    Ok(user)
}

/// Removes expired rows, and finishes interrupted erasures, until it must stop. To be called regularly.
///
/// # Errors
/// When the database fails.
pub async fn clean_up(tenancy: &Tenancy, stopped: impl Fn() -> bool) -> Result<(), IdentityError> {
    tenancy.as_owner(None, remove_expired).await?;
    erasure::finish_pending(tenancy, stopped).await
}

fn remove_expired(owner: &mut OwnerTx<'_>) -> Result<(), IdentityError> {
    let now = Utc::now();
    idempotency::delete_expired(owner)?;
    mail::delete_ended(owner)?;
    counts::delete_ended(owner)?;
    let pg = owner.pg();
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(pg)?;
    diesel::delete(known_devices::table.filter(known_devices::expires_at.lt(now))).execute(pg)?;
    diesel::delete(invitations::table.filter(invitations::expires_at.lt(now))).execute(pg)?;
    let forgotten = now - KEY_MEMORY;
    diesel::delete(api_keys::table.filter(api_keys::expires_at.lt(forgotten))).execute(pg)?;
    diesel::delete(reset_tokens::table.filter(reset_tokens::expires_at.lt(now))).execute(pg)?;
    diesel::delete(mailed_resets::table.filter(mailed_resets::expires_at.lt(now))).execute(pg)?;
    diesel::delete(address_proofs::table.filter(address_proofs::expires_at.lt(now))).execute(pg)?;
    diesel::delete(sign_in_attempts::table.filter(sign_in_attempts::last_at.lt(now - throttle::MEMORY)))
        .execute(pg)?;
    Ok(())
}
