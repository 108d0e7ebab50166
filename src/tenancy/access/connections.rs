//! Pinned connections: `search_path`, role and timeouts are set for one transaction, in the message that begins it.
//!
//! That message also calls the `enter` function, which checks the caller. Nothing is ever set for the database session,
//! so no setting is left for the next transaction on the connection.

use std::num::NonZeroU32;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

use crate::limits::{Limit, Quotas, Reached};
use crate::tenancy::TenancyError;
use crate::tenancy::shop::{Currency, Role, ShopId, known_currency};

use super::prepared::Prepared;

/// A connection pinned to one shop: `search_path` is the shop's schema, the role is the shop role, and PostgreSQL
/// returns rows of no other shop.
///
/// Functions that query a shop's tables take a `TenantConn`; with another connection they do not compile:
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
    shop: ShopId,
    quotas: &'a Quotas,
}

/// The most rows for which a statement is kept whose text grows with them: nearly all orders have fewer lines.
const FEW_ROWS: usize = 4;

/// A connection to `public`, with the public role.
pub struct PublicConn<'a> {
    pg: &'a mut PgConnection,
}

/// A transaction of the owner, for the few actions that change `public` and a shop together.
pub struct OwnerTx<'a> {
    pg: &'a mut PgConnection,
    change_records: Option<ChangeRecords>,
}

/// A change of a person in one shop.
#[derive(Clone, Copy, Debug)]
pub struct PersonChange<'a> {
    /// The id in `people`.
    pub id: Uuid,
    /// The address that the shop had.
    pub old_email: &'a str,
    /// The address from now on.
    pub new_email: &'a str,
    /// Whether the person is erased.
    pub is_erasure: bool,
}

/// Changes what a shop's tables hold of a person beside `people`. It runs in the transaction that changes `people`; the
/// shop's schema is current.
pub type ChangeRecords = fn(&mut OwnerTx<'_>, &PersonChange<'_>) -> QueryResult<()>;

/// The caller's role and the shop's currency, as `public.enter` read them.
#[derive(Clone, Copy, Debug)]
pub struct ShopContext {
    /// The caller's role in the shop.
    pub role: Role,
    /// The shop's currency.
    pub currency: Currency,
}

/// Any connection that is pinned to a schema for one transaction.
pub trait Transaction {
    /// The connection, for Diesel.
    fn pg(&mut self) -> &mut PgConnection;

    /// A statement that the connection keeps prepared. Its text must be one of few, whatever the request is: what differs is bound.
    fn prepared<Q>(&self, statement: Q) -> Prepared<Q>;
}

impl Transaction for TenantConn<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    fn prepared<Q>(&self, statement: Q) -> Prepared<Q> {
        Prepared::new(statement, Some(self.shop), true)
    }
}

impl Transaction for PublicConn<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    fn prepared<Q>(&self, statement: Q) -> Prepared<Q> {
        Prepared::new(statement, None, true)
    }
}

impl Transaction for OwnerTx<'_> {
    fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// Its schema changes, and the owner's connections keep nothing.
    fn prepared<Q>(&self, statement: Q) -> Prepared<Q> {
        Prepared::new(statement, None, false)
    }
}

impl<'a> TenantConn<'a> {
    pub(in crate::tenancy) fn new(
        pg: &'a mut PgConnection,
        user: Uuid,
        shop: ShopId,
        quotas: &'a Quotas,
    ) -> Self {
        Self { pg, user, shop, quotas }
    }

    /// The connection, for Diesel.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// [`Transaction::prepared`] for a statement whose text or whose plan depends on a number of rows: it is kept for few rows only.
    /// A kept plan may be of a time when the shop was empty, and read whole tables: an import would do so for every batch.
    pub fn prepared_for_rows<Q>(&self, rows: usize, statement: Q) -> Prepared<Q> {
        Prepared::new(statement, Some(self.shop), rows <= FEW_ROWS)
    }

    /// For the rest of a transaction that looks up many rows by their keys. Until PostgreSQL has counted the rows of tables that were
    /// just filled, it would read them whole each time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn look_up_many(&mut self) -> QueryResult<()> {
        self.pg.batch_execute("SET LOCAL enable_seqscan TO off")
    }

    /// The user; a row of `people` has this id.
    pub fn user(&self) -> Uuid {
        self.user
    }

    /// The shop's value of a limit; none when there is no limit.
    pub fn limit(&self, limit: Limit) -> Option<NonZeroU32> {
        self.quotas.value_in(self.shop.0, limit)
    }

    /// Checks that a limit allows so many.
    ///
    /// # Errors
    /// [`Reached`].
    pub fn check_limit(&self, limit: Limit, count: i64) -> Result<(), Reached> {
        Reached::check(limit, self.limit(limit), count)
    }

    /// The caller's role and the shop's currency, in one round trip.
    ///
    /// # Errors
    /// When the database fails, or holds a word that this binary does not know.
    pub fn shop_context(&mut self) -> Result<ShopContext, TenancyError> {
        let (role, currency) = self
            .prepared(diesel::select((
                current_setting("shophouse.role"),
                current_setting("shophouse.currency"),
            )))
            .get_result::<(String, String)>(self.pg)?;
        Ok(ShopContext { role: role.parse()?, currency: known_currency(&currency)? })
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

    /// Fails unless the database accepts changes. Changes nothing: PostgreSQL refuses to lock rows where it refuses to
    /// write, and checks that before it looks for any. So its error is the same as that of a change.
    ///
    /// # Errors
    /// When it accepts none, or fails.
    pub fn check_writable(&mut self) -> Result<(), TenancyError> {
        Ok(self.pg.batch_execute("SELECT FROM shops LIMIT 0 FOR UPDATE")?)
    }
}

impl<'a> OwnerTx<'a> {
    /// A transaction that changes no people.
    pub(in crate::tenancy) fn new(pg: &'a mut PgConnection) -> Self {
        Self::changing(pg, None)
    }

    /// A transaction that may change people, and with them the product's records.
    pub(in crate::tenancy) fn changing(
        pg: &'a mut PgConnection,
        change_records: Option<ChangeRecords>,
    ) -> Self {
        Self { pg, change_records }
    }

    /// Changes the product's records of a person. The shop's schema must be current.
    pub(in crate::tenancy) fn change_records(&mut self, change: &PersonChange<'_>) -> QueryResult<()> {
        match self.change_records {
            Some(change_records) => change_records(self, change),
            None => Ok(()),
        }
    }

    /// The connection, for Diesel. Its schema is `public`, unless [`OwnerTx::use_schema`] changed that.
    pub fn pg(&mut self) -> &mut PgConnection {
        self.pg
    }

    /// Sets `search_path` to the shop's schema for the rest of the transaction. `public` is not on it.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn use_schema(&mut self, shop: ShopId) -> Result<(), TenancyError> {
        Ok(self.pg.batch_execute(&format!("SET LOCAL search_path TO {}, pg_temp", shop.schema()))?)
    }

    /// Sets `search_path` back to `public`.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn use_public_schema(&mut self) -> Result<(), TenancyError> {
        Ok(self.pg.batch_execute("SET LOCAL search_path TO public, pg_temp")?)
    }
}
