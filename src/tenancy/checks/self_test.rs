//! The self-test of tenant isolation: before anything is served, it tries to reach another shop's rows with the roles
//! and logins that requests use. An administrator may have changed these since they were created.
//!
//! The owner creates two shops with a table and its policy each, in a transaction that is never committed, and tries as
//! the shop role. Only that transaction sees them, so the web login is tested in a transaction of its own, on the
//! tables of `public`. Citus takes no second role in a transaction that has written on a worker: there the two shops are
//! committed, tried with the web login, so that the workers' policies are tested too, and dropped.

use std::convert::Infallible;
use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::database::{DatabaseError, Pool};
use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, begin, begin_owner};
use crate::tenancy::citus::{Server, closing_sql};
use crate::tenancy::engine::{Limits, Tenancy};
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

/// For the shop role, on Citus: what it must not learn of other shops' transactions, or do to them. What reads a table of a shop is
/// executed on a worker.
const ON_WORKERS: [&str; 6] = [
    "SELECT FROM citus_stat_activity",
    "SELECT FROM run_command_on_workers('SELECT 1')",
    "SELECT FROM master_run_on_worker(ARRAY['localhost'], ARRAY[1], ARRAY['SELECT 1'], false)",
    "SELECT pg_cancel_backend(0::bigint)",
    "SELECT FROM self_test, pg_stat_get_activity(0)",
    "SELECT pg_cancel_backend(0) FROM self_test",
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
    /// As in `isolation::logins`.
    #[diesel(sql_type = Bool)]
    has_grant_options: bool,
}

