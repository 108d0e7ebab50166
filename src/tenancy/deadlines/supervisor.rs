//! The supervisor: ends what is due as long as a server runs.

use std::thread;
use std::time::{Duration, Instant};

use crate::tenancy::engine::Tenancy;

/// How often it asks whether anything is due: one query, answered by an index.
const PAUSE: Duration = Duration::from_secs(3);
/// How long it waits after the database failed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(30);
/// How often it checks whether it has to stop.
const POLL: Duration = Duration::from_millis(250);

impl Tenancy {
    /// Ends what is due in the shops, until `stopped` returns true. Runs on a thread of its own.
    pub fn supervise_deadlines(&self, stopped: &dyn Fn() -> bool) {
        while !stopped() {
            let pause = match self.end_due(stopped) {
                Ok(_) => PAUSE,
                Err(error) => {
                    tracing::warn!(%error, "what is due in the shops could not be ended; this is tried again soon");
                    PAUSE_AFTER_ERROR
                }
            };
            let next = Instant::now() + pause;
            while !stopped() && Instant::now() < next {
                thread::sleep(POLL);
            }
        }
    }
}
