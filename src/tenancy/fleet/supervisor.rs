//! The keeper: migrates the fleet behind a server that answers requests already, and then the shops that requests
//! find lagging: one that an instance of the former release opened, or that was in use during the run.

use std::time::Duration;

use crate::tenancy::TenancyError;
use crate::tenancy::engine::Tenancy;

use super::queue::Queue;
use super::run::{End, FleetOptions, FleetReport};

/// How often a waiting keeper looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(250);

/// How many looks after a run that was not whole the next one begins: half a minute.
const LOOKS_TO_NEXT_RUN: u32 = 120;

impl Tenancy {
    /// Migrates the fleet, and then whatever requests ask for, until `stopped` says so or a run has met more
    /// failures than it may. Meant for a thread of its own.
    pub fn keep_migrated(&self, options: &FleetOptions, stopped: &(dyn Fn() -> bool + Sync)) {
        let mut looks = 0;
        let mut whole = self.run_and_report(options, stopped);
        while whole.is_some() && !stopped() {
            if self.wanted.wait(LOOK) {
                // The queue has none of its own: the wanted ones go first in every queue.
                self.report(self.run_over(&Queue::of(self, Vec::new()), options, stopped));
            } else if whole == Some(false) {
                looks += 1;
            }
            if looks == LOOKS_TO_NEXT_RUN {
                looks = 0;
                whole = self.run_and_report(options, stopped);
            }
        }
    }

    /// Whether all shops are up to date now; none when it makes no sense to go on.
    fn run_and_report(&self, options: &FleetOptions, stopped: &(dyn Fn() -> bool + Sync)) -> Option<bool> {
        self.report(self.migrate_fleet(options, stopped, &|_| {}))
    }

    fn report(&self, outcome: Result<FleetReport, TenancyError>) -> Option<bool> {
        match outcome {
            Ok(report) if report.is_empty() => Some(true),
            Ok(report) => {
                tracing::info!(
                    version = self.tenant_version(),
                    migrated = report.migrated,
                    failed = report.failed.len(),
                    in_use = report.in_use.len(),
                    "shops brought up to date"
                );
                match report.end {
                    End::TooManyFailures => {
                        tracing::error!(
                            "too many shops failed: no more are tried. When the reason is mended, run: shophouse migrate"
                        );
                        None
                    }
                    _ => Some(report.in_use.is_empty()),
                }
            }
            Err(error) => {
                tracing::error!(%error, "the migration of the shops was broken off, and is taken up again soon");
                Some(false)
            }
        }
    }
}
