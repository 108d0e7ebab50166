//! API keys: for scripts. A key works in one shop, with its own role and scopes.

use std::collections::BTreeSet;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::request::api_key;
use crate::http::request::scopes::Scope;
use crate::identity::{IdentityError, secret};
use crate::limits::{Limit, Quotas, Reached};
use crate::schema::public::{api_keys, sessions, users};
use crate::tenancy::{Caller, PublicConn, Refusal, Role, ShopId, TenancyError, registry};

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    pub shop_id: Uuid,
    /// What it may do at the most; its owner's own role bounds it too.
    pub role: Role,
    /// What it is for. Null: all that its role may do, as with keys from before there were scopes.
    // As text: a newer release may have scopes that this one does not know.
    #[schema(value_type = Option<Vec<Scope>>)]
    pub scopes: Option<Vec<String>>,
    pub created_at: DateTime<Utc>,
    /// When it ends. Null: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When a request last came in with it, to the minute; null until the first time.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When its secret was last replaced; null until the first time.
    pub rotated_at: Option<DateTime<Utc>>,
    /// Until when the secret before that is accepted too.
    pub previous_until: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: Uuid,
    name: String,
    shop_id: Uuid,
    role: String,
    scopes: Option<Vec<String>>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    rotated_at: Option<DateTime<Utc>>,
    previous_until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for ApiKey {
    type Error = TenancyError;

    fn try_from(row: Row) -> Result<Self, TenancyError> {
        let Row { id, name, shop_id, scopes, created_at, expires_at, .. } = row;
        let (last_used_at, rotated_at, previous_until) =
            (row.last_used_at, row.rotated_at, row.previous_until);
        let role = row.role.parse()?;
        Ok(Self {
            id,
            name,
            shop_id,
            role,
            scopes,
            created_at,
            expires_at,
            last_used_at,
            rotated_at,
            previous_until,
        })
    }
}

/// What a new key is to be.
pub struct NewKey {
    pub name: String,
    pub role: Role,
    /// None: all that the role may do.
    pub scopes: Option<Vec<Scope>>,
    /// None: it never ends.
    pub lifetime: Option<TimeDelta>,
}

/// Creates a key. Its text is shown only once.
///
/// # Errors
/// [`IdentityError::RoleAboveMine`], [`IdentityError::ScopeAboveRole`] or [`IdentityError::Limit`]; a refusal, when the session
/// has ended meanwhile.
pub fn make(
    conn: &mut PublicConn<'_>,
    quotas: &Quotas,
    caller: Caller,
    shop: ShopId,
    new: NewKey,
) -> Result<(ApiKey, String), IdentityError> {
    let NewKey { name, role, scopes, lifetime } = new;
    let user = caller.user;
    lock_user(conn, caller)?;
    if registry::role_in(conn.pg(), user, shop)? < role {
        return Err(IdentityError::RoleAboveMine);
    }
    if role > Role::Customer {
        registry::require_factor(conn.pg(), user, shop)?;
    }
    let scopes = scopes.map(|scopes| stored(&scopes, role)).transpose()?;
    check_count(conn, quotas, user, shop)?;
    let text = api_key::write(shop, user, secret::random()?);
    // With the precision of the database.
    let now = Utc::now().trunc_subsecs(6);
    let key: Row = diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(Uuid::now_v7()),
            api_keys::user_id.eq(user),
            api_keys::shop_id.eq(shop.0),
            api_keys::role.eq(role.as_str()),
            api_keys::name.eq(name),
            api_keys::scopes.eq(scopes),
            api_keys::key_hash.eq(api_key::hash(&text).as_slice()),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(lifetime.map(|lifetime| now + lifetime)),
        ))
        .returning(Row::as_returning())
        .get_result(conn.pg())?;
    Ok((key.try_into()?, text))
}

/// Scopes as they are stored: each once, with those that they include.
fn stored(scopes: &[Scope], role: Role) -> Result<Vec<&'static str>, IdentityError> {
    if let Some(above) = scopes.iter().position(|scope| scope.least_role() > role) {
        return Err(IdentityError::ScopeAboveRole(above));
    }
    let all = scopes.iter().copied().chain(scopes.iter().filter_map(|scope| scope.included()));
    Ok(all.collect::<BTreeSet<_>>().into_iter().map(Scope::as_str).collect())
}

/// Replaces the secret of a key. The present one is still accepted for the time `overlap`, if the key does not end before; one
/// from before that is not accepted any more. The key ends as long after this as it did after its present secret was made.
///
/// # Errors
/// [`IdentityError::NotFound`]; a refusal, when the session has ended meanwhile.
pub fn rotate(
    conn: &mut PublicConn<'_>,
    caller: Caller,
    id: Uuid,
    overlap: TimeDelta,
) -> Result<(ApiKey, String), IdentityError> {
    lock_user(conn, caller)?;
    let now = Utc::now().trunc_subsecs(6);
    let mine = api_keys::table.find(id).filter(api_keys::user_id.eq(caller.user));
    let found: Option<(Row, Vec<u8>)> =
        mine.select((Row::as_select(), api_keys::key_hash)).for_update().first(conn.pg()).optional()?;
    let (key, hash) = found.ok_or(IdentityError::NotFound)?;
    let text = api_key::write(ShopId(key.shop_id), caller.user, secret::random()?);
    let previous_until = key.expires_at.map_or(now + overlap, |end| end.min(now + overlap));
    let lifetime = key.expires_at.map(|end| end - key.rotated_at.unwrap_or(key.created_at));
    let rotated: Row = diesel::update(mine)
        .set((
            api_keys::key_hash.eq(api_key::hash(&text).as_slice()),
            api_keys::previous_hash.eq(hash),
            api_keys::previous_until.eq(previous_until),
            api_keys::rotated_at.eq(now),
            api_keys::expires_at.eq(lifetime.map(|lifetime| now + lifetime)),
        ))
        .returning(Row::as_returning())
        .get_result(conn.pg())?;
    Ok((rotated.try_into()?, text))
}

/// A key of a user.
///
/// # Errors
/// [`IdentityError::NotFound`].
pub fn find(conn: &mut PublicConn<'_>, user: Uuid, id: Uuid) -> Result<ApiKey, IdentityError> {
    let mine = api_keys::table.find(id).filter(api_keys::user_id.eq(user));
    let row: Option<Row> = mine.select(Row::as_select()).first(conn.pg()).optional()?;
    Ok(row.ok_or(IdentityError::NotFound)?.try_into()?)
}

/// Locks the user's row: of two keys at once, the second waits until the first one counts. Whoever ends all keys locks it too,
/// and may have ended the caller's session before this.
fn lock_user(conn: &mut PublicConn<'_>, caller: Caller) -> Result<(), IdentityError> {
    users::table.find(caller.user).select(users::id).for_no_key_update().first::<Uuid>(conn.pg())?;
    let alive = sessions::table.find(caller.session).filter(sessions::revoked_at.is_null());
    let is_alive: bool = diesel::select(diesel::dsl::exists(alive)).get_result(conn.pg())?;
    if is_alive { Ok(()) } else { Err(TenancyError::Refused(Refusal::SessionRevoked).into()) }
}

/// Checks that a user, whose row is locked, may have one more key. One that has ended does not count.
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
    let alive = api_keys::expires_at.is_null().or(api_keys::expires_at.gt(Utc::now()));
    let of_user = api_keys::table.filter(api_keys::user_id.eq(user).and(alive));
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
        .select(Row::as_select())
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
