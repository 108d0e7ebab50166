//! What one request spent on the database, for its line in the log: the pools add it up, whoever serves the
//! request reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time that was spent on behalf of one request.
#[derive(Clone, Debug, Default)]
pub struct RequestCost(Arc<Times>);

/// Microseconds.
#[derive(Debug, Default)]
struct Times {
    waiting: AtomicU64,
    working: AtomicU64,
}

impl RequestCost {
    pub(super) fn waited(&self, time: Duration) {
        self.0.waiting.fetch_add(micros(time), Ordering::Relaxed);
    }

    /// From now on until what this returns goes, the database works.
    pub fn working(&self) -> impl Drop + use<> {
        Working { cost: self.clone(), since: Instant::now() }
    }

    /// How long the request waited for connections.
    pub fn on_waiting(&self) -> Duration {
        Duration::from_micros(self.0.waiting.load(Ordering::Relaxed))
    }

    /// How long it had one, from its check-out to the end of the transaction.
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
