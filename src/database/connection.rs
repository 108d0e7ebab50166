//! One connection: how it is made, how a transaction on it begins and ends, and when it has had its day.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, SimpleConnection, TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::result::Error as QueryError;

use crate::metrics::PoolMeter;

use super::errors::is_closed;
use super::watch::{Ear, Watch};
use super::{DatabaseError, DatabaseUrl};

/// When a connection is replaced, beside after an hour: PostgreSQL never gives back the memory that a backend has taken
/// for what it learnt of tables.
#[derive(Clone, Copy, Debug)]
pub enum Renewal {
    /// After so many transactions: for work that goes from schema to schema.
    Transactions(u32),
    /// After transactions of so many different keys: of so many shops.
    Keys(usize),
}

/// Long enough that connecting costs nothing, short enough that a server which was resized or failed over is found.
const LIFETIME: Duration = Duration::from_hours(1);

/// A connection with no transaction open.
pub(super) struct Idle {
    pg: PgConnection,
    made: Instant,
    transactions: u32,
    keys: HashSet<u64>,
}

/// Why a transaction did not begin.
pub(super) enum NotBegun {
    /// The connection was dead before it began.
    Dead(DatabaseError),
    /// PostgreSQL said no; the connection is in order if it is given back.
    Refused(DatabaseError, Option<Box<Idle>>),
}

impl Idle {
    /// Connects.
    pub(super) fn connect(url: &DatabaseUrl, meter: &Arc<PoolMeter>) -> Result<Self, DatabaseError> {
        #[expect(clippy::disallowed_methods, reason = "the one place where connections are made")]
        let mut pg = PgConnection::establish(&url.for_pool()).map_err(|error| {
            meter.failed("connect");
            tracing::warn!(%error, "connecting to the database failed");
            DatabaseError::Unreachable(error.to_string())
        })?;
        // Named statements would outlive the transaction: PgBouncer knows none of them, and one
        // prepared in a shop's schema is analysed anew in the next.
        pg.set_prepared_statement_cache_size(CacheSize::Disabled);
        Ok(Self { pg, made: Instant::now(), transactions: 0, keys: HashSet::new() })
    }

    /// Sends the message that begins a transaction.
    pub(super) fn begin(mut self, begin: &str, key: Option<u64>, ear: Ear) -> Result<Begun, NotBegun> {
        self.pg.set_instrumentation(ear);
        match AnsiTransactionManager::begin_transaction_sql(&mut self.pg, begin) {
            Ok(()) => {
                self.transactions = self.transactions.saturating_add(1);
                self.keys.extend(key);
                Ok(Begun(self))
            }
            Err(error) if is_closed(&error) => Err(NotBegun::Dead(error.into())),
            Err(error) => {
                // A later statement of the message failed: the transaction is open and aborted,
                // which Diesel does not know.
                let is_sound = self.pg.batch_execute("ROLLBACK").is_ok();
                Err(NotBegun::Refused(error.into(), is_sound.then(|| Box::new(self))))
            }
        }
    }

    /// Whether it is to be replaced.
    pub(super) fn is_worn(&self, renewal: Renewal) -> bool {
        let has_learnt_enough = match renewal {
            Renewal::Transactions(most) => self.transactions >= most,
            Renewal::Keys(most) => self.keys.len() >= most,
        };
        has_learnt_enough || self.made.elapsed() > LIFETIME
    }
}

/// A connection whose transaction is open. Where this is dropped, as by a panic, it is closed.
pub(super) struct Begun(Idle);

impl Begun {
    /// Runs `work` in the transaction and ends that. The connection comes back if it is in a known state.
    pub(super) fn settle<T, E>(
        mut self,
        watch: &Watch,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> (Result<Result<T, E>, DatabaseError>, Option<Idle>) {
        let pg = &mut self.0.pg;
        let result = work(pg);
        // Whoever asked may have been told already that nothing was done.
        let wanted = result.is_ok() && watch.may_commit();
        let ended = if wanted {
            AnsiTransactionManager::commit_transaction(pg)
        } else {
            AnsiTransactionManager::rollback_transaction(pg)
        };
        let idle = ended.is_ok().then_some(self.0);
        let outcome = match (result, ended) {
            (Ok(_), _) if !wanted => Err(DatabaseError::Silent(watch.age())),
            (Ok(_), Err(error)) if leaves_open(&error) => Err(DatabaseError::Unsettled(error.to_string())),
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => Ok(result),
        };
        (outcome, idle)
    }
}

/// Whether a COMMIT that ended like this may have been done all the same: its answer was lost with the connection.
fn leaves_open(error: &QueryError) -> bool {
    is_closed(error) || matches!(error, QueryError::RollbackErrorOnCommit { .. })
}
