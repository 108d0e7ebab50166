//! Members of a shop: their memberships in `public`, and their rows in the shop's table `people`.

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel::upsert::excluded;
use uuid::Uuid;

use crate::schema::public::{former_members, memberships, shops, users};
use crate::schema::tenant::people;
use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, PersonChange};
use crate::tenancy::shop::{Role, ShopId};

use super::removals::{lift_removal, lift_removal_of};

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
    let known = email_of(owner, user)?;
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
    if let Some(old_email) = known.filter(|known| known != email) {
        let change = PersonChange { id: user, old_email: &old_email, new_email: email, is_erasure: false };
        owner.change_records(&change)?;
    }
    owner.use_public_schema()?;
    Ok(joined == 1)
}

/// Makes a user an owner of a shop, whether the user is a member already or not. The caller has locked the shop's row.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn make_owner(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<(), TenancyError> {
    // Locked, so that a change made meanwhile waits, and then reaches this shop too.
    let (email, name): (String, String) =
        users::table.find(user).select((users::email, users::name)).for_key_share().first(owner.pg())?;
    lift_removal(owner, shop, &email)?;
    lift_removal_of(owner, shop, user)?;
    join(owner, shop, user, (&email, &name), Role::Owner)?;
    // Joining does not change the role of a member.
    diesel::update(memberships::table.find((user, shop.0)))
        .set(memberships::role.eq(Role::Owner.as_str()))
        .execute(owner.pg())?;
    Ok(())
}

/// Whether a shop has an owner.
///
/// # Errors
/// When the database fails.
pub fn has_owner(owner: &mut OwnerTx<'_>, shop: ShopId) -> Result<bool, TenancyError> {
    let owners = memberships::table
        .filter(memberships::shop_id.eq(shop.0).and(memberships::role.eq(Role::Owner.as_str())));
    Ok(diesel::select(diesel::dsl::exists(owners)).get_result(owner.pg())?)
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
    shops.into_iter().try_for_each(|shop| write(owner, ShopId(shop), user, email_and_name, false))
}

/// Erases a user in one shop: the email and the name are replaced, also in the product's records. Does nothing if the
/// shop's tables are gone.
///
/// # Errors
/// When the database fails; roll the transaction back then.
pub fn erase_person(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    email_and_name: (&str, &str),
) -> Result<(), TenancyError> {
    write(owner, shop, user, email_and_name, true)
}

/// Writes a user's email and name in one shop, and lets the product change its own records of the user.
fn write(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    user: Uuid,
    (email, name): (&str, &str),
    is_erasure: bool,
) -> Result<(), TenancyError> {
    if !has_people(owner, shop)? {
        return Ok(());
    }
    owner.use_schema(shop)?;
    if let Some(old_email) = email_of(owner, user)? {
        diesel::update(people::table.find(user))
            .set((people::email.eq(email), people::name.eq(name)))
            .execute(owner.pg())?;
        if is_erasure || old_email != email {
            let change = PersonChange { id: user, old_email: &old_email, new_email: email, is_erasure };
            owner.change_records(&change)?;
        }
    }
    owner.use_public_schema()
}

/// The email that the current schema's shop has of a person. The row is locked: an order that is placed meanwhile waits, or
/// is committed and changed too.
fn email_of(owner: &mut OwnerTx<'_>, user: Uuid) -> QueryResult<Option<String>> {
    people::table.find(user).select(people::email).for_no_key_update().first(owner.pg()).optional()
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
