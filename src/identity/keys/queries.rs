//! API keys: for scripts. A key works in one shop, with its own role.

use chrono::{DateTime, SubsecRound, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::api_key;
use crate::identity::{IdentityError, secret};
use crate::limits::{Limit, Quotas, Reached};
use crate::schema::public::{api_keys, sessions, users};
use crate::tenancy::{Caller, PublicConn, Refusal, Role, ShopId, TenancyError, registry};

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    pub shop_id: Uuid,
    /// What it may do at the most; its owner's own role bounds it too.
    pub role: Role,
    pub created_at: DateTime<Utc>,
}

type Row = (Uuid, String, Uuid, String, DateTime<Utc>);

impl TryFrom<Row> for ApiKey {
    type Error = TenancyError;

    fn try_from((id, name, shop_id, role, created_at): Row) -> Result<Self, TenancyError> {
        Ok(Self { id, name, shop_id, role: role.parse()?, created_at })
    }
}

/// Creates a key. Its text is shown only once.
///
/// # Errors
/// [`IdentityError::RoleAboveMine`] or [`IdentityError::Limit`]; a refusal, when the session has ended meanwhile.
pub fn make(
    conn: &mut PublicConn<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    role: Role,
    name: String,
) -> Result<(ApiKey, String), IdentityError> {
    let user = caller.user;
    lock_user(conn, caller)?;
    if registry::role_in(conn.pg(), user, shop)? < role {
        return Err(IdentityError::RoleAboveMine);
    }
    check_count(conn, quotas, user, shop)?;
    let text = api_key::write(shop, user, secret::random()?);
    // With the precision of the database.
    let key =
        ApiKey { id: Uuid::now_v7(), name, shop_id: shop.0, role, created_at: Utc::now().trunc_subsecs(6) };
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key.id),
            api_keys::user_id.eq(user),
            api_keys::shop_id.eq(shop.0),
            api_keys::role.eq(role.as_str()),
            api_keys::name.eq(&key.name),
            api_keys::key_hash.eq(api_key::hash(&text).as_slice()),
            api_keys::created_at.eq(key.created_at),
        ))
        .execute(conn.pg())?;
    Ok((key, text))
}

/// Locks the user's row: of two keys at once, the second waits until the first one counts. Whoever ends all keys locks it too,
/// and may have ended the caller's session before this.
fn lock_user(conn: &mut PublicConn<'_>, caller: Caller) -> Result<(), IdentityError> {
    users::table.find(caller.user).select(users::id).for_no_key_update().first::<Uuid>(conn.pg())?;
    let alive = sessions::table.find(caller.session).filter(sessions::revoked_at.is_null());
    let is_alive: bool = diesel::select(diesel::dsl::exists(alive)).get_result(conn.pg())?;
    if is_alive { Ok(()) } else { Err(TenancyError::Refused(Refusal::SessionRevoked).into()) }
}

/// Checks that a user, whose row is locked, may have one more key.
fn check_count(
    conn: &mut PublicConn<'_>,
    quotas: &Quotas,
    user: Uuid,
    shop: ShopId,
) -> Result<(), IdentityError> {
    let (most, in_shop) = (quotas.value(Limit::Keys), quotas.value_in(shop.0, Limit::MemberKeys));
    if most.is_none() && in_shop.is_none() {
        return Ok(());
    }
    let of_user = api_keys::table.filter(api_keys::user_id.eq(user));
    let there: i64 = of_user.filter(api_keys::shop_id.eq(shop.0)).count().get_result(conn.pg())?;
    Reached::check(Limit::MemberKeys, in_shop, there + 1)?;
    let all: i64 = of_user.count().get_result(conn.pg())?;
    Ok(Reached::check(Limit::Keys, most, all + 1)?)
}

/// The keys of a user, newest first; at most `limit`, older than `before`.
///
/// # Errors
/// When the database fails.
pub fn list_of(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ApiKey>, IdentityError> {
    let mut query = api_keys::table
        .filter(api_keys::user_id.eq(user))
        .select((api_keys::id, api_keys::name, api_keys::shop_id, api_keys::role, api_keys::created_at))
        .order(api_keys::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(api_keys::id.lt(before));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}

/// Revokes a key of a user. Its next request is refused.
///
/// # Errors
/// [`IdentityError::NotFound`].
pub fn revoke(conn: &mut PublicConn<'_>, user: Uuid, id: Uuid) -> Result<ShopId, IdentityError> {
    let shop: Option<Uuid> = diesel::delete(api_keys::table.find(id).filter(api_keys::user_id.eq(user)))
        .returning(api_keys::shop_id)
        .get_result(conn.pg())
        .optional()?;
    shop.map(ShopId).ok_or(IdentityError::NotFound)
}
