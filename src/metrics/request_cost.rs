//! The time that one request took of the database, for its line in the log. The pools add it up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time that one request took of the database.
#[derive(Clone, Debug, Default)]
pub struct RequestCost(Arc<Times>);

/// In microseconds.
#[derive(Debug, Default)]
struct Times {
    waiting: AtomicU64,
    working: AtomicU64,
}

impl RequestCost {
    pub(super) fn waited(&self, time: Duration) {
        self.0.waiting.fetch_add(micros(time), Ordering::Relaxed);
    }

    /// Counts the time until the returned value is dropped.
    pub fn working(&self) -> impl Drop + use<> {
        Working { cost: self.clone(), since: Instant::now() }
    }

    /// How long the request waited for connections.
    pub fn on_waiting(&self) -> Duration {
        Duration::from_micros(self.0.waiting.load(Ordering::Relaxed))
    }

    /// How long the request had a connection, from check-out to the end of the transaction.
    pub fn on_work(&self) -> Duration {
        Duration::from_micros(self.0.working.load(Ordering::Relaxed))
    }
}

struct Working {
    cost: RequestCost,
    since: Instant,
}

impl Drop for Working {
    fn drop(&mut self) {
        self.cost.0.working.fetch_add(micros(self.since.elapsed()), Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
