//! Pools of connections, and the one way to use one: a whole transaction on a blocking thread.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{
    AnsiTransactionManager, CacheSize, Connection, SimpleConnection, TransactionManager,
};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use rocket::tokio::sync::Semaphore;
use rocket::tokio::{task, time};

use crate::metrics::{PoolMeter, Spent};

use super::{DatabaseError, DatabaseUrl, errors};

/// How large a pool is and how long one waits for it.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// Connections at the most.
    pub size: u32,
    /// How long a request waits for a free connection before it is told that the server is busy.
    pub timeout: Duration,
}

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
    meter: Arc<PoolMeter>,
    spent: Spent,
}

impl Pool {
    /// A pool that connects when it is first used.
    pub fn new(url: DatabaseUrl, options: PoolOptions, meter: &Arc<PoolMeter>) -> Self {
        Self::with(Manager { url, most_uses: u32::MAX, meter: Arc::clone(meter) }, options)
    }

    /// The same for work that goes through many schemas: connections are replaced now and then.
    pub fn renewing(url: DatabaseUrl, options: PoolOptions, meter: &Arc<PoolMeter>) -> Self {
        Self::with(Manager { url, most_uses: RENEWED_AFTER, meter: Arc::clone(meter) }, options)
    }

    /// The same pool, which notes what it does in `spent`: for the work of one request.
    #[must_use]
    pub fn on_account_of(&self, spent: &Spent) -> Self {
        Self { spent: spent.clone(), ..self.clone() }
    }

    /// Notes how full the pool is, for the metrics.
    pub fn measure(&self) {
        let state = self.connections.state();
        self.meter.is_at(self.options.size, state.connections, state.idle_connections);
    }

    fn with(manager: Manager, options: PoolOptions) -> Self {
        let meter = Arc::clone(&manager.meter);
        let connections = r2d2::Pool::builder()
            .max_size(options.size)
            .min_idle(Some(0))
            // A dead connection is noticed when its transaction fails to begin; a ping at every
            // check-out would cost each request a round trip.
            .test_on_check_out(false)
            .connection_timeout(options.timeout)
            .error_handler(Box::new(QuietHandler(Arc::clone(&meter))))
            .build_unchecked(manager);
        let permits = Arc::new(Semaphore::new(options.size as usize));
        Self { connections, permits, options, meter, spent: Spent::default() }
    }

    /// Runs `work` in one transaction on a blocking thread.
    ///
    /// The transaction begins with the message `begin` (SQL that starts with `BEGIN`), commits when
    /// `work` returns `Ok`, and rolls back when it returns `Err`. The outer result tells of the
    /// database, the inner one is `work`'s own.
    ///
    /// # Errors
    /// As [`DatabaseError`] says. After an error nothing of `work` has happened, unless the
    /// connection broke during COMMIT.
    pub async fn run<T, E, F>(&self, begin: String, work: F) -> Result<Result<T, E>, DatabaseError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        let wait = self.meter.wait(&self.spent);
        let waiting = Arc::clone(&self.permits).acquire_owned();
        let Ok(Ok(permit)) = time::timeout(self.options.timeout, waiting).await else {
            wait.in_vain();
            return Err(DatabaseError::Busy(self.options.timeout));
        };
        drop(wait);
        let pool = self.clone();
        let hop = task::spawn_blocking(move || {
            let outcome = pool.run_blocking(&begin, work);
            // Given back after the connection, also when the client has gone meanwhile.
            drop(permit);
            outcome
        });
        hop.await.unwrap_or(Err(DatabaseError::Panicked))
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
        let _working = self.spent.working();
        let mut connection = self.begin(begin)?;
        connection.settle(work)
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
        let mut connection = self.begin(begin)?;
        let outcome = connection.settle(work);
        connection.sound = false;
        outcome
    }

    /// Checks out a connection and begins on it, passing over those that died while they lay in the
    /// pool (after a restart of PostgreSQL all of them have). Nothing has run yet, so trying again is safe.
    fn begin(&self, begin: &str) -> Result<r2d2::PooledConnection<Manager>, DatabaseError> {
        let mut dead = 0;
        loop {
            let mut connection = self
                .connections
                .get_timeout(self.options.timeout)
                .map_err(|error| DatabaseError::Unreachable(error.to_string()))?;
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
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        // `sound` stays false while the work runs, so that a panic in it discards the connection.
        let pg = &mut self.pg;
        let result = work(pg);
        let ended = match &result {
            Ok(_) => AnsiTransactionManager::commit_transaction(pg),
            Err(_) => AnsiTransactionManager::rollback_transaction(pg),
        };
        self.sound = ended.is_ok();
        match (result, ended) {
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => Ok(result),
        }
    }
}

struct Manager {
    url: DatabaseUrl,
    most_uses: u32,
    meter: Arc<PoolMeter>,
}

impl r2d2::ManageConnection for Manager {
    type Connection = PooledPg;
    type Error = diesel::ConnectionError;

    fn connect(&self) -> Result<PooledPg, Self::Error> {
        #[expect(clippy::disallowed_methods, reason = "the one place where connections are made")]
        let mut pg = PgConnection::establish(self.url.expose())?;
        // Named statements would outlive the transaction: PgBouncer knows none of them, and one
        // prepared in a shop's schema is analysed anew in the next.
        pg.set_prepared_statement_cache_size(CacheSize::Disabled);
        pg.set_instrumentation(errors::counting(Arc::clone(&self.meter)));
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
struct QuietHandler(Arc<PoolMeter>);

impl fmt::Debug for QuietHandler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("QuietHandler")
    }
}

impl r2d2::HandleError<diesel::ConnectionError> for QuietHandler {
    fn handle_error(&self, error: diesel::ConnectionError) {
        self.0.failed("connect");
        tracing::warn!(%error, "connecting to the database failed");
    }
}
