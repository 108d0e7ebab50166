//! Which shop a slug or an id means.

use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::{memberships, shops};
use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, PublicConn, Transaction};
use crate::tenancy::shop::{ShopId, ShopName, Slug};

use super::error::RegistryError;

/// The shop that `name` means, if `user` is a member of it: for signing in to a shop.
///
/// # Errors
/// When the database fails.
pub fn membership_by_name(
    conn: &mut impl Transaction,
    user: Uuid,
    name: &ShopName,
) -> Result<Option<ShopId>, TenancyError> {
    let query = memberships::table
        .inner_join(shops::table)
        .filter(memberships::user_id.eq(user))
        .select(shops::id)
        .into_boxed();
    let query = match name {
        ShopName::Id(id) => query.filter(shops::id.eq(id.0)),
        ShopName::Slug(slug) => query.filter(shops::slug.eq(slug.as_str())),
    };
    let found: Option<Uuid> = query.first(conn.pg()).optional()?;
    Ok(found.map(ShopId))
}

/// The id of the shop that a path names. Whether `user` is a member of it is checked only for a slug, so that no stranger
/// learns which slugs there are.
///
/// # Errors
/// [`RegistryError::NotFound`], or when the database fails.
pub fn id_in_path(conn: &mut impl Transaction, user: Uuid, name: &ShopName) -> Result<ShopId, RegistryError> {
    match name {
        ShopName::Id(id) => Ok(*id),
        ShopName::Slug(_) => membership_by_name(conn, user, name)?.ok_or(RegistryError::NotFound),
    }
}

/// The shop with this slug, whatever its state.
///
/// # Errors
/// When the database fails.
pub(in crate::tenancy) fn id_of(
    conn: &mut PublicConn<'_>,
    slug: &Slug,
) -> Result<Option<ShopId>, TenancyError> {
    let with_slug = shops::table.filter(shops::slug.eq(slug.as_str()));
    let found: Option<Uuid> = with_slug.select(shops::id).first(conn.pg()).optional()?;
    Ok(found.map(ShopId))
}

/// The active shop with this slug: for joining a shop.
///
/// # Errors
/// When the database fails.
pub fn active_by_slug(owner: &mut OwnerTx<'_>, slug: &Slug) -> Result<Option<ShopId>, TenancyError> {
    let found: Option<Uuid> = shops::table
        .filter(shops::slug.eq(slug.as_str()).and(shops::state.eq("active")))
        .select(shops::id)
        .first(owner.pg())
        .optional()?;
    Ok(found.map(ShopId))
}
