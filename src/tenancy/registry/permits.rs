//! What a user may do with a shop: by the role in it, and by the second factor that it may require.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::{memberships, shops, totp_factors};
use crate::tenancy::access::Action;
use crate::tenancy::shop::{Role, ShopId};
use crate::tenancy::{Refusal, TenancyError};

use super::error::RegistryError;

/// The role of a user who may do `action` with a shop. If the shop requires a second factor of its staff and the user has none,
/// only what customers do is allowed, as in `public.enter`.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::NotOwner`], or [`Refusal::SecondFactorMissing`].
pub fn permit(
    pg: &mut PgConnection,
    user: Uuid,
    shop: ShopId,
    action: Action,
) -> Result<Role, RegistryError> {
    let role = role_in(pg, user, shop)?;
    action.check(role)?;
    if action.least() > Role::Customer {
        require_factor(pg, user, shop)?;
    }
    Ok(role)
}

/// Checks that a user has a second factor, if the shop requires one of its staff.
///
/// # Errors
/// [`Refusal::SecondFactorMissing`].
pub fn require_factor(pg: &mut PgConnection, user: Uuid, shop: ShopId) -> Result<(), RegistryError> {
    let requiring = shops::table.find(shop.0).filter(shops::require_second_factor);
    let is_required: bool = diesel::select(diesel::dsl::exists(requiring)).get_result(pg)?;
    if is_required && !has_factor(pg, user)? {
        return Err(TenancyError::Refused(Refusal::SecondFactorMissing).into());
    }
    Ok(())
}

/// Whether a user has a second factor.
pub(super) fn has_factor(pg: &mut PgConnection, user: Uuid) -> Result<bool, RegistryError> {
    let confirmed = totp_factors::table.find(user).filter(totp_factors::confirmed_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(confirmed)).get_result(pg)?)
}

/// The role of a user in a shop.
///
/// # Errors
/// [`RegistryError::NotFound`] when there is no such shop or no such membership.
pub fn role_in(pg: &mut PgConnection, user: Uuid, shop: ShopId) -> Result<Role, RegistryError> {
    let role: Option<String> =
        memberships::table.find((user, shop.0)).select(memberships::role).first(pg).optional()?;
    Ok(known_role(&role.ok_or(RegistryError::NotFound)?)?)
}

/// A role as the database has it.
pub(super) fn known_role(text: &str) -> Result<Role, TenancyError> {
    Ok(text.parse::<Role>()?)
}
