//! The table of users.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::schema::public::users;
use crate::tenancy::{OwnerTx, PublicConn};

use super::{Email, IdentityError};

/// A user, as shown to that user.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = users)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Adds a user, as the public role or as the owner.
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
    inserted.map_err(|error| match &error {
        QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)
            if info.constraint_name() == Some("users_email_key") =>
        {
            IdentityError::EmailTaken
        }
        _ => error.into(),
    })
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
        .filter(users::email.eq(email.as_str()))
        .select((users::id, users::password_hash))
        .first(conn.pg())
        .optional()?)
}

/// The id of the user with this address, as the operator asks for it.
///
/// # Errors
/// When the database fails.
pub fn id_of(owner: &mut OwnerTx<'_>, email: &Email) -> Result<Option<Uuid>, IdentityError> {
    Ok(users::table.filter(users::email.eq(email.as_str())).select(users::id).first(owner.pg()).optional()?)
}

/// A user by id.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut PublicConn<'_>, id: Uuid) -> Result<User, IdentityError> {
    Ok(users::table.find(id).select(User::as_select()).first(conn.pg())?)
}
