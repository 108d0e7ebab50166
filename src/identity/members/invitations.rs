//! Invitations to a shop, as its owners make, list, renew and revoke them.
//!
//! An email address alone proves nothing: an invitation is for whoever holds its token, or has proved its address. It makes
//! nobody a member; [`acceptance`](super::acceptance) does.
//!
//! Every change locks the shop's row first, like those of the members.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::{Email, IdentityError, secret};
use crate::limits::{Limit, Quotas, Reached};
use crate::mail::{self, Message};
use crate::schema::public::{invitations, memberships, shops, users};
use crate::tenancy::{Action, Caller, OwnerTx, PublicConn, Role, ShopId, TenancyError, registry};

use super::counts;
use super::shop_lock::lock_shop;

/// How long an invitation is valid.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// An open invitation, as the owners of its shop see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    pub id: Uuid,
    pub email: String,
    /// The role in the shop, for whoever accepts.
    pub role: Role,
    /// The member who is to have a higher role; null for whoever is not invited as a member.
    pub user_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// An invitation with its token, which is shown only once.
#[derive(Serialize, ToSchema)]
pub struct IssuedInvitation {
    #[serde(flatten)]
    pub about: Invitation,
    /// For handing over: whoever accepts with it is a member.
    pub token: String,
}

type Row = (Uuid, String, String, Option<Uuid>, DateTime<Utc>, DateTime<Utc>);

const COLUMNS: (
    invitations::id,
    invitations::email,
    invitations::role,
    invitations::user_id,
    invitations::created_at,
    invitations::expires_at,
) = (
    invitations::id,
    invitations::email,
    invitations::role,
    invitations::user_id,
    invitations::created_at,
    invitations::expires_at,
);

impl TryFrom<Row> for Invitation {
    type Error = TenancyError;

    fn try_from((id, email, role, user_id, created_at, expires_at): Row) -> Result<Self, TenancyError> {
        Ok(Self { id, email, role: role.parse()?, user_id, created_at, expires_at })
    }
}

/// Invites whoever has this address, with an account or without one. Replaces an open invitation for it.
///
/// # Errors
/// If [`Action::AddMember`] is not allowed; [`IdentityError::AlreadyMember`], which tells an owner no more than the list of
/// members does; [`IdentityError::Limit`] or [`IdentityError::TooManyAttempts`].
pub(in crate::identity) fn invite(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    email: &Email,
    role: Role,
) -> Result<IssuedInvitation, IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::AddMember)?;
    if is_members(owner, shop, email)? {
        return Err(IdentityError::AlreadyMember);
    }
    counts::require_pause(owner, shop, email.as_str())?;
    let issued = make(owner, quotas, caller, shop, (email.as_str(), None), role)?;
    write(owner, shop, &issued)?;
    Ok(issued)
}

/// Offers a higher role to a member, who is told of it. Replaces an open offer.
///
/// The caller has locked the shop's row and checked who asks.
///
/// # Errors
/// [`IdentityError::Limit`].
pub(super) fn offer(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    (user, email): (Uuid, &str),
    role: Role,
) -> Result<(), IdentityError> {
    withdraw_offer(owner, shop, user)?;
    let issued = make(owner, quotas, caller, shop, (email, Some(user)), role)?;
    // The member finds the offer without a message too.
    if counts::had_pause(owner, shop, email)? {
        write(owner, shop, &issued)?;
    }
    Ok(())
}

/// Deletes the open offer of a higher role to a member, if there is one.
pub(super) fn withdraw_offer(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<(), IdentityError> {
    let offers =
        invitations::table.filter(invitations::user_id.eq(user).and(invitations::shop_id.eq(shop.0)));
    diesel::delete(offers).execute(owner.pg())?;
    Ok(())
}

/// Whether a member of the shop has this address.
fn is_members(owner: &mut OwnerTx<'_>, shop: ShopId, email: &Email) -> Result<bool, IdentityError> {
    let has_address = memberships::table
        .inner_join(users::table)
        .filter(memberships::shop_id.eq(shop.0).and(users::email.eq(email.as_str())));
    Ok(diesel::select(diesel::dsl::exists(has_address)).get_result(owner.pg())?)
}

/// Makes an invitation. The shop's row is locked, so that of two at once the second one counts the first.
fn make(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    (email, user_id): (&str, Option<Uuid>),
    role: Role,
) -> Result<IssuedInvitation, IdentityError> {
    counts::count_invitation(owner, quotas, shop, caller.user)?;
    check_open(owner, quotas, shop, email)?;
    let (token, now) = (secret::random_text()?, Utc::now().trunc_subsecs(6));
    let row: Row = diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(Uuid::now_v7()),
            invitations::shop_id.eq(shop.0),
            invitations::email.eq(email),
            invitations::role.eq(role.as_str()),
            invitations::token_hash.eq(secret::hash(&token)),
            invitations::invited_by.eq(caller.user),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(now + LIFETIME),
            invitations::user_id.eq(user_id),
        ))
        .on_conflict((invitations::shop_id, invitations::email))
        .do_update()
        .set((
            // With another id: whoever has looked at the old one accepts what was seen, or nothing.
            invitations::id.eq(excluded(invitations::id)),
            invitations::role.eq(excluded(invitations::role)),
            invitations::token_hash.eq(excluded(invitations::token_hash)),
            invitations::invited_by.eq(excluded(invitations::invited_by)),
            invitations::created_at.eq(excluded(invitations::created_at)),
            invitations::expires_at.eq(excluded(invitations::expires_at)),
            invitations::user_id.eq(excluded(invitations::user_id)),
        ))
        .returning(COLUMNS)
        .get_result(owner.pg())?;
    Ok(IssuedInvitation { about: row.try_into()?, token })
}

