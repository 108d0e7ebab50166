//! How many shops a user has opened.

use diesel::prelude::*;
use uuid::Uuid;

use crate::identity::IdentityError;
use crate::limits::{Limit, Quotas, Reached};
use crate::schema::public::{shops, users};
use crate::tenancy::OwnerTx;

/// Checks that a user may open one more shop. The user's row is locked: of two shops at once, the second waits until the
/// first one counts. A deleted shop counts until it is erased.
///
/// # Errors
/// [`IdentityError::Limit`].
pub(super) fn check(owner: &mut OwnerTx<'_>, quotas: &Quotas, user: Uuid) -> Result<(), IdentityError> {
    let most = quotas.value(Limit::Shops);
    if most.is_none() {
        return Ok(());
    }
    users::table.find(user).select(users::id).for_no_key_update().first::<Uuid>(owner.pg())?;
    let opened: i64 = shops::table.filter(shops::opened_by.eq(user)).count().get_result(owner.pg())?;
    Ok(Reached::check(Limit::Shops, most, opened + 1)?)
}
