//! Pools of connections, and the one way to use one: a whole transaction on a blocking thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, SimpleConnection, TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use rocket::tokio::sync::Semaphore;
use rocket::tokio::{select, task, time};

use super::watch::{Ear, Watch};
use super::{DatabaseError, DatabaseUrl};

/// How large a pool is and how long one waits for it.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// Connections at the most.
    pub size: u32,
    /// How long a request waits for a free connection before it is told that the server is busy.
    pub timeout: Duration,
    /// How long PostgreSQL may say nothing to a request before it is given up. Longer than the time limit of a
    /// statement: only a server that hangs, or a network that swallows, is silent for longer.
    pub patience: Duration,
}

/// r2d2 tries again and again to connect, with pauses that grow up to half of this: so soon is a server that was
/// away used again.
const RECONNECTING: Duration = Duration::from_secs(1);

/// Transactions after which a connection is replaced, in a pool whose work goes from schema to schema: PostgreSQL never
/// gives back what a backend has learnt of their tables.
const RENEWED_AFTER: u32 = 1_000;

/// Connections of one login.
#[derive(Clone)]
pub struct Pool {
    connections: r2d2::Pool<Manager>,
    /// One permit a connection: requests wait here, without holding a thread.
    permits: Arc<Semaphore>,
    options: PoolOptions,
}

impl Pool {
    /// A pool that connects when it is first used.
    pub fn new(url: DatabaseUrl, options: PoolOptions) -> Self {
        Self::with(Manager { url, most_uses: u32::MAX }, options)
    }

    /// The same for work that goes through many schemas: connections are replaced now and then.
    pub fn renewing(url: DatabaseUrl, options: PoolOptions) -> Self {
        Self::with(Manager { url, most_uses: RENEWED_AFTER }, options)
    }

    fn with(manager: Manager, options: PoolOptions) -> Self {
        let connections = r2d2::Pool::builder()
            .max_size(options.size)
            .min_idle(Some(0))
            // A dead connection is noticed when its transaction fails to begin; a ping at every
            // check-out would cost each request a round trip.
            .test_on_check_out(false)
            .connection_timeout(RECONNECTING)
            .error_handler(Box::new(QuietHandler))
            .build_unchecked(manager);
        let permits = Arc::new(Semaphore::new(options.size as usize));
        Self { connections, permits, options }
    }

    /// Runs `work` in one transaction on a blocking thread.
    ///
    /// The transaction begins with the message `begin` (SQL that starts with `BEGIN`), commits when
    /// `work` returns `Ok`, and rolls back when it returns `Err`. The outer result tells of the
    /// database, the inner one is `work`'s own.
    ///
    /// It ends in bounded time even when PostgreSQL does not: libpq blocks, so the thread, the connection and their
    /// permit stay with a server that is silent until it moves, but whoever asked gets an answer.
    ///
    /// # Errors
    /// As [`DatabaseError`] says. After an error nothing of `work` has happened nor will, unless it is
    /// [`DatabaseError::Unsettled`].
    pub async fn run<T, E, F>(&self, begin: String, work: F) -> Result<Result<T, E>, DatabaseError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        let deadline = Instant::now() + self.options.timeout;
        let waiting = Arc::clone(&self.permits).acquire_owned();
        let Ok(Ok(permit)) = time::timeout(self.options.timeout, waiting).await else {
            return Err(DatabaseError::Busy(self.options.timeout));
        };
        let watch = Arc::new(Watch::begin());
        let (pool, watched) = (self.clone(), Arc::clone(&watch));
        let hop = task::spawn_blocking(move || {
            let outcome =
                pool.begin(&begin, deadline, &watched).and_then(|mut open| open.settle(&watched, work));
            // Given back after the connection, also when the client has gone meanwhile.
            drop(permit);
            outcome
        });
        select! {
            biased;
            outcome = hop => outcome.unwrap_or(Err(DatabaseError::Panicked)),
            () = watch.silence(self.options.patience) => Err(watch.give_up(self.options.patience)),
        }
    }

    /// [`Pool::run`] for callers that are on a blocking thread already: boot and the command line.
    ///
    /// # Errors
    /// As [`Pool::run`].
    pub fn run_blocking<T, E>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        let watch = Arc::new(Watch::begin());
        self.begin(begin, Instant::now() + self.options.timeout, &watch)?.settle(&watch, work)
    }

    /// The same on a connection that is closed afterwards: a backend that has read much of the catalogues keeps
    /// all of it in memory.
    ///
    /// # Errors
    /// As [`Pool::run`].
    pub fn run_once<T, E>(
        &self,
        begin: &str,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        let watch = Arc::new(Watch::begin());
        let mut connection = self.begin(begin, Instant::now() + self.options.timeout, &watch)?;
        let outcome = connection.settle(&watch, work);
        connection.sound = false;
        outcome
    }

    /// Checks out a connection and begins on it, passing over those that died while they lay in the
    /// pool (after a restart of PostgreSQL all of them have). Nothing has run yet, so trying again is safe.
    fn begin(
        &self,
        begin: &str,
        deadline: Instant,
        watch: &Arc<Watch>,
    ) -> Result<r2d2::PooledConnection<Manager>, DatabaseError> {
        let mut dead = 0;
        loop {
            let mut connection = self
                .connections
                .get_timeout(deadline.saturating_duration_since(Instant::now()))
                .map_err(|error| DatabaseError::Unreachable(error.to_string()))?;
            connection.pg.set_instrumentation(Ear(Arc::clone(watch)));
            match AnsiTransactionManager::begin_transaction_sql(&mut connection.pg, begin) {
                Ok(()) => {
                    connection.sound = false;
                    connection.uses = connection.uses.saturating_add(1);
                    return Ok(connection);
                }
                Err(error) if is_closed(&error) && dead < self.options.size => {
                    connection.sound = false;
                    dead += 1;
                }
                Err(error) => {
                    // A later statement of the message failed: the transaction is open and aborted,
                    // which Diesel does not know.
                    connection.sound = connection.pg.batch_execute("ROLLBACK").is_ok();
                    return Err(error.into());
                }
            }
        }
    }
}

