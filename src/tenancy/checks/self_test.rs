//! The self-test of tenant isolation: before anything is served, it tries to reach another shop's rows with the roles
//! and logins that requests use. An administrator may have changed these since they were created.
//!
//! The owner creates two shops with a table and its policy each, in a transaction that is never committed, and tries as
//! the shop role. Only that transaction sees them, so the web login is tested in a transaction of its own, on the
//! tables of `public`.

use std::convert::Infallible;
use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind as Kind, Error as QueryError};
use diesel::sql_types::{Bool, Text};

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations;
use crate::tenancy::shop::ShopId;

/// What must become of a statement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expected {
    /// It reads or changes so many rows.
    Rows(usize),
    /// PostgreSQL refuses it.
    Refused,
}
use Expected::{Refused, Rows};

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rows(0) => formatter.write_str("must affect no row, but it did not end so"),
            Rows(rows) => write!(formatter, "must affect {rows} row, but it did not end so"),
            Refused => formatter.write_str("must be refused, and was not"),
        }
    }
}

/// For the shop role, in one shop; `{other}` is the schema of another.
const AS_SHOP_ROLE: [(&str, Expected); 8] = [
    // The shop's own row must be visible.
    ("SELECT FROM self_test", Rows(1)),
    ("SELECT FROM {other}.self_test", Rows(0)),
    ("UPDATE {other}.self_test SET word = 'ours'", Rows(0)),
    ("DELETE FROM {other}.self_test", Rows(0)),
    ("INSERT INTO {other}.self_test VALUES ('ours')", Refused),
    ("CREATE TABLE mine ()", Refused),
    // `public` is not on `search_path`, and its tables cannot be read by their full names.
    ("SELECT FROM shops", Refused),
    ("SELECT FROM public.users", Refused),
];

/// For the web login, after `RESET ROLE`; `{owner}` is the owner's login.
const AS_WEB_LOGIN: [(&str, Expected); 5] = [
    ("SELECT FROM public.users", Refused),
    ("SELECT FROM public.shops", Refused),
    ("CREATE TABLE public.mine ()", Refused),
    ("CREATE SCHEMA mine", Refused),
    ("SET LOCAL ROLE \"{owner}\"", Refused),
];

/// The attributes of a login that no statement shows.
#[derive(QueryableByName)]
struct Login {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    bypasses: bool,
    #[diesel(sql_type = Bool)]
    owns: bool,
}

/// `owns` reads `pg_shdepend` by its index: a login that owns nothing has no rows there.
const LOGIN: &str = "
    SELECT rolname::text AS name, rolsuper OR rolbypassrls AS bypasses,
           EXISTS (SELECT FROM pg_shdepend
                   WHERE refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid AND deptype = 'o'
                     AND (dbid = this.oid OR (classid = 'pg_database'::regclass AND objid = this.oid))) AS owns
    FROM pg_roles, (SELECT oid FROM pg_database WHERE datname = current_database()) AS this
    WHERE rolname = session_user";

impl Tenancy {
    /// Tests tenant isolation. Takes milliseconds, whatever the number of shops.
    ///
    /// # Errors
    /// [`TenancyError::Breach`] says what was possible that must not be; then serve nothing.
    pub fn self_test(&self) -> Result<(), TenancyError> {
        let owner = begin_owner(Mode::ReadWrite, self.limits.statement_timeout, self.limits.lock_timeout);
        // Always an error, so that the transaction is rolled back.
        let ended = self.owner.run_blocking(&owner, |pg| Err::<Infallible, _>(self.test_shop_role(pg)))?;
        let owner = match ended {
            Ok(never) => match never {},
            Err(result) => result?,
        };
        // `pg_shdepend` has rows for every table of every shop, so it must be read by its index.
        let web = format!(
            "{}; SET LOCAL enable_seqscan TO off; SET LOCAL ROLE {}; RESET ROLE",
            begin(Mode::Plain, self.limits.statement_timeout),
            self.roles.shop,
        );
        let ended = self.web.run_blocking(&web, |pg| Err::<Infallible, _>(test_web_login(pg, &owner)))?;
        match ended {
            Ok(never) => match never {},
            Err(result) => result,
        }
    }

    /// Tests the shop role in a shop, as requests use it. Returns the name of the owner's login.
    fn test_shop_role(&self, pg: &mut PgConnection) -> Result<String, TenancyError> {
        let role = &self.roles.shop;
        let (theirs, ours) = (ShopId::generate(), ShopId::generate());
        for shop in [theirs, ours] {
            pg.batch_execute(&migrations::create_schema_sql(shop, role))?;
            pg.batch_execute(
                "CREATE TABLE self_test (word TEXT PRIMARY KEY); INSERT INTO self_test VALUES ('mine')",
            )?;
            policies::enforce(pg, shop, role)?;
        }
        let owner = diesel::select(sql::<Text>("session_user::text")).get_result(pg)?;
        let pin = format!("SET LOCAL search_path TO {}, pg_temp; SET LOCAL ROLE {role}", ours.schema());
        pg.batch_execute(&pin)?;
        for (statement, expected) in AS_SHOP_ROLE {
            let statement = statement.replace("{other}", &theirs.schema());
            if !ends_as(pg, &statement, expected)? {
                return Err(TenancyError::Breach {
                    what: format!("inside one shop, as {role}, \"{statement}\" {expected}"),
                    remedy: format!("ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"),
                });
            }
        }
        Ok(owner)
    }
}

/// Tests the web login without its roles, as after an injected `RESET ROLE`. If one login does everything, it is the
/// owner, and there is nothing to test.
fn test_web_login(pg: &mut PgConnection, owner: &str) -> Result<(), TenancyError> {
    let login: Login = diesel::sql_query(LOGIN).get_result(pg)?;
    let breach = |what: String| {
        let quoted = login.name.replace('"', "\"\"");
        let remedy = format!(
            "ALTER ROLE \"{quoted}\" NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT; it must own nothing here, and be \
             a member of no role but the installation's two"
        );
        Err(TenancyError::Breach { what, remedy })
    };
    if login.name == owner {
        return Ok(());
    }
    if login.bypasses {
        return breach(format!("the web login {} may pass every policy", login.name));
    }
    if login.owns {
        return breach(format!("the web login {} owns something in this database", login.name));
    }
    for (statement, expected) in AS_WEB_LOGIN {
        let statement = statement.replace("{owner}", &owner.replace('"', "\"\""));
        if !ends_as(pg, &statement, expected)? {
            return breach(format!("after RESET ROLE the web login {} may \"{statement}\"", login.name));
        }
    }
    Ok(())
}

/// Whether a statement ends as expected. It is rolled back.
fn ends_as(pg: &mut PgConnection, statement: &str, expected: Expected) -> Result<bool, TenancyError> {
    pg.batch_execute("SAVEPOINT self_test")?;
    let ended = match diesel::sql_query(statement).execute(pg) {
        Ok(rows) => Rows(rows),
        Err(QueryError::DatabaseError(kind, _))
            if !matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand) =>
        {
            Refused
        }
        Err(error) => return Err(error.into()),
    };
    pg.batch_execute("ROLLBACK TO SAVEPOINT self_test")?;
    Ok(ended == expected)
}
