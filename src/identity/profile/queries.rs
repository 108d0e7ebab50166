//! The user's own profile. A change reaches the user's shops too.

use chrono::Utc;
use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::users::{User, email_taken};
use crate::identity::{Email, IdentityError};
use crate::schema::public::{mailed_resets, users};
use crate::tenancy::{self, OwnerTx};

/// The profile, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn lock(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<User, IdentityError> {
    Ok(users::table.find(user).select(User::as_select()).for_update().first(owner.pg())?)
}

/// Changes name or email address, in `public` and in every shop that the user belongs to.
///
/// # Errors
/// [`IdentityError::EmailTaken`].
pub(in crate::identity) fn change(
    owner: &mut OwnerTx<'_>,
    user: Uuid,
    name: Option<&str>,
    email: Option<&Email>,
) -> Result<User, IdentityError> {
    // Locked against a concurrent join of a shop: either the shop is updated below, or it reads the new profile.
    let present = lock(owner, user)?;
    let changed: User = diesel::update(users::table.find(user))
        .set((
            users::name.eq(name.unwrap_or(&present.name)),
            users::email.eq(email.map_or(present.email.as_str(), Email::as_str)),
            users::updated_at.eq(Utc::now()),
        ))
        .returning(User::as_returning())
        .get_result(owner.pg())
        .map_err(email_taken)?;
    if changed.email != present.email {
        // Whoever reads the mail of the former address proves nothing about the new one.
        diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(owner.pg())?;
    }
    if (&changed.name, &changed.email) != (&present.name, &present.email) {
        tenancy::update_person_everywhere(owner, user, (&changed.email, &changed.name))?;
    }
    Ok(changed)
}
