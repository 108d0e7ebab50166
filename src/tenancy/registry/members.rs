//! The people of a shop: joining it, and what it knows of them, in one transaction with `public`.

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::public::{former_members, memberships, shops};
use crate::schema::tenant::people;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::{Role, ShopId};

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
    diesel::delete(former_members::table.find((user, shop.0))).execute(owner.pg())?;
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

/// Carries what a user is called to every shop that the user belongs to. The user's row is to be held.
///
/// # Errors
/// When the database fails; the transaction is then to be rolled back.
pub fn carry(owner: &mut OwnerTx<'_>, user: Uuid, called: (&str, &str)) -> Result<(), TenancyError> {
    // Held against being erased meanwhile.
    let shops: Vec<Uuid> = shops::table
        .inner_join(memberships::table)
        .filter(memberships::user_id.eq(user))
        .select(shops::id)
        .order(shops::id)
        .for_key_share()
        .load(owner.pg())?;
    shops.into_iter().try_for_each(|shop| rename(owner, ShopId(shop), user, called))
}

/// Tells one shop what a user is called. A shop whose tables are gone knows nobody.
///
/// # Errors
/// When the database fails; the transaction is then to be rolled back.
pub fn rename(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    (email, name): (&str, &str),
) -> Result<(), TenancyError> {
    if !knows_people(owner, shop)? {
        return Ok(());
    }
    owner.stand_in(shop)?;
    diesel::update(people::table.find(user))
        .set((people::email.eq(email), people::name.eq(name)))
        .execute(owner.pg())?;
    owner.stand_in_public()
}

fn knows_people(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<bool, TenancyError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        yes: bool,
    }
    let table = format!("{}.people", shop.schema());
    let asked = diesel::sql_query("SELECT to_regclass($1) IS NOT NULL AS yes").bind::<Text, _>(table);
    Ok(asked.get_result::<Answer>(owner.pg())?.yes)
}
