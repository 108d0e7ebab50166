//! The user's own profile, and changing it here and in the user's shops.

use chrono::Utc;
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::users::{User, email_taken};
use crate::identity::{Email, IdentityError};
use crate::schema::public::users;
use crate::tenancy::{self, OwnerTx};

/// The profile as it stays until the transaction ends, unless this transaction changes it.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn hold(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<User, IdentityError> {
    Ok(users::table.find(user).select(User::as_select()).for_update().first(owner.pg())?)
}

/// Changes name or address, and carries them to every shop that the user belongs to.
///
/// # Errors
/// [`IdentityError::EmailTaken`].
pub(in crate::identity) fn change(
    owner: &mut OwnerTx<'_>,
    user: Uuid,
    name: Option<&str>,
    email: Option<&Email>,
) -> Result<User, IdentityError> {
    // Held against joining a shop meanwhile: either the shop is among those below, or it reads what is new.
    let present = hold(owner, user)?;
    let changed: User = diesel::update(users::table.find(user))
        .set((
            users::name.eq(name.unwrap_or(&present.name)),
            users::email.eq(email.map_or(present.email.as_str(), Email::as_str)),
            users::updated_at.eq(Utc::now()),
        ))
        .returning(User::as_returning())
        .get_result(owner.pg())
        .map_err(email_taken)?;
    if (&changed.name, &changed.email) != (&present.name, &present.email) {
        tenancy::update_person_everywhere(owner, user, (&changed.email, &changed.name))?;
    }
    Ok(changed)
}
