//! Invitations to a shop, for people who have no account yet.
//!
//! An address proves nothing by itself: what lets somebody in is the token, which only the owner was shown.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::identity::{Email, IdentityError, secret};
use crate::schema::public::{invitations, memberships, shops};
use crate::tenancy::{Caller, OwnerTx, Role, ShopId, TenancyError};

/// How long an invitation is good for.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// An invitation, as it is shown once.
pub struct Invitation {
    /// Whom it is for.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// In plain text.
    pub token: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Invites whoever will register with this address and the token. One that was pending is replaced.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn make(
    owner: &mut OwnerTx<'_>,
    caller: Caller,
    shop: ShopId,
    email: &Email,
    role: Role,
) -> Result<Invitation, IdentityError> {
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

/// Spends an invitation: where it leads, if it is for this address and still stands.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`].
pub(in crate::identity) fn spend(
    owner: &mut OwnerTx<'_>,
    token: &str,
    email: &Email,
) -> Result<(ShopId, Role), IdentityError> {
    let standing = invitations::token_hash
        .eq(secret::hash(token))
        .and(invitations::email.eq(email.as_str()))
        .and(invitations::expires_at.gt(Utc::now()));
    let found: Option<(Uuid, Uuid)> = invitations::table
        .filter(standing)
        .select((invitations::id, invitations::shop_id))
        .first(owner.pg())
        .optional()?;
    let (id, shop) = found.ok_or(IdentityError::InvalidInvitation)?;
    // The shop's row first, as everybody who changes members: then nothing of this can change any more.
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
    let stands: bool = diesel::select(diesel::dsl::exists(by_owner)).get_result(owner.pg())?;
    if !stands {
        return Err(IdentityError::InvalidInvitation);
    }
    Ok((ShopId(shop), role.parse().map_err(TenancyError::from)?))
}
