//! Erasing a user: first in `public`, then in each shop that knows the user, with one transaction for each shop.
//!
//! The first transaction anonymises the user, ends all sessions and keys, and sets the mark `erasing`. If the process dies
//! after it, the marked users are found again and finished.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit;
use crate::identity::{IdentityError, addresses, factors, members};
use crate::mail;
use crate::schema::public::{
    api_keys, former_members, invitations, known_devices, mailed_resets, memberships, reset_tokens, sessions,
    shops, users,
};
use crate::tenancy::{self, OwnerTx, Role, ShopId, Tenancy, idempotency};

/// Users that are read at a time.
const BATCH: i64 = 100;

/// Replaces the email address: unique, and nobody can register it.
fn placeholder_email(user: Uuid) -> String {
    format!("{}@erased.invalid", user.simple())
}

/// A user to be erased. The user and the shops that the user owns are locked.
pub(in crate::identity) struct LockedUser {
    user: Uuid,
    email: String,
    /// The shops and their states.
    owned: Vec<(Uuid, String)>,
}

/// Locks a user, so that profile, password and owned shops cannot change until the transaction ends.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub(in crate::identity) fn lock(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<LockedUser, IdentityError> {
    // Shops first, as for every change of members.
    let owned: Vec<(Uuid, String)> = shops::table
        .inner_join(memberships::table)
        .filter(memberships::user_id.eq(user).and(memberships::role.eq(Role::Owner.as_str())))
        .select((shops::id, shops::state))
        .order(shops::id)
        .for_no_key_update()
        .load(owner.pg())?;
    let email: Option<String> = users::table
        .find(user)
        .filter(users::erased_at.is_null())
        .select(users::email)
        .for_update()
        .first(owner.pg())
        .optional()?;
    Ok(LockedUser { user, email: email.ok_or(IdentityError::NoSuchUser)?, owned })
}

/// Anonymises a user in `public`, ends all sessions and keys, and marks the user as `erasing`.
///
/// # Errors
/// [`IdentityError::LastOwner`] if a shop would have no owner.
pub(in crate::identity) fn anonymise(
    owner: &mut OwnerTx<'_>,
    locked: &LockedUser,
) -> Result<(), IdentityError> {
    let LockedUser { user, email, owned } = locked;
    let user = *user;
    for (shop, _) in owned.iter().filter(|(_, state)| state != "deleting") {
        members::require_another_owner(owner, ShopId(*shop), user)?;
    }
    let now = Utc::now();
    diesel::update(users::table.find(user))
        .set((
            users::email.eq(placeholder_email(user)),
            users::name.eq(""),
            users::password_hash.eq(""),
            users::email_verified_at.eq(None::<DateTime<Utc>>),
            users::updated_at.eq(now),
            users::erased_at.eq(now),
            users::erasing.eq(true),
        ))
        .execute(owner.pg())?;
    diesel::update(memberships::table.filter(memberships::user_id.eq(user)))
        .set(memberships::role.eq(Role::Customer.as_str()))
        .execute(owner.pg())?;
    end_all(owner, user, email)?;
    Ok(())
}

fn end_all(owner: &mut OwnerTx<'_>, user: Uuid, email: &str) -> Result<(), IdentityError> {
    let pg = owner.pg();
    diesel::delete(invitations::table.filter(invitations::email.eq(email))).execute(pg)?;
    diesel::delete(invitations::table.filter(invitations::user_id.eq(user))).execute(pg)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(pg)?;
    diesel::delete(known_devices::table.filter(known_devices::user_id.eq(user))).execute(pg)?;
    diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user))).execute(pg)?;
    diesel::delete(reset_tokens::table.filter(reset_tokens::user_id.eq(user))).execute(pg)?;
    diesel::delete(mailed_resets::table.filter(mailed_resets::user_id.eq(user))).execute(pg)?;
    factors::queries::remove(pg, user)?;
    diesel::delete(invitations::table.filter(invitations::invited_by.eq(user))).execute(pg)?;
    idempotency::delete_for_user(owner, user)?;
    mail::delete_for(owner, email)?;
    addresses::forget(owner, user, email)?;
    Ok(())
}