fn is_closed(error: &QueryError) -> bool {
    matches!(error, QueryError::DatabaseError(kind, _) if matches!(
        kind,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand
    ))
}

/// A connection, whether it may be used again, and how often it was.
struct PooledPg {
    pg: PgConnection,
    sound: bool,
    uses: u32,
}

impl PooledPg {
    /// Runs `work` in the transaction that has begun, and ends that.
    fn settle<T, E>(
        &mut self,
        watch: &Watch,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        // `sound` stays false while the work runs, so that a panic in it discards the connection.
        let pg = &mut self.pg;
        let result = work(pg);
        // Whoever asked may have been told already that nothing was done.
        let wanted = result.is_ok() && watch.may_commit();
        let ended = if wanted {
            AnsiTransactionManager::commit_transaction(pg)
        } else {
            AnsiTransactionManager::rollback_transaction(pg)
        };
        self.sound = ended.is_ok();
        match (result, ended) {
            (Ok(_), _) if !wanted => Err(DatabaseError::Silent(watch.age())),
            (Ok(_), Err(error)) if leaves_open(&error) => Err(DatabaseError::Unsettled(error.to_string())),
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => Ok(result),
        }
    }
}

/// Whether a COMMIT that ended like this may have been done all the same: its answer was lost with the connection.
fn leaves_open(error: &QueryError) -> bool {
    is_closed(error) || matches!(error, QueryError::RollbackErrorOnCommit { .. })
}

struct Manager {
    url: DatabaseUrl,
    most_uses: u32,
}

impl r2d2::ManageConnection for Manager {
    type Connection = PooledPg;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<PooledPg, Self::Error> {
        #[expect(clippy::disallowed_methods, reason = "the one place where connections are made")]
        let mut pg = PgConnection::establish(&self.url.for_pool())?;
        // Named statements would outlive the transaction: PgBouncer knows none of them, and one
        // prepared in a shop's schema is analysed anew in the next.
        pg.set_prepared_statement_cache_size(CacheSize::Disabled);
        Ok(PooledPg { pg, sound: true, uses: 0 })
    }

    fn is_valid(&self, connection: &mut PooledPg) -> Result<(), Self::Error> {
        connection.pg.batch_execute("SELECT 1").map_err(diesel::ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, connection: &mut PooledPg) -> bool {
        !connection.sound || connection.uses >= self.most_uses
    }
}

/// Says why connecting fails, once an attempt; the caller gets an error of its own.
#[derive(Debug)]
struct QuietHandler;

impl r2d2::HandleError<diesel::ConnectionError> for QuietHandler {
    fn handle_error(&self, error: diesel::ConnectionError) {
        tracing::warn!(%error, "connecting to the database failed");
    }
}
