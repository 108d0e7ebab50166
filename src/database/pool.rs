//! Pools of connections, and the one way to use one: a whole transaction on a blocking thread.

use std::sync::Arc;
use std::time::Duration;

use diesel::pg::PgConnection;
use rocket::tokio::select;
use rocket::tokio::sync::oneshot;

use crate::metrics::{PoolMeter, Spent};

use super::connection::{Begun, Idle, NotBegun, Renewal};
use super::lanes::{Lanes, Turn};
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

/// Connections of one login.
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
    spent: Spent,
}

/// What is the same for all who use a pool.
struct Shared {
    url: DatabaseUrl,
    lanes: Arc<Lanes>,
    options: PoolOptions,
    renewal: Renewal,
    meter: Arc<PoolMeter>,
}

impl Pool {
    /// A pool that connects when it is first used.
    pub fn new(url: DatabaseUrl, options: PoolOptions, renewal: Renewal, meter: &Arc<PoolMeter>) -> Self {
        let (lanes, meter) = (Lanes::new(options.size), Arc::clone(meter));
        Self { shared: Arc::new(Shared { url, lanes, options, renewal, meter }), spent: Spent::default() }
    }

    /// The same pool, which notes what it does in `spent`: for the work of one request.
    #[must_use]
    pub fn on_account_of(&self, spent: &Spent) -> Self {
        Self { shared: Arc::clone(&self.shared), spent: spent.clone() }
    }

    /// Notes how full the pool is, for the metrics.
    pub fn measure(&self) {
        let (in_use, idle) = self.shared.lanes.state();
        self.shared.meter.is_at(self.shared.options.size, in_use, idle);
    }

    /// Runs `work` in one transaction on a blocking thread. Work of one `key` goes to one connection, as far as that is to
    /// be had.
    ///
    /// The transaction begins with the message `begin` (SQL that starts with `BEGIN`), commits when
    /// `work` returns `Ok`, and rolls back when it returns `Err`. The outer result tells of the
    /// database, the inner one is `work`'s own.
    ///
    /// It ends in bounded time even when PostgreSQL does not: libpq blocks, so the thread, the connection and their
    /// lane stay with a server that is silent until it moves, but whoever asked gets an answer.
    ///
    /// # Errors
    /// As [`DatabaseError`] says. After an error nothing of `work` has happened nor will, unless it is
    /// [`DatabaseError::Unsettled`].
    pub async fn run<T, E, F>(
        &self,
        key: Option<u64>,
        begin: String,
        work: F,
    ) -> Result<Result<T, E>, DatabaseError>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
    {
        let watch = Arc::new(Watch::begin());
        let (tell, mut told) = oneshot::channel();
        let (pool, watched) = (self.clone(), Arc::clone(&watch));
        let wait = self.shared.meter.wait(&self.spent);
        // Once it has begun, it goes on to its end also when the client has gone meanwhile: nobody hears of it then.
        let waiting = self.shared.lanes.work(
            key,
            Box::new(move |turn| {
                drop(wait);
                let _ = tell.send(pool.transact(turn, key, &begin, &watched, work));
            }),
        );
        select! {
            biased;
            outcome = &mut told => outcome.unwrap_or(Err(DatabaseError::Panicked)),
            () = waiting.in_vain(self.shared.options.timeout) => Err(self.is_busy()),
            () = watch.silence(self.shared.options.patience) => Err(watch.give_up(self.shared.options.patience)),
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
        self.transact(&self.turn_blocking()?, None, begin, &Arc::new(Watch::begin()), work)
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
        let turn = self.turn_blocking()?;
        let outcome = self.transact(&turn, None, begin, &Arc::new(Watch::begin()), work);
        drop(turn.take());
        outcome
    }

    fn turn_blocking(&self) -> Result<Turn, DatabaseError> {
        self.shared.lanes.turn_blocking(self.shared.options.timeout).ok_or_else(|| self.is_busy())
    }

    fn is_busy(&self) -> DatabaseError {
        self.shared.meter.is_busy();
        DatabaseError::Busy(self.shared.options.timeout)
    }

    fn transact<T, E>(
        &self,
        turn: &Turn,
        key: Option<u64>,
        begin: &str,
        watch: &Arc<Watch>,
        work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
    ) -> Result<Result<T, E>, DatabaseError> {
        let _working = self.spent.working();
        let (outcome, idle) = self.begin(turn, key, begin, watch)?.settle(watch, work);
        if let Some(idle) = idle.filter(|idle| !idle.is_worn(self.shared.renewal)) {
            turn.give_back(idle);
        }
        outcome
    }

    /// Begins on the turn's connection, or on a new one if that died while it lay idle, as all of them have after a restart
    /// of PostgreSQL. Nothing has run yet, so trying again is safe.
    fn begin(
        &self,
        turn: &Turn,
        key: Option<u64>,
        begin: &str,
        watch: &Arc<Watch>,
    ) -> Result<Begun, DatabaseError> {
        let ear = || Ear { watch: Arc::clone(watch), meter: Arc::clone(&self.shared.meter) };
        if let Some(idle) = turn.take() {
            match idle.begin(begin, key, ear()) {
                Err(NotBegun::Dead(_)) => {}
                other => return begun(turn, other),
            }
        }
        watch.asks();
        let fresh = Idle::connect(&self.shared.url, &self.shared.meter);
        watch.is_answered();
        begun(turn, fresh?.begin(begin, key, ear()))
    }
}

fn begun(turn: &Turn, outcome: Result<Begun, NotBegun>) -> Result<Begun, DatabaseError> {
    outcome.map_err(|not_begun| match not_begun {
        NotBegun::Dead(error) => error,
        NotBegun::Refused(error, idle) => {
            if let Some(idle) = idle {
                turn.give_back(*idle);
            }
            error
        }
    })
}
