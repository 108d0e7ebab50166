//! A test's own database, and plain SQL on it for what HTTP cannot show.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl, sql_query};
use shophouse::database::private::{Login, PrivateServer};
use shophouse::database::{DatabaseUrl, PoolOptions, PreparedStatements};
use shophouse::limits::Limit;
use shophouse::tenancy::{Limits, Logins, Tenancy};

use super::server::{APART, SERVER, Server};
use super::tree::trees;
use super::{bouncer, log};

const TEMPLATE: &str = "suite_template";

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A database cloned from the template; dropped when its last owner is dropped.
pub struct Database {
    name: Arc<Name>,
    /// Whether the servers under test connect to PostgreSQL itself, also in a run with PgBouncer.
    direct: bool,
}

struct Name(String, &'static Server);

impl Database {
    /// A clone of the migrated template.
    pub fn new() -> Self {
        Self::cloned_from(TEMPLATE, &SERVER)
    }

    /// The same on a server that no other test uses.
    pub fn apart() -> Self {
        Self::cloned_from(TEMPLATE, &APART)
    }

    /// An empty database.
    pub fn empty() -> Self {
        Self::cloned_from("template1", &SERVER)
    }

    fn cloned_from(template: &str, server: &'static Server) -> Self {
        let name = format!("suite_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
        create(&server.postgres, &name, template);
        Self { name: Arc::new(Name(name, server)), direct: false }
    }

    /// Autovacuum reads whole catalogues, which one test counts. These databases are too short-lived to need it.
    pub(super) fn without_autovacuum(postgres: &PrivateServer) {
        let mut admin = establish(&postgres.url(Login::Admin, "postgres"));
        for statement in ["ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"] {
            admin.batch_execute(statement).unwrap();
        }
    }

    /// Creates the template: `public` migrated, roles created, no shop.
    pub(super) fn make_template(postgres: &PrivateServer) {
        create(postgres, TEMPLATE, "template1");
        let trees = trees();
        // Without PgBouncer: its open connections would prevent cloning.
        let logins = logins(|login| postgres.url(login, TEMPLATE));
        Tenancy::open(logins, limits(), trees).unwrap();
    }

    /// The same database, for another instance.
    pub fn shared(&self) -> Self {
        Self { name: Arc::clone(&self.name), direct: self.direct }
    }

    /// The same database without PgBouncer.
    pub fn direct(&self) -> Self {
        Self { direct: true, ..self.shared() }
    }

    pub fn logins(&self) -> Logins {
        logins(|login| self.url(login))
    }

    /// How the servers under test connect to it.
    pub fn url(&self, login: Login) -> String {
        let Name(name, server) = &*self.name;
        if self.direct { server.postgres.url(login, name) } else { server.url(login, name) }
    }

    /// A plain connection, without the product.
    pub fn connect(&self, login: Login) -> Sql {
        Sql(establish(&self.direct().url(login)))
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut admin = establish(&self.1.postgres.url(Login::Admin, "postgres"));
        let dropped = admin.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.0));
        // A test that has failed already reports its own reason.
        assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
        self.1.look_at_log();
        log::is_clean();
    }
}

/// Small pools, so that one server is enough for many tests at once. PgBouncer limits the connections itself; with it, the
/// pools are larger than its own.
pub fn limits() -> Limits {
    let size = if bouncer::is_wanted() { bouncer::CLIENT_CONNECTIONS } else { 3 };
    let timeout = Duration::from_secs(20);
    Limits {
        web: PoolOptions { size, timeout, patience: 2 * timeout },
        owner: PoolOptions { size: 2, timeout, patience: 2 * timeout },
        shops_a_connection: 200,
        prepared_statements: PreparedStatements::Auto,
        statement_timeout: timeout,
        lock_timeout: timeout,
        grace: Duration::from_hours(24),
    }
}

