//! The options of a run over the fleet, and its report.

use crate::tenancy::TenancyError;
use crate::tenancy::shop::ShopId;

/// The options of a run.
#[derive(Clone, Copy, Debug)]
pub struct FleetOptions {
    /// Number of threads that migrate shops, each on a connection of its own.
    pub workers: usize,
    /// Number of shops that may fail before the run ends. None means one in a hundred, and at least
    /// `MIN_FAILURE_BUDGET`. Shops that had failed before are tried again, and do not count.
    pub max_failures: Option<usize>,
    /// Number of shops to migrate before all others. The run ends if one of them is not migrated.
    pub canary: usize,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self { workers: 1, max_failures: None, canary: 0 }
    }
}

/// The number of failures that every run allows, however few shops there are.
pub const MIN_FAILURE_BUDGET: usize = 5;

/// What a run did.
#[derive(Debug, Default)]
pub struct FleetReport {
    /// How many shops were migrated.
    pub migrated: usize,
    /// The shops whose migration failed. Their schemas are as before.
    pub failed: Vec<ShopFailure>,
    /// The shops that others had locked all the time. They stay outdated until the next run.
    pub in_use: Vec<ShopId>,
    /// Why the run ended.
    pub end: End,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum End {
    /// Every shop was tried.
    #[default]
    Done,
    /// It was told to stop.
    Stopped,
    /// More shops failed than the options allow.
    TooManyFailures,
    /// One of the first shops was not migrated.
    CanaryFailed,
}

/// A shop whose migration failed.
#[derive(Debug)]
pub struct ShopFailure {
    /// The shop.
    pub shop: ShopId,
    /// Why, for the operator.
    pub error: TenancyError,
}

/// The progress of a run.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Number of shops that were outdated when it began.
    pub due: usize,
    /// Number of shops that it migrated.
    pub migrated: usize,
    /// Number of shops that failed.
    pub failed: usize,
}

impl FleetReport {
    /// Whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        self.migrated == 0 && self.failed.is_empty() && self.in_use.is_empty() && self.end == End::Done
    }

    /// Whether every outdated shop was migrated.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.in_use.is_empty() && self.end == End::Done
    }
}
