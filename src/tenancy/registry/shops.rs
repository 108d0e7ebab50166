//! The shops in `public`, for their members.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::public::{memberships, shops};
use crate::tenancy::access::{Action, PublicConn, Transaction};
use crate::tenancy::shop::{Role, ShopId};
use crate::tenancy::{Refusal, TenancyError};

use super::error::RegistryError;
use super::permits::{has_factor, known_role, permit};

/// A shop, as a member reads it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = shops)]
pub struct Shop {
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// ISO 4217.
    pub currency: String,
    /// How long a customer's order waits for its payment; 0 for ever.
    pub order_hold_minutes: i32,
    /// Whether its staff and owners must have a second factor.
    pub require_second_factor: bool,
    /// `active`, `suspended`, `failed` or `deleting`.
    pub state: String,
    /// While it is being deleted: when it is due to be erased.
    pub erase_after: Option<DateTime<Utc>>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When this row was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What an owner may change about a shop. Not the currency: the stored prices are amounts of it.
#[derive(AsChangeset, Clone, Debug, Default)]
#[diesel(table_name = shops)]
pub struct ShopChanges {
    /// A new name.
    pub name: Option<String>,
    /// A new slug.
    pub slug: Option<String>,
    /// A new description.
    pub description: Option<String>,
    /// How long orders from now on wait for their payment; 0 for ever.
    pub order_hold_minutes: Option<i32>,
    /// Whether staff and owners must have a second factor from now on.
    pub require_second_factor: Option<bool>,
}

/// The shops that `user` is a member of, newest first, each with the user's role: at most `limit`, and only those with
/// an id before `before`.
///
/// # Errors
/// When the database fails.
pub fn list_of(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Shop, Role)>, RegistryError> {
    let mut query = memberships::table
        .inner_join(shops::table)
        .filter(memberships::user_id.eq(user))
        .select((Shop::as_select(), memberships::role))
        .order(memberships::shop_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(memberships::shop_id.lt(before));
    }
    let rows: Vec<(Shop, String)> = query.load(conn.pg())?;
    rows.into_iter().map(|(shop, role)| Ok((shop, known_role(&role)?))).collect()
}

/// One of the shops that `user` is a member of, with the user's role.
///
/// # Errors
/// [`RegistryError::NotFound`] when there is no such shop or no such membership.
pub fn find(conn: &mut impl Transaction, user: Uuid, shop: ShopId) -> Result<(Shop, Role), RegistryError> {
    let row: Option<(Shop, String)> = memberships::table
        .inner_join(shops::table)
        .filter(memberships::user_id.eq(user).and(memberships::shop_id.eq(shop.0)))
        .select((Shop::as_select(), memberships::role))
        .first(conn.pg())
        .optional()?;
    let (shop, role) = row.ok_or(RegistryError::NotFound)?;
    Ok((shop, known_role(&role)?))
}

/// [`find`], with the shop's row locked until the transaction ends.
///
/// # Errors
/// As [`find`].
pub fn lock_and_find(
    conn: &mut impl Transaction,
    user: Uuid,
    shop: ShopId,
) -> Result<(Shop, Role), RegistryError> {
    // First without the lock, so that only members can make others wait.
    find(conn, user, shop)?;
    shops::table.find(shop.0).select(shops::id).for_no_key_update().first::<Uuid>(conn.pg())?;
    find(conn, user, shop)
}

/// Changes a shop of which `user` is an owner.
///
/// # Errors
/// [`RegistryError::NotFound`], [`RegistryError::NotOwner`] or [`RegistryError::SlugTaken`].
pub fn update(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    shop: ShopId,
    changes: &ShopChanges,
) -> Result<(Shop, Role), RegistryError> {
    let role = permit(conn.pg(), user, shop, Action::ChangeShop)?;
    if changes.require_second_factor == Some(true) && !has_factor(conn.pg(), user)? {
        return Err(TenancyError::Refused(Refusal::SecondFactorMissing).into());
    }
    let changed: Shop = diesel::update(shops::table.find(shop.0))
        .set((changes, shops::updated_at.eq(Utc::now())))
        .returning(Shop::as_returning())
        .get_result(conn.pg())?;
    Ok((changed, role))
}

/// How many shops are outdated, and how many failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FleetState {
    /// Shops whose schema is older than the version asked about.
    pub outdated: i64,
    /// Shops whose last migration failed.
    pub failed: i64,
}

/// Counts the shops that are older than `version` or failed. Reads only these, from partial indexes.
///
/// # Errors
/// When the database fails.
pub fn fleet_state(conn: &mut PublicConn<'_>, version: &str) -> Result<FleetState, TenancyError> {
    let outdated = shops::table
        .filter(shops::schema_version.lt(version).and(shops::state.ne_all(["failed", "deleting"])))
        .count()
        .get_result(conn.pg())?;
    let failed = shops::table.filter(shops::state.eq("failed")).count().get_result(conn.pg())?;
    Ok(FleetState { outdated, failed })
}
