//! The limits that the operator has set for single shops, in the ledger.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::limits::{Limit, Overrides};
use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, PublicConn};
use crate::tenancy::shop::ShopId;

use super::error::RegistryError;

/// The shops that have limits of their own. Reads only these, from a partial index.
pub(in crate::tenancy) fn all(conn: &mut PublicConn<'_>) -> Result<Vec<(Uuid, Overrides)>, TenancyError> {
    let rows: Vec<(Uuid, Value)> = shops::table
        .filter(sql::<Bool>("limits <> '{}'"))
        .select((shops::id, shops::limits))
        .load(conn.pg())?;
    Ok(rows.into_iter().map(|(shop, stored)| (shop, known(&stored))).collect())
}

/// The limits that a shop has of its own.
///
/// # Errors
/// [`RegistryError::NotFound`], or when the database fails.
pub fn of(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<Overrides, RegistryError> {
    let stored: Option<Value> =
        shops::table.find(shop.0).select(shops::limits).first(owner.pg()).optional()?;
    Ok(known(&stored.ok_or(RegistryError::NotFound)?))
}

/// Sets some limits of a shop, and takes others back. Returns those that it has now.
///
/// # Errors
/// [`RegistryError::NotFound`], or when the database fails.
pub fn change(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    set: &[(Limit, u32)],
    unset: &[Limit],
) -> Result<Overrides, RegistryError> {
    let row = shops::table.find(shop.0).select(shops::limits).for_no_key_update();
    let stored: Option<Value> = row.first(owner.pg()).optional()?;
    // What another release knows stays.
    let mut limits: Map<String, Value> = match stored.ok_or(RegistryError::NotFound)? {
        Value::Object(limits) => limits,
        _ => Map::new(),
    };
    for limit in unset {
        limits.remove(limit.name());
    }
    for (limit, value) in set {
        limits.insert(limit.name().to_owned(), (*value).into());
    }
    let limits = Value::Object(limits);
    diesel::update(shops::table.find(shop.0)).set(shops::limits.eq(&limits)).execute(owner.pg())?;
    Ok(known(&limits))
}

/// The limits among these that this release knows.
fn known(stored: &Value) -> Overrides {
    let read = |limit: Limit| Some((limit, u32::try_from(stored.get(limit.name())?.as_u64()?).ok()?));
    Limit::ALL.into_iter().filter(|limit| limit.is_of_shop()).filter_map(read).collect()
}
