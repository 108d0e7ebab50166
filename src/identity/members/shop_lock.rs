//! The lock on a shop's row under which its members and invitations change.

use diesel::prelude::*;

use crate::identity::IdentityError;
use crate::schema::public::shops;
use crate::tenancy::registry::RegistryError;
use crate::tenancy::{OwnerTx, Refusal, ShopId, TenancyError};

/// Locks the shop's row: other changes of its members wait.
pub(super) fn lock_shop(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<(), IdentityError> {
    let state: Option<String> =
        shops::table.find(shop.0).select(shops::state).for_no_key_update().first(owner.pg()).optional()?;
    match state.as_deref() {
        None => Err(RegistryError::NotFound.into()),
        Some("deleting") => Err(TenancyError::Refused(Refusal::ShopDeleting).into()),
        Some(_) => Ok(()),
    }
}