/// `owns` reads `pg_shdepend` by its index: a login that owns nothing has no rows there.
const LOGIN: &str = "
    SELECT rolname::text AS name, rolsuper OR rolbypassrls AS bypasses,
           current_setting('server_version_num')::int >= 160000 AS has_grant_options,
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
        let owner = if self.server.allows_another_role() {
            self.test_uncommitted_shops()?
        } else {
            self.test_committed_shops()?
        };
        // `pg_shdepend` has rows for every table of every shop, so it must be read by its index.
        let more = format!("; SET LOCAL enable_seqscan TO off; SET LOCAL ROLE {}", self.roles.shop);
        let web = begin(self.server, Mode::ReadWrite, self.limits.statement_timeout, &more);
        rolled_back(&self.web, &format!("{web}; RESET ROLE"), |pg| self.test_web_login(pg, &owner))
    }

    /// Tests the shop role in shops that only this transaction sees. Returns the name of the owner's login.
    fn test_uncommitted_shops(&self) -> Result<String, TenancyError> {
        rolled_back(&self.owner, &self.begin_as_owner(), |pg| {
            let (theirs, ours) = (ShopId::generate(), ShopId::generate());
            let owner = self.make_shops(pg, &[theirs, ours])?;
            pg.batch_execute(&self.server.settings(&self.pin(ours)))?;
            self.test_shop_role(pg, theirs)?;
            Ok(owner)
        })
    }

    /// The same with the web login, in shops that are committed and dropped again: as many as there are servers, since Citus places shops
    /// on them in turn.
    fn test_committed_shops(&self) -> Result<String, TenancyError> {
        let shops: Vec<ShopId> =
            (0..self.server_facts()?.nodes().max(2)).map(|_| ShopId::generate()).collect();
        let owner = self.owner.run_blocking(&self.begin_as_owner(), |pg| self.make_shops(pg, &shops))??;
        let others = shops.iter().cycle().skip(1);
        let tested = shops.iter().zip(others).try_for_each(|(ours, theirs)| {
            let more = format!("; {}", self.pin(*ours));
            let web = begin(self.server, Mode::ReadWrite, self.limits.statement_timeout, &more);
            rolled_back(&self.web, &web, |pg| {
                self.test_shop_role(pg, *theirs)?;
                self.test_workers(pg, &owner)
            })
        });
        for shop in shops {
            let drop = format!("DROP SCHEMA {} CASCADE", shop.schema());
            self.owner.run_blocking(&self.begin_as_owner(), |pg| pg.batch_execute(&drop))??;
        }
        tested.map(|()| owner)
    }

    /// Tests what a shop may learn of the others through the servers of Citus.
    fn test_workers(&self, pg: &mut PgConnection, owner: &str) -> Result<(), TenancyError> {
        for statement in ON_WORKERS {
            if !ends_as(self.server, pg, statement, Refused)? {
                let web: String = diesel::select(sql::<Text>("session_user::text")).get_result(pg)?;
                return Err(TenancyError::Breach {
                    what: format!(
                        "inside one shop, \"{statement}\" may be executed, which tells what other shops do"
                    ),
                    remedy: format!(
                        "`shophouse citus setup`, or as a superuser on each server of Citus: {}",
                        closing_sql(&[owner, &web])
                    ),
                });
            }
        }
        Ok(())
    }

    fn begin_as_owner(&self) -> String {
        let Limits { statement_timeout, lock_timeout, .. } = self.limits;
        begin_owner(self.server, Mode::ReadWrite, statement_timeout, lock_timeout)
    }

    /// Creates shops with a table and its policy each. Returns the name of the owner's login.
    fn make_shops(&self, pg: &mut PgConnection, shops: &[ShopId]) -> Result<String, TenancyError> {
        let role = &self.roles.shop;
        for shop in shops {
            self.server.execute(pg, &migrations::create_schema_sql(self.server, *shop, role, true))?;
            let table =
                "CREATE TABLE self_test (word TEXT PRIMARY KEY); INSERT INTO self_test VALUES ('mine')";
            self.server.execute(pg, table)?;
            policies::enforce(self.server, pg, *shop, role)?;
        }
        Ok(diesel::select(sql::<Text>("session_user::text")).get_result(pg)?)
    }

    /// Tests the shop role in a shop, as requests use it, against another shop.
    fn test_shop_role(&self, pg: &mut PgConnection, theirs: ShopId) -> Result<(), TenancyError> {
        let role = &self.roles.shop;
        for (statement, expected) in AS_SHOP_ROLE {
            let statement = statement.replace("{other}", &theirs.schema());
            if !ends_as(self.server, pg, &statement, expected)? {
                return Err(TenancyError::Breach {
                    what: format!("inside one shop, as {role}, \"{statement}\" {expected}"),
                    remedy: format!("ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"),
                });
            }
        }
        Ok(())
    }

    /// Tests the web login without its roles, as after an injected `RESET ROLE`. If one login does everything, it is the
    /// owner, and there is nothing to test.
    fn test_web_login(&self, pg: &mut PgConnection, owner: &str) -> Result<(), TenancyError> {
        let login: Login = diesel::sql_query(LOGIN).get_result(pg)?;
        let breach = |what: String| Err(TenancyError::Breach { what, remedy: self.remedy_for(&login) });
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
            if !ends_as(self.server, pg, &statement, expected)? {
                return breach(format!("after RESET ROLE the web login {} may \"{statement}\"", login.name));
            }
        }
        Ok(())
    }

    fn remedy_for(&self, web: &Login) -> String {
        let name = web.name.replace('"', "\"\"");
        // A grant that has options of its own does not change with the login.
        let grant = if web.has_grant_options {
            format!(" {};", self.roles.grant_sql(&web.name, true))
        } else {
            String::new()
        };
        format!(
            "ALTER ROLE \"{name}\" NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT;{grant} it must own nothing here, and be \
             a member of no role but the installation's two"
        )
    }
}

/// Runs `work` in a transaction that is rolled back, whatever it returns.
fn rolled_back<T>(
    pool: &Pool,
    begin: &str,
    work: impl FnOnce(&mut PgConnection) -> Result<T, TenancyError>,
) -> Result<T, TenancyError> {
    // Always an error, so that the transaction is rolled back.
    match pool.run_blocking(begin, |pg| Err::<Infallible, _>(work(pg)))? {
        Ok(never) => match never {},
        Err(result) => result,
    }
}

/// Whether a statement ends as expected. It is rolled back.
///
/// # Errors
/// One that says nothing about isolation: a refusal is no refusal when a server did not answer.
fn ends_as(
    server: Server,
    pg: &mut PgConnection,
    statement: &str,
    expected: Expected,
) -> Result<bool, TenancyError> {
    pg.batch_execute("SAVEPOINT self_test")?;
    let ended = match diesel::sql_query(statement).execute(pg).map_err(DatabaseError::from) {
        Ok(rows) => Rows(rows),
        Err(error) if server.is_refusal(&error) => Refused,
        Err(error) => return Err(error.into()),
    };
    pg.batch_execute("ROLLBACK TO SAVEPOINT self_test")?;
    Ok(ended == expected)
}
