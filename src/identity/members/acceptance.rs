//! Invitations to a shop, as whoever is invited sees, accepts and declines them. Only accepting makes a member.
//!
//! An invitation is for whoever holds its token, signed in with any account: it was handed over. Without the token it is for
//! whoever has proved its address. An offer of a higher role to a member is for that member alone, with the token or without.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::{self, Entry, Event};
use crate::http::request::origin::Origin;
use crate::identity::users::{self, User};
use crate::identity::{IdentityError, Verification, secret, verification};
use crate::schema::public::{invitations, memberships, shops, users as accounts};
use crate::tenancy::registry::{self, RegistryError};
use crate::tenancy::{self, OwnerTx, PublicConn, Role, ShopId, TenancyError};

/// An invitation, as whoever is invited sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyInvitation {
    pub id: Uuid,
    pub shop: InvitingShop,
    /// The role that accepting gives.
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A shop that invites.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = shops)]
pub struct InvitingShop {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
}

/// Which invitation is meant.
#[derive(Clone, Debug)]
pub(in crate::identity) enum Which {
    /// One for this user, by its id.
    Id(Uuid),
    /// The one with the token of this hash.
    Token(Vec<u8>),
}

impl Which {
    pub(in crate::identity) fn token(token: &str) -> Self {
        Self::Token(secret::hash(token))
    }

