//! Metrics of the shops, and of the migration of outdated ones.

use std::time::Duration;

use prometheus::{Histogram, IntCounterVec, IntGauge, IntGaugeVec, Registry, histogram_opts, opts};

use super::{MetricsError, registered};

/// Upper bounds in seconds, for one shop: a few milliseconds, and longer where a migration fills a column.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0];

/// Shop counts.
pub struct Shops {
    count: IntGaugeVec,
    counted_at: IntGauge,
}

impl Shops {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "Shops, by state and by whether their schema is this release's; counted now and then.";
        let count = IntGaugeVec::new(opts!("shophouse_shops", about), &["state", "schema"]);
        let about = "When the shops were last counted, in Unix time; 0 before the first count.";
        let counted_at = IntGauge::new("shophouse_shops_counted_timestamp_seconds", about);
        Ok(Self { count: registered(registry, count)?, counted_at: registered(registry, counted_at)? })
    }

    /// Sets the number of shops in a state whose schema is `current`, or outdated.
    pub fn set_count(&self, state: &'static str, current: bool, number: i64) {
        let schema = if current { "current" } else { "lagging" };
        self.count.with_label_values(&[state, schema]).set(number);
    }

    /// Sets the time of the count to now.
    pub fn set_counted_now(&self) {
        self.counted_at.set(chrono::Utc::now().timestamp());
    }
}

/// The migration of outdated shops by this process.
pub struct Migration {
    running: IntGauge,
    run: IntGaugeVec,
    outcomes: IntCounterVec,
    seconds: Histogram,
}

impl Migration {
    pub(super) fn register(registry: &Registry) -> Result<Self, MetricsError> {
        let about = "1 while this process migrates outdated shops.";
        let running = IntGauge::new("shophouse_migration_running", about);
        let about = "Shops of the current or the last run: due when it began, migrated, failed.";
        let run = IntGaugeVec::new(opts!("shophouse_migration_run_shops", about), &["part"]);
        let about = "Shops that this process tried to migrate, by how it ended.";
        let outcomes = IntCounterVec::new(opts!("shophouse_migrated_shops_total", about), &["outcome"]);
        let about = "How long it took to migrate a shop.";
        let seconds = histogram_opts!("shophouse_migration_duration_seconds", about, SECONDS.to_vec());
        let migration = Self {
            running: registered(registry, running)?,
            run: registered(registry, run)?,
            outcomes: registered(registry, outcomes)?,
            seconds: registered(registry, Histogram::with_opts(seconds))?,
        };
        for outcome in ["migrated", "failed", "in_use"] {
            migration.outcomes.with_label_values(&[outcome]).inc_by(0);
        }
        migration.set_progress(0, 0, 0);
        Ok(migration)
    }

    /// Starts a run over `due` shops. It ends when the returned value is dropped.
    pub fn start_run(&self, due: usize) -> impl Drop + use<> {
        self.running.inc();
        self.set_progress(due, 0, 0);
        Running(self.running.clone())
    }

    /// Sets the progress of the run.
    pub fn set_progress(&self, due: usize, migrated: usize, failed: usize) {
        for (part, number) in [("due", due), ("migrated", migrated), ("failed", failed)] {
            self.run.with_label_values(&[part]).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }

    /// Counts a migrated shop.
    pub fn migrated(&self, took: Duration) {
        self.outcomes.with_label_values(&["migrated"]).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a shop whose migration failed.
    pub fn failed(&self) {
        self.outcomes.with_label_values(&["failed"]).inc();
    }

    /// Counts a shop that was in use, and is tried again later.
    pub fn in_use(&self) {
        self.outcomes.with_label_values(&["in_use"]).inc();
    }
}

struct Running(IntGauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}
