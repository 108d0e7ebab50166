//! A run over all shops that lag: several workers, a few shops first if asked so, and an end when too many
//! fail.
//!
//! Shops go through two rounds. In the first a few share a transaction, and a shop that others hold is passed over at
//! once, so that no worker stands still while there are others to do; in the second it is waited for.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::database::DatabaseError;
use crate::tenancy::TenancyError;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

use super::attempt::{Attempt, Patience};
use super::batch::Sharing;
use super::queue::Queue;

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
pub struct FleetOptions {
    /// Shops migrated at the same time, each on a connection of its own.
    pub workers: usize,
    /// Shops that may fail before the run ends; none: one in a hundred, and at least [`LEAST_BUDGET`].
    /// Shops that had failed before are tried again, and do not count.
    pub max_failures: Option<usize>,
    /// Shops to be migrated before all others; the run ends if any of them is not.
    pub canary: usize,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self { workers: 1, max_failures: None, canary: 0 }
    }
}

/// Failures that are allowed to every run, however small the fleet.
pub const LEAST_BUDGET: usize = 5;

/// What a run over the fleet did.
#[derive(Debug, Default)]
pub struct FleetReport {
    /// How many shops were brought to the newest version.
    pub migrated: usize,
    /// The shops that were not, and stay as they were.
    pub failed: Vec<ShopFailure>,
    /// The shops that others held or used all the time; they lag until the next run.
    pub in_use: Vec<ShopId>,
    /// Why the run ended.
    pub end: End,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum End {
    /// Every shop had its turn.
    #[default]
    Done,
    /// It was told to stop.
    Stopped,
    /// More shops failed than may.
    TooManyFailures,
    /// One of the shops that went first was not migrated.
    CanaryFailed,
}

/// A shop whose migration failed.
#[derive(Debug)]
pub struct ShopFailure {
    /// The shop.
    pub shop: ShopId,
    /// What failed, for the operator.
    pub error: TenancyError,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Shops that lagged when it began.
    pub due: usize,
    /// Shops that it brought up to date.
    pub migrated: usize,
    /// Shops that failed.
    pub failed: usize,
}

impl FleetReport {
    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        self.migrated == 0 && self.failed.is_empty() && self.in_use.is_empty() && self.end == End::Done
    }

    /// Whether every shop that lagged is up to date now.
    pub fn is_whole(&self) -> bool {
        self.failed.is_empty() && self.in_use.is_empty() && self.end == End::Done
    }
}

/// Asked between two shops whether to stop.
pub type Stopped<'a> = &'a (dyn Fn() -> bool + Sync);

impl Tenancy {
    /// Brings every shop that lags up to date. A shop that fails is marked in the ledger and keeps its data; the
    /// others go on. One that only did not get its locks in time is not marked: nothing is wrong with it.
    ///
    /// # Errors
    /// When the database fails; shops done by then stay done.
    pub fn migrate_fleet(
        &self,
        options: &FleetOptions,
        stopped: Stopped<'_>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<FleetReport, TenancyError> {
        let due = usize::try_from(self.lagging()?).unwrap_or_default();
        if due == 0 {
            return Ok(FleetReport::default());
        }
        let _running = self.metrics.migration.begins(due);
        let run = Run::new(self, options, due, stopped, progress);
        let queue = Queue::of_ledger(self);
        if options.canary > 0 {
            run.canary(&queue, options.canary)?;
        }
        run.over(&queue)
    }

    /// Brings one shop up to date.
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

/// A run on its way.
struct Run<'a> {
    tenancy: &'a Tenancy,
    workers: usize,
    budget: usize,
    due: usize,
    stopped: Stopped<'a>,
    progress: &'a (dyn Fn(Progress) + Sync),
    sharing: Sharing,
    tally: Mutex<Tally>,
}

