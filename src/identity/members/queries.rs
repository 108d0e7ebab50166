//! Who belongs to a shop: looking, adding, changing roles, leaving.
//!
//! Whoever changes anything holds the shop's row, so that an owner is always left however many act at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::{Email, IdentityError};
use crate::schema::public::{former_members, invitations, memberships, shops, users};
use crate::tenancy::registry::{self, RegistryError};
use crate::tenancy::{self, Action, Caller, OwnerTx, PublicConn, Refusal, Role, ShopId, TenancyError};

use super::invitations::Invitation;

/// Somebody who belongs to a shop.
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
/// As [`Action::ListMembers`] says.
pub fn list(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    shop: ShopId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Member>, IdentityError> {
    Action::ListMembers.check(registry::role_in(conn.pg(), caller.user, shop)?)?;
    let mut query = memberships::table
        .inner_join(users::table)
        .filter(memberships::shop_id.eq(shop.0))
        .select((users::id, users::email, users::name, memberships::role, memberships::created_at))
        .order(memberships::user_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::user_id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}

/// What adding somebody came to.
pub enum Added {
    /// The user with this address is a member now.
    Member(Member),
    /// Nobody has this address yet.
    Invited(Invitation),
}

/// Makes the user with this address a member, or invites whoever is to register with it.
///
/// # Errors
/// As [`Action::AddMember`] says, or [`IdentityError::AlreadyMember`].
pub fn add(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    email: &Email,
    role: Role,
) -> Result<Added, IdentityError> {
    hold(owner, shop)?;
    Action::AddMember.check(registry::role_in(owner.pg(), caller.user, shop)?)?;
    // Held, so that a change of the profile is carried to this shop too, before or after.
    let found: Option<(Uuid, String, String)> = users::table
        .filter(users::email.eq(email.as_str()))
        .select((users::id, users::email, users::name))
        .for_key_share()
        .first(owner.pg())
        .optional()?;
    let Some((user, address, name)) = found else {
        let invitation = super::invitations::make(owner, caller, shop, email, role)?;
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
    tenancy::join(owner, shop, user, (&address, &name), role)?;
    Ok(Added::Member(find(owner, shop, user)?))
}

/// Gives a member another role.
///
/// # Errors
/// As [`Action::ChangeRole`] says, [`IdentityError::NoSuchMember`] or [`IdentityError::LastOwner`].
pub fn change_role(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    user: Uuid,
    role: Role,
) -> Result<Member, IdentityError> {
    hold(owner, shop)?;
    Action::ChangeRole.check(registry::role_in(owner.pg(), caller.user, shop)?)?;
    if find(owner, shop, user)?.role == Role::Owner && role != Role::Owner {
        another_owner(owner, shop, user)?;
        // What an owner began ends with the ownership.
        diesel::delete(invitations::table)
            .filter(invitations::invited_by.eq(user).and(invitations::shop_id.eq(shop.0)))
            .execute(owner.pg())?;
    }
    diesel::update(memberships::table.find((user, shop.0)))
        .set(memberships::role.eq(role.as_str()))
        .execute(owner.pg())?;
    find(owner, shop, user)
}

/// Takes a membership away; with it go the user's keys for the shop, and invitations by the user.
///
/// # Errors
/// As [`Action::RemoveMember`] says, or [`Action::Leave`] for oneself, [`IdentityError::NoSuchMember`] or
/// [`IdentityError::LastOwner`].
pub fn remove(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    user: Uuid,
) -> Result<(), IdentityError> {
    hold(owner, shop)?;
    let act = if user == caller.user { Action::Leave } else { Action::RemoveMember };
    act.check(registry::role_in(owner.pg(), caller.user, shop)?)?;
    if find(owner, shop, user)?.role == Role::Owner {
        another_owner(owner, shop, user)?;
    }
    diesel::delete(memberships::table.find((user, shop.0))).execute(owner.pg())?;
    diesel::insert_into(former_members::table)
        .values((former_members::user_id.eq(user), former_members::shop_id.eq(shop.0)))
        .on_conflict_do_nothing()
        .execute(owner.pg())?;
    Ok(())
}

/// Holds the shop's row: whoever else changes its members waits.
fn hold(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<(), IdentityError> {
    let state: Option<String> =
        shops::table.find(shop.0).select(shops::state).for_no_key_update().first(owner.pg()).optional()?;
    match state.as_deref() {
        None => Err(RegistryError::NotFound.into()),
        Some("deleting") => Err(TenancyError::Refused(Refusal::ShopDeleting).into()),
        Some(_) => Ok(()),
    }
}

/// Whether the shop, whose row is held, has an owner beside this one.
///
/// # Errors
/// [`IdentityError::LastOwner`].
pub(in crate::identity) fn another_owner(
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
        .inner_join(users::table)
        .filter(memberships::shop_id.eq(shop.0).and(memberships::user_id.eq(user)))
        .select((users::id, users::email, users::name, memberships::role, memberships::created_at))
        .first(owner.pg())
        .optional()?;
    Ok(row.ok_or(IdentityError::NoSuchMember)?.try_into()?)
}
