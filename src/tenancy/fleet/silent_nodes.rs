//! The servers of Citus that do not answer. A server asks for them now and then, so that a health check waits for none of them.

use std::thread;
use std::time::{Duration, Instant};

use crate::tenancy::TenancyError;
use crate::tenancy::citus;
use crate::tenancy::engine::Tenancy;

/// The pause between two times.
const PAUSE: Duration = Duration::from_secs(5);
/// How often it checks whether it has to stop.
const POLL: Duration = Duration::from_millis(250);

impl Tenancy {
    /// Asks which servers of Citus do not answer; none without Citus. It waits for a server that is cut off for as long as Citus does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find_silent_nodes(&self) -> Result<Vec<String>, TenancyError> {
        if !self.server.has_nodes() {
            return Ok(Vec::new());
        }
        self.as_operator(|owner| Ok(citus::silent_nodes(owner.pg())?))
    }

    /// The servers of Citus that did not answer [`Tenancy::supervise_nodes`] when it asked last.
    pub fn silent_nodes(&self) -> Vec<String> {
        self.silent_nodes.get()
    }

    /// Asks the servers of Citus again and again, until `stopped` returns true. Runs on a thread of its own; returns at once without
    /// Citus.
    pub fn supervise_nodes(&self, stopped: &dyn Fn() -> bool) {
        while self.server.has_nodes() && !stopped() {
            match self.find_silent_nodes() {
                Ok(names) => self.note_silent_nodes(names),
                // The coordinator itself is away, of which a health check tells more.
                Err(error) => tracing::debug!(%error, "the servers of Citus could not be asked"),
            }
            let next = Instant::now() + PAUSE;
            while !stopped() && Instant::now() < next {
                thread::sleep(POLL);
            }
        }
    }

    fn note_silent_nodes(&self, names: Vec<String>) {
        let before = self.silent_nodes.get();
        for node in names.iter().filter(|node| !before.contains(node)) {
            tracing::warn!(node, "a server of Citus does not answer: requests in its shops get 503");
        }
        for node in before.iter().filter(|node| !names.contains(node)) {
            tracing::info!(node, "a server of Citus answers again");
        }
        self.silent_nodes.set(names);
    }
}
