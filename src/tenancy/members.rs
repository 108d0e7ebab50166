//! Joining a shop: the membership in `public` and the person in the shop, in one transaction.

use chrono::Utc;
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::public::memberships;
use crate::schema::tenant::people;

use super::{OwnerTx, Role, ShopId, TenancyError};

/// Makes a user a member of a shop. One who is a member already keeps the role. True when the user is new.
///
/// # Errors
/// When the database fails; the transaction is then to be rolled back.
pub fn join(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    (email, name): (&str, &str),
    role: Role,
) -> Result<bool, TenancyError> {
    let now = Utc::now();
    let joined = diesel::insert_into(memberships::table)
        .values((
            memberships::user_id.eq(user),
            memberships::shop_id.eq(shop.0),
            memberships::role.eq(role.as_str()),
            memberships::created_at.eq(now),
        ))
        .on_conflict((memberships::user_id, memberships::shop_id))
        .do_nothing()
        .execute(owner.pg())?;
    owner.stand_in(shop)?;
    diesel::insert_into(people::table)
        .values((
            people::id.eq(user),
            people::email.eq(email),
            people::name.eq(name),
            people::created_at.eq(now),
        ))
        .on_conflict(people::id)
        .do_update()
        .set((people::email.eq(excluded(people::email)), people::name.eq(excluded(people::name))))
        .execute(owner.pg())?;
    owner.stand_in_public()?;
    Ok(joined == 1)
}
