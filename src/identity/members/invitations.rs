//! Invitations to a shop, for people without an account.
//!
//! An email address alone proves nothing: an invitation needs its token, which only the owner has seen.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::identity::{Email, IdentityError, secret};
use crate::limits::{Limit, Quotas, Reached};
use crate::schema::public::{invitations, memberships, shops};
use crate::tenancy::{Caller, OwnerTx, Role, ShopId, TenancyError, registry};

/// How long an invitation is valid.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// A new invitation. It is shown only once.
pub struct Invitation {
    /// The address that may use it.
    pub email: String,
    /// The role in the shop.
    pub role: Role,
    /// In plain text.
    pub token: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Invites the person who registers with this address and the token. Replaces a pending invitation for the address.
///
/// The caller has locked the shop's row, so that two invitations at once count one after the other.
///
/// # Errors
/// [`IdentityError::Limit`].
pub(in crate::identity) fn make(
    owner: &mut OwnerTx<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    email: &Email,
    role: Role,
) -> Result<Invitation, IdentityError> {
    let most = quotas.value_in(shop.0, Limit::Invitations);
    if most.is_some() {
        let others = invitations::shop_id.eq(shop.0).and(invitations::email.ne(email.as_str()));
        let open = invitations::table.filter(others.and(invitations::expires_at.gt(Utc::now())));
        let open: i64 = open.count().get_result(owner.pg())?;
        Reached::check(Limit::Invitations, most, open + 1)?;
    }
    registry::lift_removal(owner, shop, email.as_str())?;
    let (token, now) = (secret::random_text()?, Utc::now().trunc_subsecs(6));
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(Uuid::now_v7()),
            invitations::shop_id.eq(shop.0),
            invitations::email.eq(email.as_str()),
            invitations::role.eq(role.as_str()),
            invitations::token_hash.eq(secret::hash(&token)),
            invitations::invited_by.eq(caller.user),
            invitations::created_at.eq(now),
            invitations::expires_at.eq(now + LIFETIME),
        ))
        .on_conflict((invitations::shop_id, invitations::email))
        .do_update()
        .set((
            invitations::role.eq(excluded(invitations::role)),
            invitations::token_hash.eq(excluded(invitations::token_hash)),
            invitations::invited_by.eq(excluded(invitations::invited_by)),
            invitations::created_at.eq(excluded(invitations::created_at)),
            invitations::expires_at.eq(excluded(invitations::expires_at)),
        ))
        .execute(owner.pg())?;
    let email = email.as_str().to_owned();
    Ok(Invitation { email, role, token, created_at: now, expires_at: now + LIFETIME })
}

/// Checks that an invitation is for this address and still valid.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`].
pub(in crate::identity) fn check(
    owner: &mut OwnerTx<'_>,
    token_hash: &[u8],
    email: &str,
) -> Result<(), IdentityError> {
    let valid = invitations::table.filter(
        invitations::token_hash
            .eq(token_hash)
            .and(invitations::email.eq(email))
            .and(invitations::expires_at.gt(Utc::now())),
    );
    let is_valid: bool = diesel::select(diesel::dsl::exists(valid)).get_result(owner.pg())?;
    if is_valid { Ok(()) } else { Err(IdentityError::InvalidInvitation) }
}

/// Uses an invitation: returns its shop and role, if it is for this address and still valid.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`].
pub(in crate::identity) fn spend(
    owner: &mut OwnerTx<'_>,
    token_hash: &[u8],
    email: &str,
) -> Result<(ShopId, Role), IdentityError> {
    let is_valid = invitations::token_hash
        .eq(token_hash)
        .and(invitations::email.eq(email))
        .and(invitations::expires_at.gt(Utc::now()));
    let found: Option<(Uuid, Uuid)> = invitations::table
        .filter(is_valid)
        .select((invitations::id, invitations::shop_id))
        .first(owner.pg())
        .optional()?;
    let (id, shop) = found.ok_or(IdentityError::InvalidInvitation)?;
    // The shop's row is locked first, as for every change of members. After that, nothing checked here can change.
    let open: Option<Uuid> = shops::table
        .filter(shops::id.eq(shop).and(shops::state.eq("active")))
        .select(shops::id)
        .for_no_key_update()
        .first(owner.pg())
        .optional()?;
    open.ok_or(IdentityError::InvalidInvitation)?;
    let spent: Option<(String, Uuid)> = diesel::delete(invitations::table.find(id))
        .returning((invitations::role, invitations::invited_by))
        .get_result(owner.pg())
        .optional()?;
    let (role, invited_by) = spent.ok_or(IdentityError::InvalidInvitation)?;
    let by_owner =
        memberships::table.find((invited_by, shop)).filter(memberships::role.eq(Role::Owner.as_str()));
    let inviter_is_owner: bool = diesel::select(diesel::dsl::exists(by_owner)).get_result(owner.pg())?;
    if !inviter_is_owner {
        return Err(IdentityError::InvalidInvitation);
    }
    Ok((ShopId(shop), role.parse().map_err(TenancyError::from)?))
}
