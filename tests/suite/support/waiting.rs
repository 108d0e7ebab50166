//! Waiting for other connections, by asking PostgreSQL repeatedly.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Sql, citus};

/// Much longer than anything here takes; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two questions: whoever is asked has the processor meanwhile. Nothing depends on its length.
const PAUSE: Duration = Duration::from_millis(1);

/// Who waits for a lock in this database. On a worker of Citus, that is a process of one of the coordinator's connections; its name
/// says which.
const BLOCKED: &str = "(SELECT pid, query_start, \
        coalesce(substring(application_name FROM '^citus_internal gpid=([0-9]+)')::bigint % 10000000000, pid) AS connection \
     FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS blocked";

/// The process id of the one connection to this database that waits for a lock.
pub fn blocked(sql: &mut Sql) -> String {
    let query = format!("SELECT connection FROM {BLOCKED}");
    until_everywhere("a connection to wait for a lock", sql, &query, |mut found| found.pop())
}

/// The process id of the one connection to this database that has waited for a lock for half a second.
pub fn blocked_for_long(sql: &mut Sql) -> String {
    let query =
        format!("SELECT connection FROM {BLOCKED} WHERE now() - query_start > interval '500 milliseconds'");
    until_everywhere("a connection to wait for a lock", sql, &query, |mut found| found.pop())
}

/// Waits until this many connections to this database wait for a lock. Returns their processes, and on Citus the workers' too.
pub fn all_blocked(sql: &mut Sql, number: usize) -> BTreeSet<String> {
    let query = format!("SELECT pid || ' ' || connection FROM {BLOCKED}");
    let all = |found: Vec<String>| {
        let processes = || found.iter().flat_map(|both| both.split(' ')).map(str::to_owned);
        (found.len() == number).then(|| processes().collect())
    };
    until_everywhere("connections to wait for a lock", sql, &query, all)
}

/// Waits until at least this many do.
pub fn some_blocked(sql: &mut Sql, number: usize) {
    let query = format!("SELECT pid FROM {BLOCKED}");
    let enough = |found: Vec<String>| (found.len() >= number).then_some(());
    until_everywhere("connections to wait for a lock", sql, &query, enough);
}

/// Asks all servers of a database until there is a result.
fn until_everywhere<T>(what: &str, sql: &mut Sql, query: &str, ask: impl Fn(Vec<String>) -> Option<T>) -> T {
    let mut workers = citus::workers_of(sql);
    until(what, || {
        let mut found = sql.column(query);
        found.extend(workers.iter_mut().flat_map(|worker| worker.column(query)));
        ask(found)
    })
}

/// Waits until a connection ends.
pub fn gone(sql: &mut Sql, pid: &str) {
    let query = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid}");
    until("a connection to end", || sql.column(&query).is_empty().then_some(()));
}

/// Asks until there is a result.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < give_up, "timed out waiting for {what}");
        std::thread::sleep(PAUSE);
    }
}
