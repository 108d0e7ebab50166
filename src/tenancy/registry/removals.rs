//! Who was removed from a shop by one of its owners, and so may not join it again without an owner.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::schema::public::removed_members;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::ShopId;

/// Records that an owner removed a user, who had this address.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn record_removal(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    email: &str,
) -> Result<(), TenancyError> {
    let now = Utc::now();
    diesel::insert_into(removed_members::table)
        .values((
            removed_members::shop_id.eq(shop.0),
            removed_members::email_hash.eq(hash(shop, email)),
            removed_members::user_id.eq(user),
            removed_members::removed_at.eq(now),
        ))
        .on_conflict((removed_members::shop_id, removed_members::email_hash))
        .do_update()
        .set((removed_members::user_id.eq(user), removed_members::removed_at.eq(now)))
        .execute(owner.pg())?;
    Ok(())
}

/// Whether an owner removed this user, or a user who had this address, who has not accepted an invitation since.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn was_removed(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    email: &str,
) -> Result<bool, TenancyError> {
    let found = removed_members::table
        .filter(removed_members::shop_id.eq(shop.0))
        .filter(removed_members::user_id.eq(user).or(removed_members::email_hash.eq(hash(shop, email))));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(owner.pg())?)
}

/// Whether an owner removed this user, or a user who had this address, at this time or later.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn was_removed_since(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    email: &str,
    time: DateTime<Utc>,
) -> Result<bool, TenancyError> {
    let found = removed_members::table
        .filter(removed_members::shop_id.eq(shop.0).and(removed_members::removed_at.ge(time)))
        .filter(removed_members::user_id.eq(user).or(removed_members::email_hash.eq(hash(shop, email))));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(owner.pg())?)
}

/// Lets whoever has this address join again.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn lift_removal(owner: &mut OwnerTx<'_>, shop: ShopId, email: &str) -> Result<(), TenancyError> {
    diesel::delete(removed_members::table.find((shop.0, hash(shop, email)))).execute(owner.pg())?;
    Ok(())
}

/// Lets a user join again, whatever address the user had when removed.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn lift_removal_of(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<(), TenancyError> {
    let removed = removed_members::table
        .filter(removed_members::user_id.eq(user).and(removed_members::shop_id.eq(shop.0)));
    diesel::delete(removed).execute(owner.pg())?;
    Ok(())
}

/// The shop's id is part of it: hashes of two shops do not show that they removed the same person.
fn hash(shop: ShopId, email: &str) -> Vec<u8> {
    Sha256::digest(format!("{shop} {email}")).to_vec()
}
