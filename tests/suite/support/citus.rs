//! Citus in place of PostgreSQL alone, when `SUITE_CITUS` is set: to 1 for one node, to 3 for a coordinator with two workers.
//!
//! A database of Citus is one of the same name on each node, and knows the nodes by their addresses alone. So a test's database is
//! cloned on each node, as on PostgreSQL alone, and nothing is set up again. Tests that start a PostgreSQL of their own have one
//! without Citus.

use std::path::{Path, PathBuf};

use shophouse::database::private::{Login, PrivateOptions, PrivateServer};
use shophouse::tenancy::{closing_sql, introducing_sql};

use super::Sql;
use super::database::{RIGHTS, admin};

/// The database that knows the nodes, and has nothing else.
pub const EMPTY: &str = "suite_citus";

/// What each node's server needs.
const SETTINGS: [&str; 4] = [
    "shared_preload_libraries = 'citus'",
    // Shops are moved by logical replication.
    "wal_level = 'logical'",
    // Each database has a process of Citus.
    "max_worker_processes = 100",
    "max_prepared_transactions = 200",
];

/// How many nodes the run has; none without Citus.
pub fn nodes() -> usize {
    let wanted = std::env::var("SUITE_CITUS").unwrap_or_default();
    if wanted.is_empty() { 0 } else { wanted.parse().expect("SUITE_CITUS is a number of nodes") }
}

/// Restarts a server with what Citus needs.
pub fn restarted(postgres: PrivateServer, options: &PrivateOptions) -> PrivateServer {
    let mut admin = Sql::to(&postgres.url(Login::Admin, "postgres"));
    for setting in SETTINGS {
        admin.run(format!("ALTER SYSTEM SET {setting}"));
    }
    drop(admin);
    postgres.stop().unwrap();
    PrivateServer::start(options).unwrap()
}

fn address(node: &PrivateServer) -> String {
    node.url(Login::Admin, EMPTY).split('\'').nth(1).unwrap().to_owned()
}

/// Starts the workers of a coordinator in `dir`.
pub fn workers(dir: &Path, options: impl Fn(PathBuf) -> PrivateOptions) -> Vec<PrivateServer> {
    let start = |number| {
        let options = options(dir.join(format!("worker{number}")));
        restarted(PrivateServer::start(&options).unwrap(), &options)
    };
    (1..nodes()).map(start).collect()
}

/// Makes the database that all others are cloned from. `nodes` begins with the coordinator.
pub fn make_empty(nodes: &[&PrivateServer]) {
    for node in nodes {
        let mut admin = admin(node);
        admin.run(format!("CREATE DATABASE {EMPTY} OWNER shophouse_owner"));
        // A server that moves a shop connects to itself too.
        admin.run(format!("ALTER SYSTEM SET citus.local_hostname TO '{}'", address(node)));
        admin.run("SELECT pg_reload_conf()");
    }
    connect(nodes, EMPTY);
    freeze(nodes, EMPTY);
}

/// Makes databases of the same name on each node one database of Citus.
pub fn connect(nodes: &[&PrivateServer], database: &str) {
    for node in nodes {
        Sql::to(&node.url(Login::Admin, database)).run("CREATE EXTENSION citus");
    }
    let mut coordinator = Sql::to(&nodes[0].url(Login::Admin, database));
    let has_shards = nodes.len() == 1;
    let first = address(nodes[0]);
    coordinator.run(format!("SELECT citus_set_coordinator_host('{first}', 5432)"));
    for worker in &nodes[1..] {
        coordinator.run(format!("SELECT citus_add_node('{}', 5432)", address(worker)));
    }
    coordinator.run(RIGHTS);
    for login in ["shophouse_owner", "shophouse_web"] {
        for statement in introducing_sql(login) {
            coordinator.run(statement);
        }
    }
    for node in nodes {
        let closing = closing_sql(&["shophouse_owner", "shophouse_web"]);
        Sql::to(&node.url(Login::Admin, database)).run(closing);
    }
    coordinator
        .run(format!("SELECT citus_set_node_property('{first}', 5432, 'shouldhaveshards', {has_shards})"));
}

/// The same connection to each worker of a database; none without Citus.
pub fn workers_of(sql: &mut Sql) -> Vec<Sql> {
    if nodes() == 0 || sql.count("pg_extension WHERE extname = 'citus'") == 0 {
        return Vec::new();
    }
    let urls = "SELECT format('host=''%s'' port=%s user=%s dbname=%s', nodename, nodeport, session_user, current_database()) \
                FROM pg_dist_node WHERE groupid > 0";
    sql.column(urls).iter().map(|url| Sql::to(url)).collect()
}

/// Ends the connections to a database and lets nobody connect again: Citus's own process would keep it from being cloned.
pub fn freeze(nodes: &[&PrivateServer], database: &str) {
    for node in nodes {
        let mut admin = admin(node);
        admin.run(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"));
        admin.run(format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{database}'"
        ));
    }
}

/// The roles that installations of this run have made.
const ROLES: &str = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'shophouse\\_%\\_shop' OR rolname LIKE 'shophouse\\_%\\_public'";

/// Makes a clone of the empty database known to itself: rights on a database that is not known are not sent to the workers. The logins
/// are members of the roles of other installations, which it does not know either.
pub fn introduce(coordinator: &PrivateServer, database: &str) {
    let mut admin = Sql::to(&coordinator.url(Login::Admin, database));
    admin.run(format!("ALTER DATABASE {database} OWNER TO shophouse_owner"));
    for role in admin.column(ROLES) {
        for statement in introducing_sql(&role) {
            admin.run(statement);
        }
    }
}

/// Lets the coordinator connect to a database on this server, as the product does: such rights are not cloned.
pub fn let_shop_roles_in(admin: &mut Sql, database: &str) {
    for role in admin.column(ROLES) {
        admin.run(format!("GRANT CONNECT ON DATABASE {database} TO {role}"));
    }
}
