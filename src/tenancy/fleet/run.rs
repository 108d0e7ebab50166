//! A run over all outdated shops. It has several workers, it can migrate some canaries first, and it ends when too many
//! shops fail.
//!
//! A run has two rounds. The first migrates shops in batches and skips those that others have locked, so that no worker
//! waits while there are other shops to migrate. The second waits for those that were skipped.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::database::DatabaseError;
use crate::tenancy::TenancyError;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

use super::batch::{Batch, BatchSize};
use super::outcome::{LockWait, Outcome};
use super::queue::Queue;
use super::report::{End, FleetOptions, FleetReport, MIN_FAILURE_BUDGET, Progress, ShopFailure};

/// Asked between two shops whether to stop.
pub type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

impl Tenancy {
    /// Migrates every outdated shop. A shop that fails keeps its data and is marked in the ledger; the run goes on with
    /// the others. A shop that only did not get its locks in time is not marked.
    ///
    /// # Errors
    /// When the database fails. Shops migrated by then stay migrated.
    pub fn migrate_fleet(
        &self,
        options: &FleetOptions,
        stopped: Stopped<'_>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<FleetReport, TenancyError> {
        let due = usize::try_from(self.count_outdated()?).unwrap_or_default();
        if due == 0 {
            return Ok(FleetReport::default());
        }
        let _running = self.metrics.migration.start_run(due);
        let run = Run::new(self, options, due, stopped, progress);
        let queue = Queue::of_ledger(self);
        if options.canary > 0 {
            run.canary(&queue, options.canary)?;
        }
        run.over(&queue)
    }

    /// Migrates one shop.
    ///
    /// # Errors
    /// As [`Tenancy::migrate_fleet`].
    pub fn migrate_one(&self, shop: ShopId) -> Result<FleetReport, TenancyError> {
        self.run_over(&Queue::of(self, vec![shop]), &FleetOptions::default(), &|| false)
    }

    pub(in crate::tenancy) fn run_over(
        &self,
        queue: &Queue<'_>,
        options: &FleetOptions,
        stopped: Stopped<'_>,
    ) -> Result<FleetReport, TenancyError> {
        Run::new(self, options, 0, stopped, &|_| {}).over(queue)
    }
}

/// A run in progress.
struct Run<'a> {
    tenancy: &'a Tenancy,
    workers: usize,
    budget: usize,
    due: usize,
    stopped: Stopped<'a>,
    progress: &'a (dyn Fn(Progress) + Sync),
    batch_size: BatchSize,
    tally: Mutex<Tally>,
}

#[derive(Default)]
struct Tally {
    report: FleetReport,
    /// Number of failed shops that had not failed before.
    new_failures: usize,
    /// Set when the database cannot be reached: all workers stop.
    broken: Option<TenancyError>,
}

impl<'a> Run<'a> {
    fn new(
        tenancy: &'a Tenancy,
        options: &FleetOptions,
        due: usize,
        stopped: Stopped<'a>,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> Self {
        let budget = options.max_failures.unwrap_or_else(|| MIN_FAILURE_BUDGET.max(due / 100));
        let (workers, batch_size, tally) =
            (options.workers.max(1), BatchSize::new(options.workers), Mutex::default());
        Self { tenancy, workers, budget, due, stopped, progress, batch_size, tally }
    }

    /// Migrates the first shops, one after the other. If one of them is not migrated, the run ends.
    fn canary(&self, queue: &Queue<'_>, count: usize) -> Result<(), TenancyError> {
        for _ in 0..count {
            let Some(shop) = queue.next()? else { break };
            if (self.stopped)() {
                break;
            }
            let outcome = self.tenancy.try_shop(shop, LockWait::Full, &self.batch_size)?;
            self.record(shop, outcome, LockWait::Full);
        }
        let mut tally = self.tally();
        if !(tally.report.failed.is_empty() && tally.report.in_use.is_empty()) {
            tally.report.end = End::CanaryFailed;
        }
        Ok(())
    }