    fn unknown(&self) -> IdentityError {
        match self {
            Self::Id(_) => IdentityError::NoSuchInvitation,
            Self::Token(_) => IdentityError::InvalidInvitation,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations)]
struct Found {
    id: Uuid,
    shop_id: Uuid,
    email: String,
    role: String,
    invited_by: Uuid,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    user_id: Option<Uuid>,
}

impl Found {
    /// Whether a user may accept or decline it. `proved` is the address that the user has proved.
    fn is_for(&self, which: &Which, user: Uuid, proved: Option<&str>) -> bool {
        match (self.user_id, which) {
            (Some(member), _) => member == user,
            (None, Which::Token(_)) => true,
            (None, Which::Id(_)) => proved == Some(self.email.as_str()),
        }
    }
}

type Row = (Uuid, InvitingShop, String, DateTime<Utc>, DateTime<Utc>);

/// The invitations that a user may accept without a token, newest first; at most `limit`, older than `before`.
///
/// # Errors
/// When the database fails.
pub(in crate::identity) fn list_of(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<MyInvitation>, IdentityError> {
    let proved = proved_address(conn.pg(), user)?;
    // No invitation is for the empty address.
    let for_address = invitations::user_id.is_null().and(invitations::email.eq(proved.unwrap_or_default()));
    let mut query = invitations::table
        .inner_join(shops::table.on(shops::id.eq(invitations::shop_id)))
        .filter(for_address.or(invitations::user_id.eq(user)))
        .filter(invitations::expires_at.gt(Utc::now()).and(shops::state.eq("active")))
        .select((
            invitations::id,
            InvitingShop::as_select(),
            invitations::role,
            invitations::created_at,
            invitations::expires_at,
        ))
        .order(invitations::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(invitations::id.lt(before));
    }
    let rows: Vec<Row> = query.load(conn.pg())?;
    let shown = |(id, shop, role, created_at, expires_at): Row| {
        let role = role.parse().map_err(TenancyError::from)?;
        Ok(MyInvitation { id, shop, role, created_at, expires_at })
    };
    rows.into_iter().map(shown).collect()
}

/// The address of a user, if it is proved.
fn proved_address(pg: &mut PgConnection, user: Uuid) -> QueryResult<Option<String>> {
    let proved = accounts::table.find(user).filter(accounts::email_verified_at.is_not_null());
    proved.select(accounts::email).first(pg).optional()
}

/// Accepts an invitation: the user is a member of the shop, or has the higher role. Returns the shop, and what was recorded.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`] or [`IdentityError::NoSuchInvitation`], also if whoever invited is an owner no more, or
/// the shop is not active; [`IdentityError::NotProved`], [`IdentityError::AlreadyMember`] or
/// [`IdentityError::RemovedFromShop`].
pub(in crate::identity) fn accept(
    owner: &mut OwnerTx<'_>,
    asked: Verification,
    user: Uuid,
    which: &Which,
    origin: &Origin,
) -> Result<(ShopId, Entry), IdentityError> {
    let shop = ShopId(find(owner, which, false)?.ok_or_else(|| which.unknown())?.shop_id);
    // The shop's row is locked first, then the user's, as for every change of members. After that, nothing checked here can
    // change, except that the same invitation is declined.
    if !is_locked_and_active(owner, shop)? {
        return Err(which.unknown());
    }
    let person = users::find_locked(owner, user)?;
    let found = claimed(owner, user, which)?;
    let role: Role = found.role.parse().map_err(TenancyError::from)?;
    if role > Role::Customer {
        verification::require_proved(owner.pg(), asked, user)?;
    }
    diesel::delete(invitations::table.find(found.id)).execute(owner.pg())?;
    if found.shop_id != shop.0 || !is_owner(owner, shop, found.invited_by)? {
        return Err(which.unknown());
    }
    let before = become_member(owner, shop, &person, role, found.created_at)?;
    let event = if before.is_some() { Event::RoleAccepted } else { Event::InvitationAccepted };
    let entry = origin.entry(event, user).in_shop(shop);
    audit::record(owner.pg(), &entry)?;
    Ok((shop, entry))
}

/// Declines an invitation: nobody can accept it any more. Returns what was declined.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`] or [`IdentityError::NoSuchInvitation`].
pub(in crate::identity) fn decline(
    owner: &mut OwnerTx<'_>,
    user: Uuid,
    which: &Which,
) -> Result<MyInvitation, IdentityError> {
    let found = claimed(owner, user, which)?;
    diesel::delete(invitations::table.find(found.id)).execute(owner.pg())?;
    let shop = shops::table.find(found.shop_id).select(InvitingShop::as_select()).first(owner.pg())?;
    let role = found.role.parse().map_err(TenancyError::from)?;
    let Found { id, created_at, expires_at, .. } = found;
    Ok(MyInvitation { id, shop, role, created_at, expires_at })
}

/// Checks that there is an invitation with this token.
///
/// # Errors
/// [`IdentityError::InvalidInvitation`].
pub(in crate::identity) fn check(owner: &mut OwnerTx<'_>, token_hash: &[u8]) -> Result<(), IdentityError> {
    let which = Which::Token(token_hash.to_vec());
    find(owner, &which, false)?.map(drop).ok_or_else(|| which.unknown())
}

fn find(owner: &mut OwnerTx<'_>, which: &Which, locked: bool) -> QueryResult<Option<Found>> {
    let open = invitations::table.filter(invitations::expires_at.gt(Utc::now())).select(Found::as_select());
    match (which, locked) {
        (Which::Id(id), false) => open.filter(invitations::id.eq(id)).first(owner.pg()).optional(),
        (Which::Id(id), true) => {
            open.filter(invitations::id.eq(id)).for_update().first(owner.pg()).optional()
        }
        (Which::Token(hash), false) => {
            open.filter(invitations::token_hash.eq(hash)).first(owner.pg()).optional()
        }
        (Which::Token(hash), true) => {
            open.filter(invitations::token_hash.eq(hash)).for_update().first(owner.pg()).optional()
        }
    }
}

/// The invitation, locked, if it is for this user.
fn claimed(owner: &mut OwnerTx<'_>, user: Uuid, which: &Which) -> Result<Found, IdentityError> {
    let proved = proved_address(owner.pg(), user)?;
    let found = find(owner, which, true)?.filter(|found| found.is_for(which, user, proved.as_deref()));
    found.ok_or_else(|| which.unknown())
}

fn is_locked_and_active(owner: &mut OwnerTx<'_>, shop: ShopId) -> QueryResult<bool> {
    let state: Option<String> =
        shops::table.find(shop.0).select(shops::state).for_no_key_update().first(owner.pg()).optional()?;
    Ok(state.as_deref() == Some("active"))
}

fn is_owner(owner: &mut OwnerTx<'_>, shop: ShopId, user: Uuid) -> Result<bool, IdentityError> {
    match registry::role_in(owner.pg(), user, shop) {
        Ok(role) => Ok(role == Role::Owner),
        Err(RegistryError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Gives the role of an invitation that was made at `invited_at`. Returns the role before.
fn become_member(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    person: &User,
    role: Role,
    invited_at: DateTime<Utc>,
) -> Result<Option<Role>, IdentityError> {
    let before = match registry::role_in(owner.pg(), person.id, shop) {
        Ok(present) if present >= role => return Err(IdentityError::AlreadyMember),
        Ok(present) => Some(present),
        Err(RegistryError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    // An owner has invited the person after the removal, or the removal stands.
    if registry::was_removed_since(owner, shop, person.id, &person.email, invited_at)? {
        return Err(IdentityError::RemovedFromShop);
    }
    registry::lift_removal(owner, shop, &person.email)?;
    registry::lift_removal_of(owner, shop, person.id)?;
    tenancy::join(owner, shop, person.id, (&person.email, &person.name), role)?;
    if before.is_some() {
        diesel::update(memberships::table.find((person.id, shop.0)))
            .set(memberships::role.eq(role.as_str()))
            .execute(owner.pg())?;
    }
    Ok(before)
}
