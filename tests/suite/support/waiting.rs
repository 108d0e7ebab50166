//! Waiting for other connections, by asking PostgreSQL repeatedly.

use std::time::{Duration, Instant};

use super::Sql;

/// Much longer than anything here takes; only a failing test waits so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two questions: whoever is asked has the processor meanwhile. Nothing depends on its length.
const PAUSE: Duration = Duration::from_millis(1);

/// The process id of the one connection to this database that waits for a lock.
pub fn blocked(sql: &mut Sql) -> String {
    let query =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("a connection to wait for a lock", || sql.column(query).pop())
}

/// The process id of the one connection to this database that has waited for a lock for half a second.
pub fn blocked_for_long(sql: &mut Sql) -> String {
    let query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND now() - query_start > interval '500 milliseconds'";
    until("a connection to wait for a lock", || sql.column(query).pop())
}

/// Waits until this many connections to this database wait for a lock.
pub fn all_blocked(sql: &mut Sql, number: usize) {
    let query =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("connections to wait for a lock", || (sql.column(query).len() == number).then_some(()));
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
