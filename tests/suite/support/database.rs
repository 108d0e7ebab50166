//! A test's own database.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use std::{mem, thread};

use shophouse::database::private::{Login, PrivateServer};
use shophouse::database::{DatabaseUrl, PoolOptions, PreparedStatements};
use shophouse::limits::Limit;
use shophouse::tenancy::{Limits, Logins, Tenancy};

use super::server::{APART, SERVER, Server};
use super::sql::Sql;
use super::tree::trees;
use super::{bouncer, citus};

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
        Self::cloned_from(empty(), &SERVER)
    }

    /// An empty database of PostgreSQL alone, also in a run with Citus.
    pub fn plain() -> Self {
        let database = Self::cloned_from("template1", &SERVER);
        database.connect(Login::Admin).run(RIGHTS);
        database
    }

    /// A database of PostgreSQL alone for [`World::on`](super::World::on), where migrations are taken back: Citus refuses some of that.
    pub fn alone() -> Self {
        if citus::nodes() > 0 { Self::plain() } else { Self::new() }
    }

    /// Connects a database of [`Database::plain`] with those of the same name on the other nodes.
    pub fn gets_citus(&self) {
        let Name(name, server) = &*self.name;
        citus::connect(&server.nodes(), name);
    }

    fn cloned_from(template: &str, server: &'static Server) -> Self {
        let name = format!("suite_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
        create(&server.postgres, &mut server.admin(), &name, template);
        for worker in server.workers() {
            create(worker, &mut admin(worker), &name, template);
        }
        if template == citus::EMPTY {
            citus::introduce(&server.postgres, &name);
        }
        Self { name: Arc::new(Name(name, server)), direct: false }
    }

    /// Autovacuum reads whole catalogues, which one test counts; these databases are too short-lived to need it. The product compiles
    /// nothing with JIT, and what tests ask themselves runs too seldom for it.
    pub(super) fn without_autovacuum_and_jit(nodes: &[&PrivateServer]) {
        for node in nodes {
            let mut admin = admin(node);
            for statement in
                ["ALTER SYSTEM SET autovacuum = off", "ALTER SYSTEM SET jit = off", "SELECT pg_reload_conf()"]
            {
                admin.run(statement);
            }
        }
    }

    /// Creates the template: `public` migrated, roles created, no shop.
    pub(super) fn make_template(nodes: &[&PrivateServer]) {
        if citus::nodes() > 0 {
            citus::make_empty(nodes);
        }
        for node in nodes {
            create(node, &mut admin(node), TEMPLATE, empty());
        }
        let trees = trees();
        // Without PgBouncer: its open connections would prevent cloning.
        let logins = logins(|login| nodes[0].url(login, TEMPLATE));
        Tenancy::open(logins, limits(), trees).unwrap();
        if citus::nodes() > 0 {
            citus::freeze(nodes, TEMPLATE);
        }
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

    /// How to connect to each server that has a part of it; the first is the one that the product connects to.
    pub fn nodes(&self) -> impl Iterator<Item = impl Fn(Login) -> Sql> {
        let Name(name, server) = &*self.name;
        server.nodes().into_iter().map(move |node| move |login| Sql::to(&node.url(login, name)))
    }

    /// Fails if something was logged that should not have been.
    pub(super) fn log_is_clean(&self) {
        self.name.1.log_is_clean();
    }

    /// A plain connection, without the product.
    pub fn connect(&self, login: Login) -> Sql {
        Sql::to(&self.direct().url(login))
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let Self(name, server) = self;
        DROPPING.send((mem::take(name), server)).unwrap();
        self.1.log_is_clean();
        // A test that has failed already reports its own reason.
        if !thread::panicking() {
            let not_dropped = mem::take(&mut *NOT_DROPPED.lock().unwrap());
            assert!(not_dropped.is_empty(), "{not_dropped:?}");
        }
    }
}

/// Takes databases that no test uses any more. PostgreSQL waits for the end of their last connections and for a checkpoint, and so would
/// the tests.
static DROPPING: LazyLock<SyncSender<(String, &'static Server)>> = LazyLock::new(|| {
    let (sender, databases) = mpsc::sync_channel::<(String, &'static Server)>(MOST_UNUSED);
    thread::spawn(move || {
        for (name, server) in databases {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            // On a busy machine another session may need longer to end than PostgreSQL waits for it.
            let run = |admin: &mut Sql| admin.try_run(&drop).or_else(|_| admin.try_run(&drop));
            let workers = server.workers().iter().map(|worker| run(&mut admin(worker)));
            let dropped = std::iter::once(run(&mut server.admin())).chain(workers);
            let errors: Vec<_> =
                dropped.filter_map(|dropped| Some(format!("{drop}: {}", dropped.err()?))).collect();
            NOT_DROPPED.lock().unwrap().extend(errors);
        }
    });
    sender
});

/// Why databases could not be dropped; the next test that is done with one fails.
static NOT_DROPPED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// So many databases may wait to be dropped: they take room.
const MOST_UNUSED: usize = 4;

/// Small pools, so that one server is enough for many tests at once. PgBouncer limits the connections itself; with it, the
/// pools are larger than its own.
pub fn limits() -> Limits {
    let size = if bouncer::is_wanted() { bouncer::CLIENT_CONNECTIONS } else { 3 };
    let timeout = Duration::from_secs(20);
    Limits {
        web: PoolOptions { size, active: None, timeout, patience: 2 * timeout },
        owner: PoolOptions { size: 2, active: None, timeout, patience: 2 * timeout },
        backend_kb: 96 * 1024,
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
fn create(postgres: &PrivateServer, admin: &mut Sql, name: &str, template: &str) {
    for statement in [
        // Copying the files takes half of the time that writing their pages to the log takes.
        format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy OWNER shophouse_owner"),
        format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {name} TO shophouse_owner, shophouse_web"),
    ] {
        admin.run(statement);
    }
    if citus::nodes() > 0 {
        citus::let_shop_roles_in(admin, name);
    } else if template != TEMPLATE {
        Sql::to(&postgres.url(Login::Admin, name)).run(RIGHTS);
    }
}

/// The rights on an empty database.
pub(super) const RIGHTS: &str =
    "ALTER SCHEMA public OWNER TO shophouse_owner; REVOKE ALL ON SCHEMA public FROM PUBLIC";

/// What an empty database is cloned from.
fn empty() -> &'static str {
    if citus::nodes() > 0 { citus::EMPTY } else { "template1" }
}

/// A connection of the administrator, to no test's database.
pub(super) fn admin(postgres: &PrivateServer) -> Sql {
    Sql::to(&postgres.url(Login::Admin, "postgres"))
}