    /// Runs both rounds.
    fn over(self, queue: &Queue<'_>) -> Result<FleetReport, TenancyError> {
        self.round(queue, LockWait::Short)?;
        let skipped = std::mem::take(&mut self.tally().report.in_use);
        if !skipped.is_empty() {
            self.round(&Queue::of(self.tenancy, skipped), LockWait::Full)?;
        }
        let tally = self.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally.broken.map_or(Ok(tally.report), Err)
    }

    fn round(&self, queue: &Queue<'_>, wait: LockWait) -> Result<(), TenancyError> {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.workers).map(|_| scope.spawn(|| self.work(queue, wait))).collect();
            // Waits for all of them, also when one has panicked.
            let ends: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            let panicked = || TenancyError::from(DatabaseError::Panicked);
            ends.into_iter().try_for_each(|end| end.map_err(|_| panicked()))
        })
    }

    fn work(&self, queue: &Queue<'_>, wait: LockWait) {
        while self.should_continue() {
            match self.migrate_next(queue, wait) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.tally().broken = Some(error),
            }
        }
    }

    /// Migrates the next shops, as a batch or else one by one. False when there are none.
    fn migrate_next(&self, queue: &Queue<'_>, wait: LockWait) -> Result<bool, TenancyError> {
        let number = match wait {
            LockWait::Short => self.batch_size.get(),
            LockWait::Full => 1,
        };
        let shops = queue.next_few(number)?;
        let mut has_failed = false;
        if shops.len() > 1 {
            match self.tenancy.try_batch(&shops)? {
                Batch::Done(outcomes) => {
                    for (shop, outcome) in outcomes {
                        self.record(shop, outcome, wait);
                    }
                    return Ok(true);
                }
                Batch::Failed => has_failed = true,
                Batch::Mixed => {}
            }
        }
        let mut migrated = 0;
        for shop in &shops {
            if self.should_continue() {
                let outcome = self.tenancy.try_shop(*shop, wait, &self.batch_size)?;
                migrated += usize::from(matches!(outcome, Outcome::Migrated));
                self.record(*shop, outcome, wait);
            }
        }
        if has_failed && migrated == shops.len() {
            self.batch_size.halve(migrated);
        }
        Ok(!shops.is_empty())
    }

    fn should_continue(&self) -> bool {
        let mut tally = self.tally();
        if tally.report.end == End::Done && (self.stopped)() {
            tally.report.end = End::Stopped;
        }
        tally.report.end == End::Done && tally.broken.is_none()
    }

    fn record(&self, shop: ShopId, outcome: Outcome, wait: LockWait) {
        let mut tally = self.tally();
        match outcome {
            Outcome::Migrated => tally.report.migrated += 1,
            Outcome::Current => return,
            Outcome::InUse(error) => {
                if wait == LockWait::Full {
                    let error = error.map(|error| error.to_string());
                    tracing::warn!(%shop, error, "the shop was in use and stays outdated until the next run");
                    self.tenancy.metrics.migration.in_use();
                }
                tally.report.in_use.push(shop);
            }
            Outcome::Failed { error, is_new } => {
                tracing::error!(%shop, %error, "the shop's migration failed; the shop is closed");
                tally.report.failed.push(ShopFailure { shop, error });
                tally.new_failures += usize::from(is_new);
                if tally.new_failures > self.budget && tally.report.end == End::Done {
                    tally.report.end = End::TooManyFailures;
                }
            }
        }
        let (migrated, failed) = (tally.report.migrated, tally.report.failed.len());
        if self.due > 0 {
            // Under the lock, so that no worker overwrites it with an older count.
            self.tenancy.metrics.migration.set_progress(self.due, migrated, failed);
        }
        drop(tally);
        (self.progress)(Progress { due: self.due, migrated, failed });
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
