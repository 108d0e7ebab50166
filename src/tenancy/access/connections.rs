//! The pin: connections that stand in one shop, in `public`, or at the owner's desk, for exactly
//! one transaction.
//!
//! The message that begins a transaction sets its path, its role and its time limits for that
//! transaction alone, and asks the door. Nothing is ever set for a session, so nothing is left behind.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

use crate::tenancy::TenancyError;
use crate::tenancy::shop::{Currency, Role, ShopId, known_currency};

/// Who asks: the verified claims of an access token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The session that the token was given out in.
    pub session: Uuid,
    /// The user.
    pub user: Uuid,
}

/// What a caller enters a shop with. The door asks the database whether it still stands.
#[derive(Clone, Copy, Debug)]
pub enum Pass {
    /// An access token's session.
    Session(Caller),
    /// An API key: its SHA-256, and the user whose key it says it is.
    Key {
        /// What is kept of the key.
        hash: [u8; 32],
        /// The user.
        user: Uuid,
    },
}

impl Pass {
    /// The user who asks.
    pub fn user(&self) -> Uuid {
        match self {
            Self::Session(caller) => caller.user,
            Self::Key { user, .. } => *user,
        }
    }
}

impl From<Caller> for Pass {
    fn from(caller: Caller) -> Self {
        Self::Session(caller)
    }
}

/// A connection inside one shop: its schema is the path, the shop role is the user, and PostgreSQL
/// shows the rows of no other shop.
///
/// What queries a shop's tables asks for one of these, so that it does not compile with another:
///
/// ```
/// fn look(conn: &mut shophouse::tenancy::TenantConn<'_>) {
///     let _ = shophouse::commerce::products::read::find(conn, uuid::Uuid::nil());
/// }
/// ```
/// ```compile_fail,E0308
/// fn look(conn: &mut shophouse::tenancy::PublicConn<'_>) {
///     let _ = shophouse::commerce::products::read::find(conn, uuid::Uuid::nil());
/// }
/// ```
pub struct TenantConn<'a> {
    pg: &'a mut PgConnection,
    user: Uuid,
}

/// A connection to `public`, as the public role.
pub struct PublicConn<'a> {
    pg: &'a mut PgConnection,
}

/// The owner's transaction, for the few acts that touch `public` and a shop together.
pub struct OwnerTx<'a> {
    pg: &'a mut PgConnection,
}

/// What the door found out about the caller and the shop.
#[derive(Clone, Copy, Debug)]
pub struct Entrance {
    /// The caller's role in the shop.
    pub role: Role,
    /// The shop's currency.
    pub currency: Currency,
}

/// Any of these: a connection that stands in some schema until its transaction ends.
pub trait Transaction {
    /// The connection, for Diesel.
    fn pg(&mut self) -> &mut PgConnection;
}

impl Transaction for TenantConn<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }
}

impl Transaction for PublicConn<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }
}

impl Transaction for OwnerTx<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }
}

impl<'a> TenantConn<'a> {
    pub(in crate::tenancy) fn new(pg: &'a mut PgConnection, user: Uuid) -> Self {
        Self { pg, user }
    }

    /// The connection, for Diesel.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// The user who asks; a row of `people` has this id.
    pub fn user(&self) -> Uuid {
        self.user
    }

    /// The caller's role and the shop's currency, in one round trip.
    ///
    /// # Errors
    /// When the database fails, or holds a word that this binary does not know.
    pub fn entrance(&mut self) -> Result<Entrance, TenancyError> {
        let (role, currency) =
            diesel::select((current_setting("shophouse.role"), current_setting("shophouse.currency")))
                .get_result::<(String, String)>(self.pg)?;
        Ok(Entrance { role: role.parse()?, currency: known_currency(&currency)? })
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// A setting of this transaction.
    fn current_setting(name: Text) -> Text;
}

impl<'a> PublicConn<'a> {
    pub(in crate::tenancy) fn new(pg: &'a mut PgConnection) -> Self {
        Self { pg }
    }

    /// The connection, for Diesel.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }
}

impl<'a> OwnerTx<'a> {
    pub(in crate::tenancy) fn new(pg: &'a mut PgConnection) -> Self {
        Self { pg }
    }

    /// The connection, for Diesel. It stands in `public` unless [`OwnerTx::stand_in`] moved it.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// Makes the shop's schema the path for the rest of the transaction. `public` is not on it.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn stand_in(&mut self, shop: ShopId) -> Result<(), TenancyError> {
        Ok(self.pg.batch_execute(&format!("SET LOCAL search_path TO {}, pg_temp", shop.schema()))?)
    }

    /// Makes `public` the path again.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn stand_in_public(&mut self) -> Result<(), TenancyError> {
        Ok(self.pg.batch_execute("SET LOCAL search_path TO public, pg_temp")?)
    }
}

/// The message that begins a transaction of the owner, who stands in `public`.
pub(in crate::tenancy) fn begin_owner(statement_timeout: Duration, lock_timeout: Duration) -> String {
    format!(
        "BEGIN; SET LOCAL search_path TO public, pg_temp; SET LOCAL statement_timeout TO {}; \
         SET LOCAL lock_timeout TO {}",
        statement_timeout.as_millis(),
        lock_timeout.as_millis(),
    )
}
