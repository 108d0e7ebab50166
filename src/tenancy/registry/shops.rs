//! Shops and memberships in `public`, for members.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use uuid::Uuid;

use crate::schema::public::{memberships, shops, totp_factors};
use crate::tenancy::access::{Action, NotAllowed, OwnerTx, PublicConn, Transaction};
use crate::tenancy::shop::{Role, ShopId, ShopName, Slug};
use crate::tenancy::{Refusal, TenancyError};

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

/// Why a shop was not found or not changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no such shop, or the caller is not a member of it.
    #[error("there is no such shop among yours")]
    NotFound,
    /// Only an owner may do this.
    #[error("only an owner of the shop may do this")]
    NotOwner,
    /// Another shop has the slug.
    #[error("another shop has this slug")]
    SlugTaken,
    /// The engine or the database failed.
    #[error(transparent)]
    Tenancy(#[from] TenancyError),
}

impl From<NotAllowed> for RegistryError {
    fn from(_: NotAllowed) -> Self {
        Self::NotOwner
    }
}

impl From<QueryError> for RegistryError {
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
                if info.constraint_name() == Some("shops_slug_key") =>
            {
                Self::SlugTaken
            }
            _ => Self::Tenancy(error.into()),
        }
    }
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

fn has_factor(pg: &mut PgConnection, user: Uuid) -> Result<bool, RegistryError> {
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

fn known_role(text: &str) -> Result<Role, TenancyError> {
    Ok(text.parse::<Role>()?)
}
