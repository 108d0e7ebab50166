//! The ledger: `public.shops` as the record of each shop's schema version and state, for the operator.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::{ShopName, ShopState};

/// One shop in the ledger.
#[derive(Clone, Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = shops)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// Its state, see [`ShopState`].
    pub state: String,
    /// The version of the newest tenant migration that its schema has.
    pub schema_version: String,
    /// The oldest tenant version that a binary must know to serve it.
    pub schema_floor: String,
    /// When it was migrated to its version.
    pub migrated_at: DateTime<Utc>,
    /// The migration that failed.
    pub failed_migration: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// While it is being deleted: the state that it has when it is restored.
    pub deleted_from: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When it is due to be erased.
    pub erase_after: Option<DateTime<Utc>>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
}

/// The number of shops with one version and one state.
#[derive(Clone, Debug, QueryableByName, Serialize)]
pub struct Group {
    /// Their schema version.
    #[diesel(sql_type = Text)]
    pub schema_version: String,
    /// Their state.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How many shops.
    #[diesel(sql_type = BigInt)]
    pub shops: i64,
}

/// One shop.
///
/// # Errors
/// When the database fails.
pub fn find(owner: &mut OwnerTx<'_>, name: &ShopName) -> Result<Option<Entry>, TenancyError> {
    let query = shops::table.select(Entry::as_select()).into_boxed();
    let query = match name {
        ShopName::Id(id) => query.filter(shops::id.eq(id.0)),
        ShopName::Slug(slug) => query.filter(shops::slug.eq(slug.as_str())),
    };
    Ok(query.first(owner.pg()).optional()?)
}

/// The slugs of some shops, by id.
///
/// # Errors
/// When the database fails.
pub fn slugs_of(owner: &mut OwnerTx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, TenancyError> {
    let of = shops::table.filter(shops::id.eq_any(ids)).select((shops::id, shops::slug));
    Ok(of.load(owner.pg())?)
}

/// The shops in a state, or all of them, by slug.
///
/// # Errors
/// When the database fails.
pub fn list(owner: &mut OwnerTx<'_>, state: Option<ShopState>) -> Result<Vec<Entry>, TenancyError> {
    let mut query = shops::table.select(Entry::as_select()).order(shops::slug).into_boxed();
    if let Some(state) = state {
        query = query.filter(shops::state.eq(state.as_str()));
    }
    Ok(query.load(owner.pg())?)
}

/// The shops whose schema is older than `version`, oldest first, without those that failed or are being deleted.
///
/// # Errors
/// When the database fails.
pub fn outdated(owner: &mut OwnerTx<'_>, version: &str) -> Result<Vec<Entry>, TenancyError> {
    Ok(shops::table
        .filter(
            shops::schema_version
                .lt(version)
                .and(shops::state.ne_all([ShopState::Failed.as_str(), ShopState::Deleting.as_str()])),
        )
        .order((shops::schema_version, shops::id))
        .select(Entry::as_select())
        .load(owner.pg())?)
}

/// The number of shops by version, newest first, and by state. Reads the whole ledger.
///
/// # Errors
/// When the database fails.
pub fn groups(owner: &mut OwnerTx<'_>) -> Result<Vec<Group>, TenancyError> {
    let sql = "SELECT schema_version::text, state, count(*) AS shops FROM shops \
               GROUP BY schema_version, state ORDER BY schema_version DESC, state";
    Ok(diesel::sql_query(sql).load(owner.pg())?)
}
