//! How the shops are, and the migration of those that lag.

use std::time::Duration;

use prometheus::{Histogram, IntCounterVec, IntGauge, IntGaugeVec, Registry, histogram_opts, opts};

use super::{MetricsError, registered};

/// Seconds for one shop: a few milliseconds, and longer where a migration fills a column.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0];

/// How the shops are, as they were counted last.
pub struct Shops {
    count: IntGaugeVec,
    counted_at: IntGauge,
}

impl Shops {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Shops, by state and by whether their schema is this release's; counted now and then.";
        let count = IntGaugeVec::new(opts!("shophouse_shops", about), &["state", "schema"]);
        let about = "When the shops were counted last, in Unix time; 0 before the first time.";
        let counted_at = IntGauge::new("shophouse_shops_counted_timestamp_seconds", about);
        Ok(Self { count: registered(registry, count)?, counted_at: registered(registry, counted_at)? })
    }

    /// Notes how many shops are in a state. They are `current`, or they lag.
    pub fn are(&self, state: &'static str, current: bool, number: i64) {
        let schema = if current { "current" } else { "lagging" };
        self.count.with_label_values(&[state, schema]).set(number);
    }

    /// Notes that all of them were counted now.
    pub fn are_counted(&self) {
        self.counted_at.set(chrono::Utc::now().timestamp());
    }
}

/// The migration of the shops that lag, by this process.
pub struct Migration {
    running: IntGauge,
    run: IntGaugeVec,
    tried: IntCounterVec,
    seconds: Histogram,
}

impl Migration {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "1 while this process migrates the shops that lag.";
        let running = IntGauge::new("shophouse_migration_running", about);
        let about = "Shops of the run that goes on, or of the last one: due when it began, migrated, failed.";
        let run = IntGaugeVec::new(opts!("shophouse_migration_run_shops", about), &["part"]);
        let about = "Shops that this process tried to migrate, by how it ended.";
        let tried = IntCounterVec::new(opts!("shophouse_migrated_shops_total", about), &["outcome"]);
        let about = "How long it took to migrate a shop.";
        let seconds = histogram_opts!("shophouse_migration_duration_seconds", about, SECONDS.to_vec());
        let migration = Self {
            running: registered(registry, running)?,
            run: registered(registry, run)?,
            tried: registered(registry, tried)?,
            seconds: registered(registry, Histogram::with_opts(seconds))?,
        };
        for outcome in ["migrated", "failed", "in_use"] {
            migration.tried.with_label_values(&[outcome]).inc_by(0);
        }
        migration.run_is(0, 0, 0);
        Ok(migration)
    }

    /// A run over so many shops begins. It ends when what this returns goes.
    pub fn begins(&self, due: usize) -> impl Drop + use<> {
        self.running.inc();
        self.run_is(due, 0, 0);
        Running(self.running.clone())
    }

    /// How far the run has come.
    pub fn run_is(&self, due: usize, migrated: usize, failed: usize) {
        for (part, number) in [("due", due), ("migrated", migrated), ("failed", failed)] {
            self.run.with_label_values(&[part]).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }

    /// A shop was brought up to date.
    pub fn migrated(&self, took: Duration) {
        self.tried.with_label_values(&["migrated"]).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// The migration of a shop failed.
    pub fn failed(&self) {
        self.tried.with_label_values(&["failed"]).inc();
    }

    /// A shop was in use, and is tried again later.
    pub fn was_in_use(&self) {
        self.tried.with_label_values(&["in_use"]).inc();
    }
}

struct Running(IntGauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}
