//! Erasing a user: anonymised in `public` at once, then in each shop that knows the user, a transaction a shop.
//!
//! The first transaction ends all that the user could do and marks the user; whatever happens after it, the
//! marked ones are found again and finished.

use chrono::Utc;
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::identity::members;
use crate::schema::public::{
    api_keys, former_members, invitations, memberships, reset_tokens, sessions, shops, users,
};
use crate::tenancy::{self, OwnerTx, Role, ShopId, Tenancy, idempotency};

/// Users that are read at a time.
const ROUND: i64 = 100;

/// What stands in place of the address: nobody can register it, and no two are alike.
fn no_address(user: Uuid) -> String {
    format!("{}@erased.invalid", user.simple())
}

/// A user who is to be erased, held together with the shops that the user owns.
pub(in crate::identity) struct Held {
    user: Uuid,
    /// Shops and their states.
    owned: Vec<(Uuid, String)>,
}

/// Holds a user: until the transaction ends nobody changes the profile, the password, or who owns the shops.
///
/// # Errors
/// [`IdentityError::NoSuchUser`].
pub(in crate::identity) fn hold(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<Held, IdentityError> {
    // Shops first, as everybody who changes members does.
    let owned: Vec<(Uuid, String)> = shops::table
        .inner_join(memberships::table)
        .filter(memberships::user_id.eq(user).and(memberships::role.eq(Role::Owner.as_str())))
        .select((shops::id, shops::state))
        .order(shops::id)
        .for_no_key_update()
        .load(owner.pg())?;
    let known: Option<Uuid> = users::table
        .find(user)
        .filter(users::erased_at.is_null())
        .select(users::id)
        .for_update()
        .first(owner.pg())
        .optional()?;
    known.ok_or(IdentityError::NoSuchUser)?;
    Ok(Held { user, owned })
}

/// Anonymises a user here, ends all sessions and keys, and marks the user for the shops to forget.
///
/// # Errors
/// [`IdentityError::LastOwner`] while a shop would be left without one.
pub(in crate::identity) fn mark(owner: &mut OwnerTx<'_>, held: &Held) -> Result<(), IdentityError> {
    let Held { user, owned } = held;
    let user = *user;
    for (shop, _) in owned.iter().filter(|(_, state)| state != "deleting") {
        members::another_owner(owner, ShopId(*shop), user)?;
    }
    let now = Utc::now();
    diesel::update(users::table.find(user))
        .set((
            users::email.eq(no_address(user)),
            users::name.eq(""),
            users::password_hash.eq(""),
            users::updated_at.eq(now),
            users::erased_at.eq(now),
            users::erasing.eq(true),
        ))
        .execute(owner.pg())?;
    diesel::update(memberships::table.filter(memberships::user_id.eq(user)))
        .set(memberships::role.eq(Role::Customer.as_str()))
        .execute(owner.pg())?;
    end_all(owner, user)?;
    Ok(())
}

fn end_all(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<(), QueryError> {
    let pg = owner.pg();
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(pg)?;
    diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user))).execute(pg)?;
    diesel::delete(reset_tokens::table.filter(reset_tokens::user_id.eq(user))).execute(pg)?;
    diesel::delete(invitations::table.filter(invitations::invited_by.eq(user))).execute(pg)?;
    idempotency::delete_for_user(owner, user)?;
    Ok(())
}

/// Lets every shop forget a user that is marked. A shop that fails is tried again in a later round.
///
/// # Errors
/// When `public` cannot be asked.
pub(in crate::identity) async fn finish(tenancy: &Tenancy, user: Uuid) -> Result<(), IdentityError> {
    let shops = tenancy.as_owner(None, move |owner| knowing(owner, user)).await?;
    for shop in shops {
        let forgotten: Result<(), IdentityError> =
            tenancy.as_owner(None, move |owner| forget(owner, user, shop)).await;
        if let Err(error) = forgotten {
            tracing::warn!(%shop, %user, %error, "a shop could not forget a user; it will be tried again");
        }
    }
    tenancy.as_owner(None, move |owner| close(owner, user)).await
}

/// Finishes what was begun for users and broke off, until it is told to stop between two users. One whom a shop
/// cannot forget keeps none of the others waiting.
///
/// # Errors
/// When `public` cannot be asked.
pub(in crate::identity) async fn finish_all(
    tenancy: &Tenancy,
    stopped: impl Fn() -> bool,
) -> Result<(), IdentityError> {
    let mut last = Uuid::nil();
    loop {
        let marked = tenancy.as_owner(None, move |owner| marked(owner, last)).await?;
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

/// The next users who are marked, after one of them.
fn marked(owner: &mut OwnerTx<'_>, after: Uuid) -> Result<Vec<Uuid>, IdentityError> {
    let marked = users::table.filter(users::erasing.and(users::id.gt(after)));
    Ok(marked.select(users::id).order(users::id).limit(ROUND).load(owner.pg())?)
}

/// The shops that know a user.
fn knowing(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<Vec<ShopId>, IdentityError> {
    let present = memberships::table.filter(memberships::user_id.eq(user)).select(memberships::shop_id);
    let former =
        former_members::table.filter(former_members::user_id.eq(user)).select(former_members::shop_id);
    let shops: Vec<Uuid> = present.union(former).load(owner.pg())?;
    Ok(shops.into_iter().map(ShopId).collect())
}

fn forget(owner: &mut OwnerTx<'_>, user: Uuid, shop: ShopId) -> Result<(), IdentityError> {
    tenancy::update_person(owner, shop, user, (&no_address(user), ""))?;
    owner.use_schema(shop)?;
    idempotency::delete_for_user(owner, user)?;
    owner.use_public_schema()?;
    diesel::delete(memberships::table.find((user, shop.0))).execute(owner.pg())?;
    diesel::delete(former_members::table.find((user, shop.0))).execute(owner.pg())?;
    Ok(())
}

/// Takes the mark off when no shop knows the user any more.
fn close(owner: &mut OwnerTx<'_>, user: Uuid) -> Result<(), IdentityError> {
    if knowing(owner, user)?.is_empty() {
        diesel::update(users::table.find(user)).set(users::erasing.eq(false)).execute(owner.pg())?;
    }
    Ok(())
}