/// The settings that take all limits on rates and numbers away, and the delay of refusals.
pub fn no_limits() -> impl Iterator<Item = (String, &'static str)> {
    let limits =
        Limit::ALL.into_iter().map(|limit| format!("SHOPHOUSE_LIMIT_{}", limit.name().to_uppercase()));
    limits.chain(["SHOPHOUSE_REFUSAL_DELAY_MS".to_owned()]).map(|setting| (setting, "0"))
}

fn logins(url: impl Fn(Login) -> String) -> Logins {
    Logins { web: DatabaseUrl::new(url(Login::Web)), owner: DatabaseUrl::new(url(Login::Owner)) }
}

/// Privileges on a database are not cloned: they are set as the private server sets them.
fn create(postgres: &PrivateServer, name: &str, template: &str) {
    let mut admin = establish(&postgres.url(Login::Admin, "postgres"));
    for statement in [
        // Copying the files takes half of the time that writing their pages to the log takes.
        format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy OWNER shophouse_owner"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {name} TO shophouse_owner, shophouse_web"),
    ] {
        admin.batch_execute(&statement).unwrap();
    }
    if template == TEMPLATE {
        return;
    }
    let rights = "ALTER SCHEMA public OWNER TO shophouse_owner; REVOKE ALL ON SCHEMA public FROM PUBLIC";
    establish(&postgres.url(Login::Admin, name)).batch_execute(rights).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the tests look below the pool")]
fn establish(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

/// A plain connection, with a few helpers.
pub struct Sql(pub PgConnection);

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Nullable<Text>)]
    cell: Option<String>,
}

impl Sql {
    /// A connection to any database.
    pub fn to(url: &str) -> Self {
        Self(establish(url))
    }

    /// Runs statements; the error is why they were refused.
    pub fn try_run(&mut self, statements: impl fmt::Display) -> QueryResult<()> {
        self.0.batch_execute(&statements.to_string())
    }

    /// Runs statements that must succeed.
    pub fn run(&mut self, statements: impl fmt::Display) {
        let statements = statements.to_string();
        self.0.batch_execute(&statements).unwrap_or_else(|error| panic!("{error}: {statements}"));
    }

    /// The first column of a query, as text.
    pub fn column(&mut self, query: impl fmt::Display) -> Vec<String> {
        self.try_column(&query).unwrap_or_else(|error| panic!("{error}: {query}"))
    }

    /// The first column of a query, as text, or its error.
    pub fn try_column(&mut self, query: impl fmt::Display) -> QueryResult<Vec<String>> {
        column(&mut self.0, query)
    }

    /// The one cell of a query, as text.
    pub fn one(&mut self, query: impl fmt::Display) -> String {
        let mut cells = self.column(&query);
        assert_eq!(cells.len(), 1, "{query}");
        cells.remove(0)
    }

    /// Every row of every table of a schema, as text.
    pub fn content(&mut self, schema: &str) -> Vec<String> {
        let tables = self.column(format!(
            "SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' ORDER BY 1"
        ));
        let rows = |table: &String| {
            let rows =
                self.one(format!("SELECT array_agg(t::text ORDER BY t::text) FROM {schema}.{table} t"));
            format!("{table}: {rows}")
        };
        tables.iter().map(rows).collect()
    }

    /// The number of rows of a table, or of a table with its condition.
    pub fn count(&mut self, table: impl fmt::Display) -> i64 {
        self.one(format!("SELECT count(*) FROM {table}")).parse().unwrap()
    }
}

/// The first column of a query as text; NULL is empty.
pub fn column(pg: &mut PgConnection, query: impl fmt::Display) -> QueryResult<Vec<String>> {
    let as_text = format!("SELECT cell::text FROM ({query}) AS asked (cell)");
    let cells: Vec<Cell> = sql_query(as_text).load(pg)?;
    Ok(cells.into_iter().map(|row| row.cell.unwrap_or_default()).collect())
}
