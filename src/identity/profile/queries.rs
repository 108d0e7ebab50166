//! The user's own profile. A change reaches the user's shops too.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::users::{self, User, email_taken};
use crate::identity::{Email, IdentityError, addresses};
use crate::mail::{self, Message};
use crate::schema::public::{mailed_resets, users as accounts};
use crate::tenancy::{self, OwnerTx, Transaction};

/// The profile, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn lock(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<User, IdentityError> {
    Ok(accounts::table.find(user).select(User::as_select()).for_update().first(owner.pg())?)
}

/// A user's profile, as the user sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::identity) struct Profile {
    #[serde(flatten)]
    pub user: User,
    /// The address that the user wants and has not proved.
    pub pending_email: Option<String>,
}

/// The profile of a user.
///
/// # Errors
/// When the database fails, or the user is gone.
pub(in crate::identity) fn profile(
    conn: &mut impl Transaction,
    user: Uuid,
) -> Result<Profile, IdentityError> {
    Ok(Profile { user: users::find(conn, user)?, pending_email: addresses::wanted(conn, user)? })
}

/// Asks for a proof of the address that a user wants; the user's own is none.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn want(
    owner: &mut OwnerTx<'_>,
    user: Uuid,
    email: &Email,
) -> Result<(), IdentityError> {
    if lock(owner, user)?.email == email.as_str() {
        return addresses::forget_wanted(owner, user);
    }
    addresses::ask_for_change(owner, user, email.as_str())
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
    let changed: User = diesel::update(accounts::table.find(user))
        .set((
            accounts::name.eq(name.unwrap_or(&present.name)),
            accounts::email.eq(email.map_or(present.email.as_str(), Email::as_str)),
            accounts::updated_at.eq(Utc::now()),
        ))
        .returning(User::as_returning())
        .get_result(owner.pg())
        .map_err(email_taken)?;
    if changed.email != present.email {
        let unproved = accounts::email_verified_at.eq(None::<DateTime<Utc>>);
        diesel::update(accounts::table.find(user)).set(unproved).execute(owner.pg())?;
        // A token that was sent to the former address gives nobody the account any more.
        diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(owner.pg())?;
        addresses::forget_wanted(owner, user)?;
        let told = Message::AddressChanged { new_address: changed.email.clone() };
        mail::send(owner.pg(), &present.email, &told)?;
    }
    if (&changed.name, &changed.email) != (&present.name, &present.email) {
        tenancy::update_person_everywhere(owner, user, (&changed.email, &changed.name))?;
    }
    users::find(owner, user)
}
