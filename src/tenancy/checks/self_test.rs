//! The wall on trial: before anything is served, PostgreSQL is asked to let somebody through, as the roles and logins
//! that requests really have. Whoever has changed them since they were made has taken the wall away without a word.
//!
//! Two shops with a table each are made and walled in as every shop is, in a transaction of the owner that is never
//! committed. A schema that is not committed is there for its transaction alone, so what the web login may do beside
//! taking its roles is tried on what there is, in a transaction of its own.

use std::convert::Infallible;
use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind as Kind, Error as QueryError};
use diesel::sql_types::{Bool, Text};

use crate::tenancy::TenancyError;
use crate::tenancy::access::begin_owner;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations;
use crate::tenancy::shop::ShopId;

/// What an attempt must come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Holds {
    /// It finds, or changes, so many rows.
    Rows(usize),
    /// PostgreSQL refuses it.
    Refused,
}
use Holds::{Refused, Rows};

impl fmt::Display for Holds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rows(0) => formatter.write_str("must touch no row, and did not come to that"),
            Rows(rows) => write!(formatter, "must touch {rows} row, and did not come to that"),
            Refused => formatter.write_str("must be refused, and was not"),
        }
    }
}

/// As the shop role, in one shop; `{other}` is another's schema.
const INSIDE: [(&str, Holds); 8] = [
    // A wall that hides everything is no wall.
    ("SELECT FROM trial", Rows(1)),
    ("SELECT FROM {other}.trial", Rows(0)),
    ("UPDATE {other}.trial SET word = 'ours'", Rows(0)),
    ("DELETE FROM {other}.trial", Rows(0)),
    ("INSERT INTO {other}.trial VALUES ('ours')", Refused),
    ("CREATE TABLE mine ()", Refused),
    // Nothing of `public` is on the path, nor to be read by its full name.
    ("SELECT FROM shops", Refused),
    ("SELECT FROM public.users", Refused),
];

/// As the web login, once it has laid down the shop role; `{owner}` is the other login.
const OUTSIDE: [(&str, Holds); 5] = [
    ("SELECT FROM public.users", Refused),
    ("SELECT FROM public.shops", Refused),
    ("CREATE TABLE public.mine ()", Refused),
    ("CREATE SCHEMA mine", Refused),
    ("SET LOCAL ROLE \"{owner}\"", Refused),
];

/// What a login is, beyond what it can be seen to do.
#[derive(QueryableByName)]
struct Login {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    bypasses: bool,
    #[diesel(sql_type = Bool)]
    owns: bool,
    #[diesel(sql_type = Bool)]
    row_security: bool,
}

/// A login that owns nothing has no rows in the index of who owns what.
const LOGIN: &str = "
    SELECT rolname::text AS name, rolsuper OR rolbypassrls AS bypasses,
           current_setting('row_security')::bool AS row_security,
           EXISTS (SELECT FROM pg_shdepend
                   WHERE refclassid = 'pg_authid'::regclass AND refobjid = pg_roles.oid AND deptype = 'o'
                     AND (dbid = this.oid OR (classid = 'pg_database'::regclass AND objid = this.oid))) AS owns
    FROM pg_roles, (SELECT oid FROM pg_database WHERE datname = current_database()) AS this
    WHERE rolname = session_user";

impl Tenancy {
    /// Puts the wall to the test. Takes milliseconds, however many shops there are.
    ///
    /// # Errors
    /// [`TenancyError::Breach`] says what was possible that must not be; nothing is to be served then.
    pub fn try_wall(&self) -> Result<(), TenancyError> {
        let begin = begin_owner(self.limits.statement_timeout, self.limits.lock_timeout);
        // Rolled back, whatever comes.
        let over = self.owner.run_blocking(&begin, |pg| Err::<Infallible, _>(self.try_inside(pg)))?;
        let owner = match over {
            Ok(never) => match never {},
            Err(tried) => tried?,
        };
        // Of who owns what there are rows for every table of every shop: it is to be looked up, not read.
        let begin =
            format!("BEGIN; SET LOCAL enable_seqscan TO off; SET LOCAL ROLE {}; RESET ROLE", self.roles.shop);
        let over = self.web.run_blocking(&begin, |pg| Err::<Infallible, _>(try_outside(pg, &owner)))?;
        match over {
            Ok(never) => match never {},
            Err(tried) => tried,
        }
    }

    /// As a request stands in a shop. Returns the owner's name.
    fn try_inside(&self, pg: &mut PgConnection) -> Result<String, TenancyError> {
        let role = &self.roles.shop;
        let (theirs, ours) = (ShopId::generate(), ShopId::generate());
        for shop in [theirs, ours] {
            pg.batch_execute(&migrations::make_schema(shop, role))?;
            pg.batch_execute(
                "CREATE TABLE trial (word TEXT PRIMARY KEY); INSERT INTO trial VALUES ('mine')",
            )?;
            policies::raise(pg, shop, role)?;
        }
        let owner = diesel::select(sql::<Text>("session_user::text")).get_result(pg)?;
        let stand = format!("SET LOCAL search_path TO {}, pg_temp; SET LOCAL ROLE {role}", ours.schema());
        pg.batch_execute(&stand)?;
        for (attempt, holds) in INSIDE {
            let attempt = attempt.replace("{other}", &theirs.schema());
            if !stands(pg, &attempt, holds)? {
                return Err(TenancyError::Breach {
                    what: format!("inside one shop, as {role}, \"{attempt}\" {holds}"),
                    remedy: format!("ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS; row_security must be on"),
                });
            }
        }
        Ok(owner)
    }
}

/// As a request that has laid down its role. With one login for everything there is nothing to try: it is the owner's.
fn try_outside(pg: &mut PgConnection, owner: &str) -> Result<(), TenancyError> {
    let login: Login = diesel::sql_query(LOGIN).get_result(pg)?;
    let breach = |what: String| {
        let quoted = login.name.replace('"', "\"\"");
        let remedy = format!(
            "ALTER ROLE \"{quoted}\" NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT; it must own nothing here, be a \
             member of no role but the installation's two, and find row_security on"
        );
        Err(TenancyError::Breach { what, remedy })
    };
    if !login.row_security {
        return breach(format!("row_security is off for the web login {}", login.name));
    }
    if login.name == owner {
        return Ok(());
    }
    if login.bypasses {
        return breach(format!("the web login {} may pass every policy", login.name));
    }
    if login.owns {
        return breach(format!("the web login {} owns something in this database", login.name));
    }
    for (attempt, holds) in OUTSIDE {
        let attempt = attempt.replace("{owner}", &owner.replace('"', "\"\""));
        if !stands(pg, &attempt, holds)? {
            return breach(format!("after RESET ROLE the web login {} may \"{attempt}\"", login.name));
        }
    }
    Ok(())
}

/// Whether an attempt comes to what it must come to. Nothing of it is left.
fn stands(pg: &mut PgConnection, attempt: &str, holds: Holds) -> Result<bool, TenancyError> {
    pg.batch_execute("SAVEPOINT trial")?;
    let came = diesel::sql_query(attempt).execute(pg);
    let came = match came {
        Ok(rows) => Rows(rows),
        Err(QueryError::DatabaseError(kind, _))
            if !matches!(kind, Kind::ClosedConnection | Kind::UnableToSendCommand) =>
        {
            Refused
        }
        Err(error) => return Err(error.into()),
    };
    pg.batch_execute("ROLLBACK TO SAVEPOINT trial")?;
    Ok(came == holds)
}
