//! The members of a shop: listing, adding, changing roles, removing.
//!
//! Every change locks the shop's row first, so that concurrent changes cannot remove the last owner.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::users::{self, User};
use crate::identity::{Email, IdentityError, Verification, verification};
use crate::limits::Quotas;
use crate::schema::public::{former_members, invitations, memberships, shops, users as accounts};
use crate::tenancy::registry::{self, RegistryError};
use crate::tenancy::{self, Action, Caller, OwnerTx, PublicConn, Refusal, Role, ShopId, TenancyError};

use super::invitations::Invitation;

/// A member of a shop.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Member {
    pub user_id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

type Row = (Uuid, String, String, String, DateTime<Utc>);

impl TryFrom<Row> for Member {
    type Error = TenancyError;

    fn try_from((user_id, email, name, role, created_at): Row) -> Result<Self, TenancyError> {
        Ok(Self { user_id, email, name, role: role.parse()?, created_at })
    }
}

/// The members of a shop, in the order in which they registered; at most `limit`, after `after`.
///
/// # Errors
/// If [`Action::ListMembers`] is not allowed.
pub fn list(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    shop: ShopId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Member>, IdentityError> {
    registry::permit(conn.pg(), caller.user, shop, Action::ListMembers)?;
    let mut query = memberships::table
        .inner_join(accounts::table)
        .filter(memberships::shop_id.eq(shop.0))
        .select((accounts::id, accounts::email, accounts::name, memberships::role, memberships::created_at))
        .order(memberships::user_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::user_id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}

/// The result of adding a member.
pub enum Added {
    /// The user is a member now.
    Member(Member),
    /// No user has this address; it is invited.
    Invited(Invitation),
}

/// Makes the user with this address a member, or invites the address.
///
/// # Errors
/// If [`Action::AddMember`] is not allowed; [`IdentityError::AlreadyMember`] or [`IdentityError::Limit`].
pub fn add(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    email: &Email,
    role: Role,
) -> Result<Added, IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::AddMember)?;
    // Locked against a concurrent change of the profile, which must reach this shop too.
    let found: Option<(Uuid, String, String)> = accounts::table
        .filter(accounts::email.eq(email.as_str()))
        .select((accounts::id, accounts::email, accounts::name))
        .for_key_share()
        .first(owner.pg())
        .optional()?;
    let Some((user, address, name)) = found else {
        let invitation = super::invitations::make(owner, quotas, caller, shop, email, role)?;
        return Ok(Added::Invited(invitation));
    };
    match registry::role_in(owner.pg(), user, shop) {
        Ok(_) => return Err(IdentityError::AlreadyMember),
        Err(RegistryError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    diesel::delete(invitations::table)
        .filter(invitations::shop_id.eq(shop.0).and(invitations::email.eq(email.as_str())))
        .execute(owner.pg())?;
    registry::lift_removal(owner, shop, &address)?;
    registry::lift_removal_of(owner, shop, user)?;
    tenancy::join(owner, shop, user, (&address, &name), role)?;
    Ok(Added::Member(find(owner, shop, user)?))
}

/// Makes a user a customer of a shop. A member stays as before. True when the membership is new.
///
/// # Errors
/// [`IdentityError::RemovedFromShop`].
pub(in crate::identity) fn join(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
) -> Result<bool, IdentityError> {
    // Conflicts with the lock of a removal, but not with that of others who join.
    shops::table.find(shop.0).select(shops::id).for_share().first::<Uuid>(owner.pg())?;
    let person = users::find_locked(owner, user)?;
    match registry::role_in(owner.pg(), user, shop) {
        Err(RegistryError::NotFound) => require_not_removed(owner, shop, &person)?,
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    Ok(tenancy::join(owner, shop, user, (&person.email, &person.name), Role::Customer)?)
}

/// Checks that no owner of the shop has removed this user.
///
/// # Errors
/// [`IdentityError::RemovedFromShop`].
pub(in crate::identity) fn require_not_removed(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: &User,
) -> Result<(), IdentityError> {
    if registry::was_removed(owner, shop, user.id, &user.email)? {
        return Err(IdentityError::RemovedFromShop);
    }
    Ok(())
}

/// Gives a member another role. Returns the role before, too.
///
/// # Errors
/// If [`Action::ChangeRole`] is not allowed; [`IdentityError::NoSuchMember`], [`IdentityError::NotProved`] or
/// [`IdentityError::LastOwner`].
pub fn change_role(
    owner: &mut OwnerTx<'_>,
    verification: Verification,
    caller: Caller,
    shop: ShopId,
    user: Uuid,
    role: Role,
) -> Result<(Member, Role), IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::ChangeRole)?;
    let before = find(owner, shop, user)?.role;
    if role > before {
        verification::require_proved(owner.pg(), verification, user)?;
    }
    if before == Role::Owner && role != Role::Owner {
        require_another_owner(owner, shop, user)?;
        // Only an owner may invite: the pending invitations end with the ownership.
        diesel::delete(invitations::table)
            .filter(invitations::invited_by.eq(user).and(invitations::shop_id.eq(shop.0)))
            .execute(owner.pg())?;
    }
    diesel::update(memberships::table.find((user, shop.0)))
        .set(memberships::role.eq(role.as_str()))
        .execute(owner.pg())?;
    Ok((find(owner, shop, user)?, before))
}

/// Removes a member. The user's keys for the shop and invitations by the user are removed too. Whoever leaves may join
/// again; whoever is removed by an owner may not. Returns the role that the member had.
///
/// # Errors
/// If [`Action::RemoveMember`] (or [`Action::Leave`]) is not allowed; [`IdentityError::NoSuchMember`] or
/// [`IdentityError::LastOwner`].
pub fn remove(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    user: Uuid,
) -> Result<Role, IdentityError> {
    lock_shop(owner, shop)?;
    let action = if user == caller.user { Action::Leave } else { Action::RemoveMember };
    registry::permit(owner.pg(), caller.user, shop, action)?;
    let member = find(owner, shop, user)?;
    if member.role == Role::Owner {
        require_another_owner(owner, shop, user)?;
    }
    diesel::delete(memberships::table.find((user, shop.0))).execute(owner.pg())?;
    if user != caller.user {
        registry::record_removal(owner, shop, user, &member.email)?;
    }
    diesel::insert_into(former_members::table)
        .values((former_members::user_id.eq(user), former_members::shop_id.eq(shop.0)))
        .on_conflict_do_nothing()
        .execute(owner.pg())?;
    Ok(member.role)
}

/// Locks the shop's row: other changes of its members wait.
fn lock_shop(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<(), IdentityError> {
    let state: Option<String> =
        shops::table.find(shop.0).select(shops::state).for_no_key_update().first(owner.pg()).optional()?;
    match state.as_deref() {
        None => Err(RegistryError::NotFound.into()),
        Some("deleting") => Err(TenancyError::Refused(Refusal::ShopDeleting).into()),
        Some(_) => Ok(()),
    }
}

/// Checks that the shop, whose row is locked, has another owner.
///
/// # Errors
/// [`IdentityError::LastOwner`].
pub(in crate::identity) fn require_another_owner(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
) -> Result<(), IdentityError> {
    let others = memberships::table.filter(
        memberships::shop_id
            .eq(shop.0)
            .and(memberships::role.eq(Role::Owner.as_str()))
            .and(memberships::user_id.ne(user)),
    );
    let exists: bool = diesel::select(diesel::dsl::exists(others)).get_result(owner.pg())?;
    if exists { Ok(()) } else { Err(IdentityError::LastOwner) }
}

fn find(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<Member, IdentityError> {
    let row: Option<Row> = memberships::table
        .inner_join(accounts::table)
        .filter(memberships::shop_id.eq(shop.0).and(memberships::user_id.eq(user)))
        .select((accounts::id, accounts::email, accounts::name, memberships::role, memberships::created_at))
        .first(owner.pg())
        .optional()?;
    Ok(row.ok_or(IdentityError::NoSuchMember)?.try_into()?)
}
