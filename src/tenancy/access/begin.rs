//! The message that begins a transaction.
//!
//! A server, a database and a login may have settings of their own (`ALTER SYSTEM`, `ALTER DATABASE … SET`,
//! `ALTER ROLE … SET`). Each transaction says itself what our SQL depends on. PostgreSQL reads the whole message before it
//! runs the first statement of it, so `standard_conforming_strings` does not apply to the message itself: no literal in
//! it contains a backslash.

use std::time::Duration;

use crate::database::Ending;
use crate::tenancy::citus::Server;

/// What a transaction sees, and whether it may write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::tenancy) enum Mode {
    /// Each statement sees what was committed before it. Whether it may write is the server's decision, so that an
    /// administrator can stop all changes with `default_transaction_read_only`.
    Plain,
    /// The same, but it may write whatever the server's default is: for the start, and for migrations.
    ReadWrite,
    /// It changes nothing, and finds its rows by indexes: a statement that was planned while a shop was empty would read whole tables
    /// until PostgreSQL has counted their rows.
    Read,
    /// All statements see one moment.
    Snapshot,
}

impl Mode {
    /// How a transaction in this mode ends.
    pub(in crate::tenancy) fn ending(self) -> Ending {
        if self == Self::Read { Ending::Reads } else { Ending::Commits }
    }
}

/// `row_security`: off, a policy makes a statement fail. The timeout would end work that is idle for a moment. `jit`: PostgreSQL has not
/// counted the rows of tables that were just filled, and would compile statements for 50 ms that run for one.
const SETTINGS: &str = "SET LOCAL row_security TO on; SET LOCAL standard_conforming_strings TO on; \
                        SET LOCAL idle_in_transaction_session_timeout TO 0; SET LOCAL jit TO off";

/// `quote_all_identifiers` changes the text of policies, which `wall_faults` compares.
const OWNER_SETTINGS: &str = "SET LOCAL quote_all_identifiers TO off";

/// A query that lets the transaction take as long as it needs. The setting exists from PostgreSQL 17 on.
pub(in crate::tenancy) const NO_TRANSACTION_TIMEOUT: &str = "SELECT CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL \
     THEN set_config('transaction_timeout', '0', true) END";

/// The SQL that begins a transaction, with more settings, such as `; SET LOCAL ROLE …`. A timeout of zero means no limit.
pub(in crate::tenancy) fn begin(
    server: Server,
    mode: Mode,
    statement_timeout: Duration,
    more: &str,
) -> String {
    let by_index = if mode == Mode::Read { "; SET LOCAL enable_seqscan TO off" } else { "" };
    let settings = settings(statement_timeout, &format!("{by_index}{more}"));
    format!("BEGIN ISOLATION LEVEL {}; {}", level(mode), server.settings(&settings))
}

fn level(mode: Mode) -> &'static str {
    // Locks, and the order in which they are taken, are made for READ COMMITTED.
    match mode {
        Mode::Plain => "READ COMMITTED",
        Mode::ReadWrite => "READ COMMITTED READ WRITE",
        Mode::Read => "READ COMMITTED READ ONLY",
        Mode::Snapshot => "REPEATABLE READ",
    }
}

fn settings(statement_timeout: Duration, more: &str) -> String {
    let timeout = statement_timeout.as_millis();
    // Whoever waits for a lock keeps a connection from others, so the wait is shorter.
    let lock_timeout = timeout * 2 / 5;
    // The timeouts come first: the statements after them have them already.
    format!(
        "SET LOCAL statement_timeout TO {timeout}; SET LOCAL lock_timeout TO {lock_timeout}; {SETTINGS}{more}"
    )
}

/// The SQL that begins a transaction of the owner in `public`. A timeout of zero means no limit.
pub(in crate::tenancy) fn begin_owner(
    server: Server,
    mode: Mode,
    statement_timeout: Duration,
    lock_timeout: Duration,
) -> String {
    let more = format!(
        "; {OWNER_SETTINGS}; SET LOCAL search_path TO public, pg_temp; SET LOCAL lock_timeout TO {}",
        lock_timeout.as_millis(),
    );
    // A query would take the snapshot, before locks are taken.
    if mode == Mode::Snapshot {
        let settings = server.settings_of_coordinator(&settings(statement_timeout, &more));
        return format!("BEGIN ISOLATION LEVEL {}; {settings}", level(mode));
    }
    format!("{}; {NO_TRANSACTION_TIMEOUT}", begin(server, mode, statement_timeout, &more))
}
