//! Pools of connections, and the one way to use one: a whole transaction on a blocking thread.

use std::sync::Arc;
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::r2d2::{self, PooledConnection};
use rocket::tokio::select;
use rocket::tokio::sync::oneshot;

use crate::metrics::{PoolMeter, RequestCost};

use super::connection::{BeginError, Ending, Recycle};
use super::error::DatabaseError;
use super::lanes::{Lanes, Permit};
use super::manager::{self, Manager};
use super::party::Party;
use super::progress::Progress;
use super::session::Sessions;
use super::url::DatabaseUrl;

/// How large a pool is and how long one waits for it.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// Connections at the most.
    pub size: u32,
    /// How many of them work at a time, besides those that are held for long: all, if it is not said.
    pub active: Option<u32>,
    /// How long a request waits for a free connection before it is told that the server is busy.
    pub timeout: Duration,
    /// How long PostgreSQL may say nothing to a request before it is given up. Longer than the time limit of a
    /// statement: only a server that hangs, or a network that drops all, is silent for longer.
    pub patience: Duration,
}

impl PoolOptions {
    /// How many connections work at a time.
    fn active(&self) -> u32 {
        self.active.map_or(self.size, |active| active.min(self.size))
    }
}

/// Connections of one login.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
    cost: RequestCost,
    gives_way_to: Option<Arc<Lanes>>,
}

/// What is the same for all who use a pool.
struct Shared {
    lanes: Arc<Lanes>,
    /// One for each lane, or one for all of them.
    connections: Vec<r2d2::Pool<Manager>>,
    options: PoolOptions,
    meter: Arc<PoolMeter>,
}

impl Pool {
    /// A pool that connects when it is first used. Without `sessions`, no connection keeps statements prepared.
    pub fn new(
        url: &DatabaseUrl,
        options: PoolOptions,
        recycle: Recycle,
        sessions: Option<&Arc<Sessions>>,
        meter: &Arc<PoolMeter>,
    ) -> Self {
        let connections = manager::pools(url, options.size, recycle, sessions, meter);
        let idle = connections.clone();
        let on_idle = Box::new(move |lane: usize| manager::end_read(&idle[lane % idle.len()]));
        let lanes = Lanes::new(options.size, options.active(), on_idle);
        let meter = Arc::clone(meter);
        let shared = Shared { lanes, connections, options, meter };
        Self { shared: Arc::new(shared), cost: RequestCost::default(), gives_way_to: None }
    }

    /// The same pool, whose work pauses after each statement while the other pool is in use.
    #[must_use]
    pub fn giving_way_to(self, other: &Self) -> Self {
        Self { gives_way_to: Some(Arc::clone(&other.shared.lanes)), ..self }
    }

    /// The same pool, which adds the time that it takes to `cost`: for the work of one request.
    #[must_use]
    pub fn charged_to(&self, cost: &RequestCost) -> Self {
        Self { cost: cost.clone(), ..self.clone() }
    }

    /// The same pool, for the work of the request that `other` works for.
    #[must_use]
    pub fn with_cost_of(&self, other: &Self) -> Self {
        self.charged_to(&other.cost)
    }

    /// Notes how full the pool is, for the metrics.
    pub fn measure(&self) {
        let (mut open, mut idle) = (0, 0);
        for state in self.shared.connections.iter().map(r2d2::Pool::state) {
            open += state.connections;
            idle += state.idle_connections;
        }
        let options = &self.shared.options;
        self.shared.meter.is_at(options.size, options.active(), open - idle, idle);
    }

