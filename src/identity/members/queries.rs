//! The members of a shop: listing, joining, changing roles, removing.
//!
//! Every change locks the shop's row first, so that concurrent changes cannot remove the last owner.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::http::request::origin::Origin;
use crate::identity::IdentityError;
use crate::identity::users::{self, User};
use crate::limits::Quotas;
use crate::schema::public::{former_members, invitations as table, memberships, shops, users as accounts};
use crate::tenancy::registry::{self, RegistryError};
use crate::tenancy::{self, Action, Caller, OwnerTx, PublicConn, Role, ShopId, TenancyError};

use super::invitations;
use super::shop_lock::lock_shop;

/// A member of a shop.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Member {
    pub user_id: Uuid,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// The higher role that the member has not accepted yet.
    pub offered_role: Option<Role>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

type Row = (Uuid, String, String, String, DateTime<Utc>, Option<String>);

impl TryFrom<Row> for Member {
    type Error = TenancyError;

    fn try_from((user_id, email, name, role, created_at, offered): Row) -> Result<Self, TenancyError> {
        let offered_role = offered.map(|role| role.parse()).transpose()?;
        Ok(Self { user_id, email, name, role: role.parse()?, offered_role, created_at })
    }
}

/// The members of a shop, with the open offers of a higher role.
#[diesel::dsl::auto_type]
fn members_of(shop: Uuid, now: DateTime<Utc>) -> _ {
    let is_offer = table::user_id
        .eq(memberships::user_id.nullable())
        .and(table::shop_id.eq(memberships::shop_id))
        .and(table::expires_at.gt(now));
    memberships::table
        .inner_join(accounts::table)
        .left_join(table::table.on(is_offer))
        .filter(memberships::shop_id.eq(shop))
        .select((
            accounts::id,
            accounts::email,
            accounts::name,
            memberships::role,
            memberships::created_at,
            table::role.nullable(),
        ))
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
    let mut query = members_of(shop.0, Utc::now()).order(memberships::user_id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::user_id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}

/// Makes a user a customer of a shop. A member stays as before. Returns what was recorded, if the membership is new.
///
/// # Errors
/// [`IdentityError::RemovedFromShop`].
pub(in crate::identity) fn join(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    origin: &Origin,
) -> Result<Option<Entry>, IdentityError> {
    // Conflicts with the lock of a removal, but not with that of others who join.
    shops::table.find(shop.0).select(shops::id).for_share().first::<Uuid>(owner.pg())?;
    let person = users::find_locked(owner, user)?;
    match registry::role_in(owner.pg(), user, shop) {
        Err(RegistryError::NotFound) => require_not_removed(owner, shop, &person)?,
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    if !tenancy::join(owner, shop, user, (&person.email, &person.name), Role::Customer)? {
        return Ok(None);
    }
    let entry = origin.entry(Event::MemberJoined, user).in_shop(shop);
    audit::record(owner.pg(), &entry)?;
    Ok(Some(entry))
}

/// Checks that no owner of the shop has removed this user.
fn require_not_removed(owner: &mut OwnerTx<'_>, shop: ShopId, user: &User) -> Result<(), IdentityError> {
    if registry::was_removed(owner, shop, user.id, &user.email)? {
        return Err(IdentityError::RemovedFromShop);
    }
    Ok(())
}

/// Gives a member a lower role, at once; or offers a higher one, which holds when the member has accepted it. An open offer ends. Returns
/// the role before, too.
///
/// # Errors
/// If [`Action::ChangeRole`] is not allowed; [`IdentityError::NoSuchMember`], [`IdentityError::LastOwner`] or
/// [`IdentityError::Limit`].
pub fn change_role(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    user: Uuid,
    role: Role,
) -> Result<(Member, Role), IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::ChangeRole)?;
    let member = find(owner, shop, user)?;
    if role > member.role {
        invitations::offer(owner, quotas, caller, shop, (user, &member.email), role)?;
    } else {
        invitations::withdraw_offer(owner, shop, user)?;
        lower(owner, shop, &member, role)?;
    }
    Ok((find(owner, shop, user)?, member.role))
}

/// Gives a member a role that is not higher.
fn lower(owner: &mut OwnerTx<'_>, shop: ShopId, member: &Member, role: Role) -> Result<(), IdentityError> {
    let user = member.user_id;
    if member.role == Role::Owner && role != Role::Owner {
        require_another_owner(owner, shop, user)?;
        // Only an owner may invite: the pending invitations end with the ownership.
        diesel::delete(table::table)
            .filter(table::invited_by.eq(user).and(table::shop_id.eq(shop.0)))
            .execute(owner.pg())?;
    }
    diesel::update(memberships::table.find((user, shop.0)))
        .set(memberships::role.eq(role.as_str()))
        .execute(owner.pg())?;
    Ok(())
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
        diesel::delete(table::table)
            .filter(table::shop_id.eq(shop.0).and(table::email.eq(&member.email)))
            .execute(owner.pg())?;
    }
    diesel::insert_into(former_members::table)
        .values((former_members::user_id.eq(user), former_members::shop_id.eq(shop.0)))
        .on_conflict_do_nothing()
        .execute(owner.pg())?;
    Ok(member.role)
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
    let row: Option<Row> =
        members_of(shop.0, Utc::now()).filter(memberships::user_id.eq(user)).first(owner.pg()).optional()?;
    Ok(row.ok_or(IdentityError::NoSuchMember)?.try_into()?)
}
