//! The table of users.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel::sql_types::Bool;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::schema::public::{totp_factors, users};
use crate::tenancy::{OwnerTx, PublicConn, Transaction};

use super::{Email, IdentityError};

/// A user, as shown to that user.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    /// Whether the user has proved the address.
    #[diesel(select_expression = users::email_verified_at.is_not_null())]
    pub email_verified: bool,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Adds a user, with the public role or the owner's.
///
/// # Errors
/// [`IdentityError::EmailTaken`].
pub fn insert(
    pg: &mut PgConnection,
    email: &Email,
    name: &str,
    password_hash: &str,
) -> Result<User, IdentityError> {
    let now = Utc::now();
    let inserted = diesel::insert_into(users::table)
        .values((
            users::id.eq(Uuid::now_v7()),
            users::email.eq(email.as_str()),
            users::name.eq(name),
            users::password_hash.eq(password_hash),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .returning(User::as_returning())
        .get_result(pg);
    inserted.map_err(email_taken)
}

/// Adds a user, unless somebody has the address. Returns the new user's id.
///
/// # Errors
/// When the database fails.
pub(super) fn insert_unless_taken(
    pg: &mut PgConnection,
    email: &Email,
    name: &str,
    password_hash: &str,
) -> QueryResult<Option<Uuid>> {
    let now = Utc::now();
    let inserted = diesel::insert_into(users::table)
        .values((
            users::id.eq(Uuid::now_v7()),
            users::email.eq(email.as_str()),
            users::name.eq(name),
            users::password_hash.eq(password_hash),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .on_conflict(users::email)
        .do_nothing()
        .returning(users::id);
    inserted.get_result(pg).optional()
}

/// Turns a violated unique constraint into [`IdentityError::EmailTaken`].
pub(super) fn email_taken(error: QueryError) -> IdentityError {
    match &error {
        QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
            if info.constraint_name() == Some("users_email_key") =>
        {
            IdentityError::EmailTaken
        }
        _ => error.into(),
    }
}

/// The id and the password hash of the user with this address.
///
/// # Errors
/// When the database fails.
pub fn credentials(
    conn: &mut PublicConn<'_>,
    email: &Email,
) -> Result<Option<(Uuid, String)>, IdentityError> {
    Ok(users::table
        .filter(users::email.eq(email.as_str()).and(users::erased_at.is_null()))
        .select((users::id, users::password_hash))
        .first(conn.pg())
        .optional()?)
}

/// A user whose stored address is not in the form in which addresses are compared.
#[derive(Clone, Debug, Queryable, Serialize)]
pub struct UnreachableUser {
    /// The user's id.
    pub id: Uuid,
    /// The stored address.
    pub email: String,
}

/// The users who cannot sign in, because their stored address is not in the form of [`Email`]. Releases that stored
/// such addresses left them, and the migration kept those whose form another user has.
///
/// # Errors
/// When the database fails.
pub fn unreachable(owner: &mut OwnerTx<'_>) -> Result<Vec<UnreachableUser>, diesel::result::Error> {
    let not_ascii = sql::<Bool>("octet_length(email) <> char_length(email)");
    let users: Vec<UnreachableUser> = users::table
        .filter(not_ascii.and(users::erased_at.is_null()))
        .order(users::id)
        .select((users::id, users::email))
        .load(owner.pg())?;
    let is_reachable =
        |user: &UnreachableUser| user.email.parse::<Email>().is_ok_and(|email| email.as_str() == user.email);
    Ok(users.into_iter().filter(|user| !is_reachable(user)).collect())
}

/// The id of the user with this address, for the operator's commands.
///
/// # Errors
/// When the database fails.
pub fn id_of(owner: &mut OwnerTx<'_>, email: &Email) -> Result<Option<Uuid>, IdentityError> {
    Ok(users::table
        .filter(users::email.eq(email.as_str()).and(users::erased_at.is_null()))
        .select(users::id)
        .first(owner.pg())
        .optional()?)
}

/// The addresses of some users, by id, for the operator's commands. Who was erased has none.
///
/// # Errors
/// When the database fails.
pub fn emails_of(owner: &mut OwnerTx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, IdentityError> {
    let known = users::table.filter(users::id.eq_any(ids).and(users::erased_at.is_null()));
    Ok(known.select((users::id, users::email)).load(owner.pg())?)
}

/// The email address and the password hash of a user.
///
/// # Errors
/// When the database fails.
pub(super) fn credentials_of(
    conn: &mut PublicConn<'_>,
    user: Uuid,
) -> Result<(String, String), IdentityError> {
    Ok(users::table.find(user).select((users::email, users::password_hash)).first(conn.pg())?)
}

/// Locks the user's row, until the transaction ends, if the password hash is still the one that was verified.
///
/// # Errors
/// `otherwise`, if it has changed.
pub(super) fn lock_with_hash(
    pg: &mut PgConnection,
    user: Uuid,
    password_hash: &str,
    otherwise: IdentityError,
) -> Result<(), IdentityError> {
    let locked: Option<Uuid> = users::table
        .find(user)
        .filter(users::password_hash.eq(password_hash))
        .select(users::id)
        .for_no_key_update()
        .first(pg)
        .optional()?;
    locked.map(drop).ok_or(otherwise)
}

/// Whether a user has a second factor that was set up.
///
/// # Errors
/// When the database fails.
pub(super) fn has_factor(pg: &mut PgConnection, user: Uuid) -> Result<bool, IdentityError> {
    let confirmed = totp_factors::table.find(user).filter(totp_factors::confirmed_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(confirmed)).get_result(pg)?)
}

/// Locks the user's row until the transaction ends.
///
/// # Errors
/// When the database fails, or the user is gone.
pub(super) fn lock(pg: &mut PgConnection, user: Uuid) -> Result<(), IdentityError> {
    users::table.find(user).select(users::id).for_no_key_update().first::<Uuid>(pg)?;
    Ok(())
}

/// Sets a password.
///
/// # Errors
/// When the database fails.
pub(super) fn set_password(
    conn: &mut PublicConn<'_>,
    user: Uuid,
    password_hash: &str,
) -> Result<(), IdentityError> {
    diesel::update(users::table.find(user))
        .set((users::password_hash.eq(password_hash), users::updated_at.eq(Utc::now())))
        .execute(conn.pg())?;
    Ok(())
}

/// A user by id. The profile is locked until the transaction ends, so that a shop never stores an outdated one.
///
/// # Errors
/// When the database fails, or the user is gone.
pub(super) fn find_locked(owner: &mut OwnerTx<'_>, id: Uuid) -> Result<User, IdentityError> {
    Ok(users::table.find(id).select(User::as_select()).for_key_share().first(owner.pg())?)
}

/// A user by id.
///
/// # Errors
/// When the database fails, or the user is gone.
pub fn find(conn: &mut impl Transaction, id: Uuid) -> Result<User, IdentityError> {
    Ok(users::table.find(id).select(User::as_select()).first(conn.pg())?)
}
