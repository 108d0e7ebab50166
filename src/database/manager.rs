//! The connections in r2d2's pools: how they are opened, checked out, and replaced.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::r2d2::{self, ConnectionManager, ManageConnection, PooledConnection};
use scheduled_thread_pool::ScheduledThreadPool;

use crate::metrics::PoolMeter;

use super::connection::{Connection, Recycle};
use super::error::DatabaseError;
use super::progress::Progress;
use super::session::{Session, Sessions};
use super::url::DatabaseUrl;

/// Threads that open connections, for all pools: as many as r2d2 takes for each pool.
const OPENING_THREADS: usize = 3;

/// How long a connection may take to open. libpq gives up sooner, see `connect_timeout` in `url.rs`.
const OPENING_LIMIT: Duration = Duration::from_mins(1);

/// Opens connections for r2d2, and says which are to be closed.
pub(super) struct Manager {
    opener: ConnectionManager<PgConnection>,
    sessions: Option<Arc<Sessions>>,
    recycle: Recycle,
    meter: Arc<PoolMeter>,
}

impl ManageConnection for Manager {
    /// Or the reason why none could be opened. r2d2 would keep an error from those who wait until their time is up, and
    /// try again with pauses in between. This way they hear of it at once, and the next one tries at once.
    type Connection = Result<Connection, String>;
    type Error = Infallible;

    fn connect(&self) -> Result<Self::Connection, Infallible> {
        let (session, opened) =
            self.sessions.as_ref().map_or((Session::Unknown, None), |sessions| sessions.kind());
        let opened = opened.map_or_else(|| self.opener.connect(), Ok).map_err(|error| {
            self.meter.failed("connect");
            tracing::warn!(%error, "connecting to the database failed");
            error.to_string()
        });
        Ok(opened.map(|pg| Connection::new(pg, session)))
    }

    /// Not asked at a check-out: the message that begins a transaction tells as much, without a round trip of its own.
    fn is_valid(&self, _: &mut Self::Connection) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut Self::Connection) -> bool {
        connection
            .as_mut()
            .map_or(true, |connection| connection.is_broken() || connection.is_due(self.recycle))
    }
}

/// The threads that open connections.
static THREADS: LazyLock<Arc<ScheduledThreadPool>> =
    LazyLock::new(|| Arc::new(ScheduledThreadPool::builder().num_threads(OPENING_THREADS).build()));

/// The r2d2 pools for `size` connections. Where work has keys, each lane has a pool of one connection, since r2d2 lets
/// nobody choose a connection. Otherwise all lanes share one pool.
pub(super) fn pools(
    url: &DatabaseUrl,
    size: u32,
    recycle: Recycle,
    sessions: Option<&Arc<Sessions>>,
    meter: &Arc<PoolMeter>,
) -> Vec<r2d2::Pool<Manager>> {
    let (count, size) = match recycle {
        Recycle::Memory(_) => (size.max(1), 1),
        Recycle::Transactions(_) => (1, size.max(1)),
    };
    let pool = |_| {
        #[expect(clippy::disallowed_methods, reason = "the one place where connections are made")]
        let opener = ConnectionManager::new(url.for_pool());
        r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            // r2d2 looks for old connections every 30 s, and only at idle ones: a busy one would never be replaced. The
            // manager looks at each when it comes back.
            .max_lifetime(None)
            .idle_timeout(None)
            .connection_timeout(OPENING_LIMIT)
            .thread_pool(Arc::clone(&THREADS))
            .build_unchecked(Manager {
                opener,
                sessions: sessions.cloned(),
                recycle,
                meter: Arc::clone(meter),
            })
    };
    (0..count).map(pool).collect()
}

/// Takes an idle connection, or opens one. To be called by no more threads at once than the pool may have connections.
pub(super) fn check_out(
    pool: &r2d2::Pool<Manager>,
    progress: &Progress,
) -> Result<PooledConnection<Manager>, DatabaseError> {
    while let Some(idle) = pool.try_get() {
        // One that could not be opened after all, when nobody waited any more, says nothing of now.
        if idle.is_ok() {
            return Ok(idle);
        }
    }
    progress.is_sent();
    let opened = pool.get();
    progress.is_answered();
    opened.map_err(|error| DatabaseError::Unreachable(error.to_string()))
}

/// Ends the read whose transaction is still open on an idle connection, if there is one.
pub(super) fn end_read(pool: &r2d2::Pool<Manager>) {
    if let Some(mut idle) = pool.try_get()
        && let Ok(connection) = idle.as_mut()
    {
        connection.end_read();
    }
}

/// The connection that was checked out.
///
/// # Errors
/// The reason when it could not be opened.
pub(super) fn opened(pooled: &mut PooledConnection<Manager>) -> Result<&mut Connection, DatabaseError> {
    pooled.as_mut().map_err(|reason| DatabaseError::Unreachable(reason.clone()))
}
