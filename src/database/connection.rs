//! One connection: how a transaction on it begins and ends, and when it is replaced.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection as _, SimpleConnection, TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::r2d2::R2D2Connection;
use diesel::result::Error as QueryError;

use crate::metrics::PoolMeter;

use super::error::DatabaseError;
use super::error_kind::ErrorKind;
use super::lanes::Lanes;
use super::progress::{Observer, Progress};
use super::session::Session;

/// When a connection is replaced, besides after an hour: the memory that a backend takes for what it has read of
/// tables is only given back when the backend ends.
#[derive(Clone, Copy, Debug)]
pub enum Recycle {
    /// After so many transactions: for work that goes from schema to schema.
    Transactions(u32),
    /// When its backend is taken to have so many kilobytes of its own. Its work has keys: the shops.
    Memory(usize),
}

/// The kilobytes that a backend of PostgreSQL 15 has of its own at first, and more for the tables of each shop and for each statement that
/// it keeps. Only an administrator may ask a backend for its memory, so these are estimates: `./dev bench http --only memory` prints
/// what backends really have.
const BACKEND_KB: usize = 2_300;
const SHOP_KB: usize = 140;
const STATEMENT_KB: usize = 50;

/// Long enough that connecting costs nothing, short enough that a server which was resized or failed over is found.
const LIFETIME: Duration = Duration::from_hours(1);

/// A connection, and what it was used for.
pub(super) struct Connection {
    pg: PgConnection,
    opened: Instant,
    transactions: u32,
    keys: HashSet<u64>,
    /// Number of statements that it keeps prepared.
    kept: Arc<AtomicUsize>,
    /// Whether it is known to have no transaction open.
    is_sound: bool,
    session: Session,
    /// Whether a read has ended whose transaction is still open. The next message ends it.
    is_read_open: bool,
    /// Set when a statement failed in a way after which the connection is of no use.
    has_ended: Arc<AtomicBool>,
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// It is committed, or rolled back.
    Commits,
    /// It has changed nothing, so it does not matter how it ends.
    Reads,
}

/// Why a transaction did not begin.
pub(super) enum BeginError {
    /// The connection was lost: nothing has run.
    Lost(DatabaseError),
    /// PostgreSQL refused.
    Refused(DatabaseError),
}

impl Connection {
    /// Takes a connection that was just opened.
    pub(super) fn new(mut pg: PgConnection, session: Session) -> Self {
        pg.set_prepared_statement_cache_size(if session.keeps_statements() {
            // Bounded by the memory and the time after which the connection is replaced.
            CacheSize::Unbounded
        } else {
            CacheSize::Disabled
        });
        Self {
            pg,
            opened: Instant::now(),
            transactions: 0,
            keys: HashSet::new(),
            kept: Arc::default(),
            is_sound: true,
            session,
            is_read_open: false,
            has_ended: Arc::default(),
        }
    }

    /// Whether no transaction has begun on it yet.
    pub(super) fn is_new(&self) -> bool {
        self.transactions == 0
    }

    /// Whether it must be closed and not be used again.
    pub(super) fn is_broken(&mut self) -> bool {
        !self.is_sound || self.has_ended.load(Ordering::Relaxed) || self.pg.is_broken()
    }

    /// Whether it has been used for so long that it is to be replaced.
    pub(super) fn is_due(&self, recycle: Recycle) -> bool {
        let has_served_enough = match recycle {
            Recycle::Transactions(most) => self.transactions >= most,
            Recycle::Memory(most) => self.backend_kb() >= most,
        };
        has_served_enough || self.opened.elapsed() > LIFETIME
    }

    /// The memory that its backend is taken to have, in kilobytes.
    fn backend_kb(&self) -> usize {
        BACKEND_KB + SHOP_KB * self.keys.len() + STATEMENT_KB * self.kept.load(Ordering::Relaxed)
    }

    /// Has it closed when it goes back to the pool.
    pub(super) fn close_after_use(&mut self) {
        self.is_sound = false;
    }

    /// Sends the message that begins a transaction.
    pub(super) fn begin(
        &mut self,
        (message, ending): (&str, Ending),
        key: Option<u64>,
        progress: &Arc<Progress>,
        meter: &Arc<PoolMeter>,
        gives_way_to: Option<&Arc<Lanes>>,
    ) -> Result<(), BeginError> {
        self.pg.set_instrumentation(Observer {
            progress: Arc::clone(progress),
            meter: Arc::clone(meter),
            has_ended: Arc::clone(&self.has_ended),
            kept: Arc::clone(&self.kept),
            gives_way_to: gives_way_to.cloned(),
        });
        self.is_sound = false;
        let after_read = mem::take(&mut self.is_read_open).then(|| format!("COMMIT; {message}"));
        let message = after_read.as_deref().unwrap_or(message);
        let begun = match ending {
            Ending::Commits => AnsiTransactionManager::begin_transaction_sql(&mut self.pg, message),
            // Diesel knows nothing of it, and so lets the connection go back to the pool while it is open.
            Ending::Reads => self.pg.batch_execute(message),
        };
        let Err(error) = begun else {
            self.transactions = self.transactions.saturating_add(1);
            self.keys.extend(key);
            return Ok(());
        };
        if ErrorKind::of(&error).is_connection_lost() {
            return Err(BeginError::Lost(error.into()));
        }
        // A later statement of the message failed: the transaction is open and aborted,
        // which Diesel does not know.
        self.is_sound = self.pg.batch_execute("ROLLBACK").is_ok();
        Err(BeginError::Refused(error.into()))
    }

    /// Runs `work` in the transaction that has begun with [`Ending::Reads`]. In a session of its own, the transaction stays open until
    /// the next one begins or [`Connection::end_read`] is called: nobody waits for its end.
    pub(super) fn read<T, E>(
        &mut self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(&mut self.pg);
        self.is_read_open = true;
        self.is_sound = true;
        if self.session != Session::Own {
            self.end_read();
        }
        result
    }

    /// Ends the transaction of a read, if it is open.
    pub(super) fn end_read(&mut self) {
        if mem::take(&mut self.is_read_open) {
            self.is_sound = self.pg.batch_execute("COMMIT").is_ok();
        }
    }

    /// Runs `work` in the transaction that has begun with [`Ending::Commits`], and ends the transaction.
    pub(super) fn run<T, E>(
        &mut self,
        progress: &Progress,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        let result = work(&mut self.pg);
        // Whoever waited may have been told already that nothing was done.
        let commits = result.is_ok() && progress.may_commit();
        let ended = if commits {
            AnsiTransactionManager::commit_transaction(&mut self.pg)
        } else {
            AnsiTransactionManager::rollback_transaction(&mut self.pg)
        };
        self.is_sound = ended.is_ok();
        match (result, ended) {
            (Ok(_), _) if !commits => Err(DatabaseError::Silent(progress.age())),
            (Ok(_), Err(error)) if may_have_committed(&error) => {
                Err(DatabaseError::Unsettled(error.to_string()))
            }
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => Ok(result),
        }
    }
}

/// Whether a COMMIT that failed with this may have been done all the same: its answer was lost with the connection, or between the
/// servers of Citus.
fn may_have_committed(error: &QueryError) -> bool {
    let kind = ErrorKind::of(error);
    kind.is_connection_lost()
        || kind == ErrorKind::CommitLost
        || matches!(error, QueryError::RollbackErrorOnCommit { .. })
}