#[derive(Default)]
struct Tally {
    report: FleetReport,
    /// Failures of shops that had been well.
    new_failures: usize,
    /// Why no worker goes on: the database is away.
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
        let budget = options.max_failures.unwrap_or_else(|| LEAST_BUDGET.max(due / 100));
        let (workers, sharing, tally) = (options.workers.max(1), Sharing::default(), Mutex::default());
        Self { tenancy, workers, budget, due, stopped, progress, sharing, tally }
    }

    /// The first few, one after the other. None of them may be left behind.
    fn canary(&self, queue: &Queue<'_>, count: usize) -> Result<(), TenancyError> {
        for _ in 0..count {
            let Some(shop) = queue.next()? else { break };
            if (self.stopped)() {
                break;
            }
            self.note(
                shop,
                self.tenancy.try_shop(shop, Patience::Patient, &self.sharing)?,
                Patience::Patient,
            );
        }
        let mut tally = self.tally();
        if !(tally.report.failed.is_empty() && tally.report.in_use.is_empty()) {
            tally.report.end = End::CanaryFailed;
        }
        Ok(())
    }

    /// Both rounds.
    fn over(self, queue: &Queue<'_>) -> Result<FleetReport, TenancyError> {
        self.round(queue, Patience::Hasty)?;
        let passed_over = std::mem::take(&mut self.tally().report.in_use);
        if !passed_over.is_empty() {
            self.round(&Queue::of(self.tenancy, passed_over), Patience::Patient)?;
        }
        let tally = self.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        tally.broken.map_or(Ok(tally.report), Err)
    }

    fn round(&self, queue: &Queue<'_>, patience: Patience) -> Result<(), TenancyError> {
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..self.workers).map(|_| scope.spawn(|| self.work(queue, patience))).collect();
            // All are waited for, whatever became of one.
            let ends: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            let panicked = || TenancyError::from(DatabaseError::Panicked);
            ends.into_iter().try_for_each(|end| end.map_err(|_| panicked()))
        })
    }

    fn work(&self, queue: &Queue<'_>, patience: Patience) {
        while self.goes_on() {
            match self.turn(queue, patience) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.tally().broken = Some(error),
            }
        }
    }

    /// The next few shops together, or else one by one. False when there are none.
    fn turn(&self, queue: &Queue<'_>, patience: Patience) -> Result<bool, TenancyError> {
        let together = match patience {
            Patience::Hasty => self.sharing.most(),
            Patience::Patient => 1,
        };
        let shops = queue.next_few(together)?;
        if shops.len() > 1
            && let Some(attempts) = self.tenancy.try_together(&shops)?
        {
            for (shop, attempt) in attempts {
                self.note(shop, attempt, patience);
            }
            return Ok(true);
        }
        for shop in &shops {
            if self.goes_on() {
                self.note(*shop, self.tenancy.try_shop(*shop, patience, &self.sharing)?, patience);
            }
        }
        Ok(!shops.is_empty())
    }

    fn goes_on(&self) -> bool {
        let mut tally = self.tally();
        if tally.report.end == End::Done && (self.stopped)() {
            tally.report.end = End::Stopped;
        }
        tally.report.end == End::Done && tally.broken.is_none()
    }

    fn note(&self, shop: ShopId, attempt: Attempt, patience: Patience) {
        let mut tally = self.tally();
        match attempt {
            Attempt::Migrated => tally.report.migrated += 1,
            Attempt::Current => return,
            Attempt::InUse(error) => {
                if patience == Patience::Patient {
                    let error = error.map(|error| error.to_string());
                    tracing::warn!(%shop, error, "the shop was in use and lags until the next run");
                    self.tenancy.metrics.migration.was_in_use();
                }
                tally.report.in_use.push(shop);
            }
            Attempt::Failed { error, anew } => {
                tracing::error!(%shop, %error, "the shop's migration failed; the shop is closed");
                tally.report.failed.push(ShopFailure { shop, error });
                tally.new_failures += usize::from(anew);
                if tally.new_failures > self.budget && tally.report.end == End::Done {
                    tally.report.end = End::TooManyFailures;
                }
            }
        }
        let (migrated, failed) = (tally.report.migrated, tally.report.failed.len());
        if self.due > 0 {
            // Under the lock, so that no worker overwrites it with an older count.
            self.tenancy.metrics.migration.run_is(self.due, migrated, failed);
        }
        drop(tally);
        (self.progress)(Progress { due: self.due, migrated, failed });
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
