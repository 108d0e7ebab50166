//! Members of a shop: their memberships in `public`, and their rows in the shop's table `people`.

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

/// Makes a user a member of a shop. A user who is a member already keeps the role. True when the membership is new.
///
/// # Errors
/// When the database fails; roll the transaction back then.
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
    owner.use_schema(shop)?;
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
    owner.use_public_schema()?;
    Ok(joined == 1)
}

/// Updates a user's email and name in every shop that the user is a member of. The caller has locked the user's row.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn update_person_everywhere(
    owner: &mut OwnerTx<'_>,
    user: Uuid,
    email_and_name: (&str, &str),
) -> Result<(), TenancyError> {
    // Locked, so that no shop is erased meanwhile.
    let shops: Vec<Uuid> = shops::table
        .inner_join(memberships::table)
        .filter(memberships::user_id.eq(user))
        .select(shops::id)
        .order(shops::id)
        .for_key_share()
        .load(owner.pg())?;
    shops.into_iter().try_for_each(|shop| update_person(owner, ShopId(shop), user, email_and_name))
}

/// Updates a user's email and name in one shop. Does nothing if the shop's tables are gone.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn update_person(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    (email, name): (&str, &str),
) -> Result<(), TenancyError> {
    if !has_people(owner, shop)? {
        return Ok(());
    }
    owner.use_schema(shop)?;
    diesel::update(people::table.find(user))
        .set((people::email.eq(email), people::name.eq(name)))
        .execute(owner.pg())?;
    owner.use_public_schema()
}

fn has_people(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<bool, TenancyError> {
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        yes: bool,
    }
    let table = format!("{}.people", shop.schema());
    let query = diesel::sql_query("SELECT to_regclass($1) IS NOT NULL AS yes").bind::<Text, _>(table);
    Ok(query.get_result::<Answer>(owner.pg())?.yes)
}