/// Erases a marked user in every shop. A shop that fails is tried again later.
///
/// # Errors
/// When `public` cannot be asked.
pub(in crate::identity) async fn finish(tenancy: &Tenancy, user: Uuid) -> Result<(), IdentityError> {
    let shops = tenancy.as_owner(None, move |owner| shops_knowing(owner, user)).await?;
    for shop in shops {
        let forgotten: Result<(), IdentityError> =
            tenancy.as_owner(None, move |owner| erase_in_shop(owner, user, shop)).await;
        if let Err(error) = forgotten {
            tracing::warn!(%shop, %user, %error, "a user could not be erased in a shop; the next run tries again");
        }
    }
    forget_places(tenancy, user).await?;
    tenancy.as_owner(None, move |owner| clear_mark(owner, user)).await
}

/// Takes out of the audit trail where a user was. What was done stays, with the bare id.
async fn forget_places(tenancy: &Tenancy, user: Uuid) -> Result<(), IdentityError> {
    let mut last = Uuid::nil();
    loop {
        let forgotten = tenancy.as_owner(None, move |owner| {
            Ok::<_, IdentityError>(audit::forget_places(owner.pg(), user, last)?)
        });
        let Some(next) = forgotten.await? else { return Ok(()) };
        last = next;
    }
}

/// Finishes interrupted erasures until it must stop, which it checks between two users. A user who cannot be finished does
/// not delay the others.
///
/// # Errors
/// When `public` cannot be asked.
pub(in crate::identity) async fn finish_pending(
    tenancy: &Tenancy,
    stopped: impl Fn() -> bool,
) -> Result<(), IdentityError> {
    let mut last = Uuid::nil();
    loop {
        let marked = tenancy.as_owner(None, move |owner| pending(owner, last)).await?;
        for user in &marked {
            if stopped() {
                return Ok(());
            }
            finish(tenancy, *user).await?;
        }
        let Some(next) = marked.last() else { return Ok(()) };
        last = *next;
    }
}

/// The next marked users, after `after` by id.
fn pending(owner: &mut OwnerTx<'_>, after: Uuid) -> Result<Vec<Uuid>, IdentityError> {
    let marked = users::table.filter(users::erasing.and(users::id.gt(after)));
    Ok(marked.select(users::id).order(users::id).limit(BATCH).load(owner.pg())?)
}

/// The shops that know a user.
fn shops_knowing(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<Vec<ShopId>, IdentityError> {
    let present = memberships::table.filter(memberships::user_id.eq(user)).select(memberships::shop_id);
    let former =
        former_members::table.filter(former_members::user_id.eq(user)).select(former_members::shop_id);
    let shops: Vec<Uuid> = present.union(former).load(owner.pg())?;
    Ok(shops.into_iter().map(ShopId).collect())
}

fn erase_in_shop(owner: &mut OwnerTx<'_>, user: Uuid, shop: ShopId) -> Result<(), IdentityError> {
    tenancy::erase_person(owner, shop, user, (&placeholder_email(user), ""))?;
    owner.use_schema(shop)?;
    idempotency::delete_for_user(owner, user)?;
    idempotency::delete_expired(owner)?;
    owner.use_public_schema()?;
    diesel::delete(memberships::table.find((user, shop.0))).execute(owner.pg())?;
    diesel::delete(former_members::table.find((user, shop.0))).execute(owner.pg())?;
    Ok(())
}

/// Clears the mark when no shop knows the user any more.
fn clear_mark(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<(), IdentityError> {
    if shops_knowing(owner, user)?.is_empty() {
        diesel::update(users::table.find(user)).set(users::erasing.eq(false)).execute(owner.pg())?;
    }
    Ok(())
}