    /// Runs `work` in one transaction on a blocking thread. Waiting work of different parties takes turns; work of a party
    /// with a home gets the same connection, if that is free soon.
    ///
    /// The transaction begins with the message `begin` (SQL that starts with `BEGIN`), commits when
    /// `work` returns `Ok`, and rolls back when it returns `Err`. The outer result tells of the
    /// database, the inner one is `work`'s own.
    ///
    /// With [`Ending::Reads`] nobody waits for the end of the transaction: it goes with the message that begins the lane's next one,
    /// or is sent alone when no work waits. `begin` says `READ ONLY` then.
    ///
    /// It ends in bounded time even when PostgreSQL does not: libpq blocks, so the thread, the connection and their
    /// lane stay with a server that is silent until it moves, but whoever asked gets an answer.
    ///
    /// # Errors
    /// As [`DatabaseError`] says. After an error nothing of `work` has happened nor will, unless it is
    /// [`DatabaseError::Unsettled`].
    pub async fn run<T, E, F>(
        &self,
        party: Party,
        ending: Ending,
        begin: String,
        work: F,
    ) -> Result<Result<T, E>, DatabaseError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        let progress = Arc::new(Progress::begin());
        let (sender, mut outcome) = oneshot::channel();
        let (pool, own_progress) = (self.clone(), Arc::clone(&progress));
        let wait = self.shared.meter.wait(&self.cost);
        // Once it has started, it runs to its end also when the client has gone meanwhile: nobody hears of it then.
        let submitted = self.shared.lanes.submit(
            party,
            Box::new(move |permit| {
                drop(wait);
                let _ = sender.send(pool.transact(
                    permit,
                    party.home_key(),
                    (&begin, ending),
                    &own_progress,
                    work,
                ));
            }),
        );
        select! {
            biased;
            outcome = &mut outcome => outcome.unwrap_or(Err(DatabaseError::Panicked)),
            () = submitted.timed_out(self.shared.options.timeout) => Err(self.is_busy()),
            () = progress.silence(self.shared.options.patience) => Err(progress.cancel(self.shared.options.patience)),
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
        let progress = Arc::new(Progress::begin());
        self.transact(&self.acquire_blocking()?, None, (begin, Ending::Commits), &progress, work)
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
        let permit = self.acquire_blocking()?;
        let progress = Arc::new(Progress::begin());
        let mut pooled = self.begin(&permit, None, (begin, Ending::Commits), &progress)?;
        let connection = manager::opened(&mut pooled)?;
        let outcome = connection.run(&progress, work);
        connection.close_after_use();
        outcome
    }

    fn acquire_blocking(&self) -> Result<Permit, DatabaseError> {
        self.shared.lanes.acquire_blocking(self.shared.options.timeout).ok_or_else(|| self.is_busy())
    }

    fn is_busy(&self) -> DatabaseError {
        self.shared.meter.is_busy();
        DatabaseError::Busy(self.shared.options.timeout)
    }

    fn transact<T, E>(
        &self,
        permit: &Permit,
        key: Option<u64>,
        begin: (&str, Ending),
        progress: &Arc<Progress>,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        let _working = self.cost.working();
        let mut pooled = self.begin(permit, key, begin, progress)?;
        let connection = manager::opened(&mut pooled)?;
        match begin.1 {
            Ending::Commits => connection.run(progress, work),
            Ending::Reads => Ok(connection.read(work)),
        }
    }

    /// Begins on an idle connection of the lane's, or on a new one if those have died, as all have after a restart of
    /// PostgreSQL. Nothing has run yet, so another attempt is safe.
    fn begin(
        &self,
        permit: &Permit,
        key: Option<u64>,
        begin: (&str, Ending),
        progress: &Arc<Progress>,
    ) -> Result<PooledConnection<Manager>, DatabaseError> {
        let pools = &self.shared.connections;
        loop {
            let mut pooled = manager::check_out(&pools[permit.lane() % pools.len()], progress)?;
            let connection = manager::opened(&mut pooled)?;
            let was_idle = !connection.is_new();
            match connection.begin(begin, key, progress, &self.shared.meter, self.gives_way_to.as_ref()) {
                Ok(()) => return Ok(pooled),
                Err(BeginError::Lost(_)) if was_idle => {}
                Err(BeginError::Lost(error) | BeginError::Refused(error)) => return Err(error),
            }
        }
    }
}
