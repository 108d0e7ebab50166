//! Rights on the servers of Citus that only an administrator can take away.
//!
//! On a worker, the transactions of all shops belong to one role, the shop role. PostgreSQL lets a role read the statements of its
//! own transactions, with their values, and cancel them. So a statement inside one shop could do that to the others: by Citus's
//! functions, which ask all servers, or by PostgreSQL's own, when Citus executes the statement on a worker.

use uuid::Uuid;

/// The functions that nobody may call by default: those of Citus, and those of PostgreSQL.
const CLOSED: &str = "'citus_stat_activity', 'citus_locks', 'citus_stat_tenants', 'citus_stat_tenants_local', \
    'run_command_on_workers', 'run_command_on_all_nodes', 'run_command_on_coordinator', 'run_command_on_shards', \
    'run_command_on_placements', 'run_command_on_colocated_placements', 'master_run_on_worker', \
    'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_cancel_backend', 'pg_terminate_backend'";

/// Those that the product's own logins need, which are not the role that requests have in a shop.
const KEPT: &str = "'pg_stat_get_activity', 'pg_cancel_backend'";

/// SQL that closes the functions on one server. A superuser runs it on each of them.
pub fn closing_sql(logins: &[&str]) -> String {
    let logins: Vec<String> =
        logins.iter().map(|login| format!("\"{}\"", login.replace('"', "\"\""))).collect();
    format!(
        "DO $close$ DECLARE found regprocedure; BEGIN \
         FOR found IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ({CLOSED}) \
         LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', found); END LOOP; \
         FOR found IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ({KEPT}) \
         LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {logins}', found); END LOOP; END $close$",
        logins = logins.join(", "),
    )
}

/// SQL that makes a login known to Citus, if it was made before the servers were connected. A superuser runs it on the coordinator,
/// statement by statement. A role is made known to the workers when it is granted to one that they know.
pub fn introducing_sql(login: &str) -> [String; 3] {
    let login = login.replace('"', "\"\"");
    let known = format!("shophouse_setup_{}", Uuid::new_v4().simple());
    [format!("CREATE ROLE {known}"), format!("GRANT \"{login}\" TO {known}"), format!("DROP ROLE {known}")]
}