/// Sends the message with the token to the address.
fn write(owner: &mut OwnerTx<'_>, shop: ShopId, issued: &IssuedInvitation) -> Result<(), IdentityError> {
    let IssuedInvitation { about, token } = issued;
    if !counts::may_write_to(owner, &about.email)? {
        return Ok(());
    }
    let name: String = shops::table.find(shop.0).select(shops::name).first(owner.pg())?;
    let message = Message::Invitation {
        token: token.clone(),
        expires_at: about.expires_at,
        shop: name,
        role: about.role.as_str().to_owned(),
    };
    Ok(mail::send(owner.pg(), &about.email, &message)?)
}

/// Checks that the shop may have one more open invitation beside that for this address.
fn check_open(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    shop: ShopId,
    email: &str,
) -> Result<(), IdentityError> {
    let most = quotas.value_in(shop.0, Limit::Invitations);
    if most.is_none() {
        return Ok(());
    }
    let others = invitations::shop_id.eq(shop.0).and(invitations::email.ne(email));
    let open = invitations::table.filter(others.and(invitations::expires_at.gt(Utc::now())));
    let open: i64 = open.count().get_result(owner.pg())?;
    Ok(Reached::check(Limit::Invitations, most, open + 1)?)
}

/// The open invitations of a shop, newest first; at most `limit`, older than `before`.
///
/// # Errors
/// If [`Action::ListMembers`] is not allowed.
pub(in crate::identity) fn list(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    shop: ShopId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Invitation>, IdentityError> {
    registry::permit(conn.pg(), caller.user, shop, Action::ListMembers)?;
    let mut query = invitations::table
        .filter(invitations::shop_id.eq(shop.0).and(invitations::expires_at.gt(Utc::now())))
        .select(COLUMNS)
        .order(invitations::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(invitations::id.lt(before));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}

/// One of the open invitations of a shop.
///
/// # Errors
/// If [`Action::ListMembers`] is not allowed; [`IdentityError::NoSuchInvitation`].
pub(in crate::identity) fn find(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    shop: ShopId,
    id: Uuid,
) -> Result<Invitation, IdentityError> {
    registry::permit(conn.pg(), caller.user, shop, Action::ListMembers)?;
    let row: Option<Row> = invitations::table
        .find(id)
        .filter(invitations::shop_id.eq(shop.0).and(invitations::expires_at.gt(Utc::now())))
        .select(COLUMNS)
        .first(conn.pg())
        .optional()?;
    Ok(row.ok_or(IdentityError::NoSuchInvitation)?.try_into()?)
}

/// Sends an open invitation again: with a new token, for as long as a new one. The old token is dead. The invitation ends from
/// then on with the ownership of whoever sent it again.
///
/// # Errors
/// If [`Action::AddMember`] is not allowed; [`IdentityError::NoSuchInvitation`], [`IdentityError::Limit`] or
/// [`IdentityError::TooManyAttempts`].
pub(in crate::identity) fn resend(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    id: Uuid,
) -> Result<IssuedInvitation, IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::AddMember)?;
    let (token, now) = (secret::random_text()?, Utc::now().trunc_subsecs(6));
    let is_open = invitations::shop_id.eq(shop.0).and(invitations::expires_at.gt(now));
    let renewed: Option<Row> = diesel::update(invitations::table.find(id).filter(is_open))
        .set((
            invitations::token_hash.eq(secret::hash(&token)),
            invitations::invited_by.eq(caller.user),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(now + LIFETIME),
        ))
        .returning(COLUMNS)
        .get_result(owner.pg())
        .optional()?;
    let about: Invitation = renewed.ok_or(IdentityError::NoSuchInvitation)?.try_into()?;
    counts::require_pause(owner, shop, &about.email)?;
    counts::count_invitation(owner, quotas, shop, caller.user)?;
    let issued = IssuedInvitation { about, token };
    write(owner, shop, &issued)?;
    Ok(issued)
}

/// Revokes an invitation: nobody can accept it any more.
///
/// # Errors
/// If [`Action::AddMember`] is not allowed; [`IdentityError::NoSuchInvitation`].
pub(in crate::identity) fn revoke(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    id: Uuid,
) -> Result<(), IdentityError> {
    lock_shop(owner, shop)?;
    registry::permit(owner.pg(), caller.user, shop, Action::AddMember)?;
    let deleted = diesel::delete(invitations::table.find(id).filter(invitations::shop_id.eq(shop.0)))
        .execute(owner.pg())?;
    if deleted == 0 { Err(IdentityError::NoSuchInvitation) } else { Ok(()) }
}
