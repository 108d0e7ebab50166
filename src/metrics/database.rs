//! Metrics of the connection pools, and of the errors of their connections.

use std::time::Instant;

use prometheus::{
    Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, histogram_opts, opts,
};

use super::{MetricsError, RequestCost, registered};

/// The kinds of errors: the values of the label `kind`.
pub(crate) const KINDS: [&str; 21] = [
    "connect",
    "connection_lost",
    "unavailable",
    "node_away",
    "commit_lost",
    "read_only",
    "statement_timeout",
    "lock_timeout",
    "canceled",
    "deadlock",
    "disk_full",
    "out_of_memory",
    "locks_exhausted",
    "statement_lost",
    "serialization_failure",
    "permission_denied",
    "unique_violation",
    "foreign_key_violation",
    "not_null_violation",
    "check_violation",
    "other",
];

/// Upper bounds in seconds. Mostly a connection is free at once; after three seconds a request gives up.
const SECONDS: [f64; 9] = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 3.0];

/// The metrics of all pools, by the label `pool`.
pub(super) struct Pools {
    size: IntGaugeVec,
    active: IntGaugeVec,
    in_use: IntGaugeVec,
    idle: IntGaugeVec,
    waiting: IntGaugeVec,
    timeouts: IntCounterVec,
    waited: HistogramVec,
    errors: IntCounterVec,
}

impl Pools {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let gauge =
            |name: &str, about: &str| registered(registry, IntGaugeVec::new(opts!(name, about), &["pool"]));
        let counter = |name: &str, about: &str, labels: &[&str]| {
            registered(registry, IntCounterVec::new(opts!(name, about), labels))
        };
        let about = "How long requests waited for a connection.";
        let waited = histogram_opts!("shophouse_pool_wait_seconds", about, SECONDS.to_vec());
        Ok(Self {
            size: gauge("shophouse_pool_size", "Connections that the pool may have.")?,
            active: gauge("shophouse_pool_active", "Connections that may work at a time.")?,
            in_use: gauge("shophouse_pool_in_use", "Connections that are in use.")?,
            idle: gauge("shophouse_pool_idle", "Connections that are open and idle.")?,
            waiting: gauge("shophouse_pool_waiting", "Requests that wait for a connection.")?,
            timeouts: counter(
                "shophouse_pool_timeouts_total",
                "Requests that got no connection in time.",
                &["pool"],
            )?,
            waited: registered(registry, HistogramVec::new(waited, &["pool"]))?,
            errors: counter(
                "shophouse_database_errors_total",
                "Errors of the database, by kind; the application expects some of them.",
                &["pool", "kind"],
            )?,
        })
    }

    pub(super) fn meter(&self, pool: &str) -> PoolMeter {
        let meter = PoolMeter {
            size: self.size.with_label_values(&[pool]),
            active: self.active.with_label_values(&[pool]),
            in_use: self.in_use.with_label_values(&[pool]),
            idle: self.idle.with_label_values(&[pool]),
            waiting: self.waiting.with_label_values(&[pool]),
            timeouts: self.timeouts.with_label_values(&[pool]),
            waited: self.waited.with_label_values(&[pool]),
            errors: KINDS.map(|kind| (kind, self.errors.with_label_values(&[pool, kind]))),
        };
        meter.errors.iter().for_each(|(_, counter)| counter.inc_by(0));
        meter
    }
}

/// The metrics of one pool.
pub struct PoolMeter {
    size: IntGauge,
    active: IntGauge,
    in_use: IntGauge,
    idle: IntGauge,
    waiting: IntGauge,
    timeouts: IntCounter,
    waited: Histogram,
    errors: [(&'static str, IntCounter); KINDS.len()],
}

impl PoolMeter {
    /// Sets how full the pool is.
    pub fn is_at(&self, size: u32, active: u32, in_use: u32, idle: u32) {
        self.size.set(size.into());
        self.active.set(active.into());
        self.in_use.set(in_use.into());
        self.idle.set(idle.into());
    }

    /// A request begins to wait for a connection, until the returned value is dropped.
    pub fn wait(&self, cost: &RequestCost) -> Wait {
        self.waiting.inc();
        let (waiting, waited) = (self.waiting.clone(), self.waited.clone());
        Wait { waiting, waited, cost: cost.clone(), since: Instant::now() }
    }

    /// Counts a request that got no connection in time.
    pub fn is_busy(&self) {
        self.timeouts.inc();
    }

    /// Counts an error by its kind. A kind that is not one of `KINDS` counts as `other`.
    pub fn failed(&self, kind: &str) {
        let known = self.errors.iter().find(|(known, _)| *known == kind).or(self.errors.last());
        known.inspect(|(_, counter)| counter.inc());
    }
}

/// A request that waits for a connection. It is dropped when the request gets one, gives up, or is cancelled.
pub struct Wait {
    waiting: IntGauge,
    waited: Histogram,
    cost: RequestCost,
    since: Instant,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.waiting.dec();
        let waited = self.since.elapsed();
        self.waited.observe(waited.as_secs_f64());
        self.cost.waited(waited);
    }
}
