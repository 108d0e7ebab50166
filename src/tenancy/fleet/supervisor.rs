//! The supervisor: migrates the fleet while a server already serves, and then the shops that requests find outdated.
//! Such a shop was opened by an instance of the former release, or was in use during the run.

use std::thread;
use std::time::Duration;

use crate::tenancy::TenancyError;
use crate::tenancy::engine::Tenancy;

use super::queue::Queue;
use super::report::{End, FleetOptions, FleetReport};

/// How often the waiting supervisor checks whether it has to stop.
const POLL: Duration = Duration::from_millis(250);

/// After a run that left shops outdated, the next one begins after so many polls: half a minute.
const POLLS_TO_NEXT_RUN: u32 = 120;

/// After an error of the database, nothing is tried for so many polls: five seconds. Requests that find a shop outdated
/// may come all the time.
const POLLS_AFTER_ERROR: u32 = 20;

impl Tenancy {
    /// Migrates the fleet, and then each shop that a request finds outdated. Ends when `stopped` returns true, or when
    /// too many shops of a run failed. Runs on a thread of its own.
    pub fn supervise_migrations(&self, options: &FleetOptions, stopped: &(dyn Fn() -> bool + Sync)) {
        let mut polls = 0;
        let mut complete = self.run_and_report(options, stopped);
        while complete.is_some() && !stopped() {
            if self.outdated.wait(POLL) {
                // Every queue begins with the shops that requests found outdated, so this one needs no others.
                self.report(self.run_over(&Queue::of(self, Vec::new()), options, stopped), stopped);
            } else if complete == Some(false) {
                polls += 1;
            }
            if polls == POLLS_TO_NEXT_RUN {
                polls = 0;
                complete = self.run_and_report(options, stopped);
            }
        }
    }

    /// Whether all shops are current now; none when too many failed.
    fn run_and_report(&self, options: &FleetOptions, stopped: &(dyn Fn() -> bool + Sync)) -> Option<bool> {
        self.report(self.migrate_fleet(options, stopped, &|_| {}), stopped)
    }

    fn report(
        &self,
        outcome: Result<FleetReport, TenancyError>,
        stopped: &(dyn Fn() -> bool + Sync),
    ) -> Option<bool> {
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
                            "too many shops failed, so no more are migrated. Repair the cause and run: shophouse migrate"
                        );
                        None
                    }
                    _ => Some(report.in_use.is_empty()),
                }
            }
            Err(error) => {
                tracing::error!(%error, "the migration of the shops was interrupted, and is continued soon");
                pause(stopped);
                Some(false)
            }
        }
    }
}

fn pause(stopped: &(dyn Fn() -> bool + Sync)) {
    for _ in 0..POLLS_AFTER_ERROR {
        if stopped() {
            break;
        }
        thread::sleep(POLL);
    }
}
