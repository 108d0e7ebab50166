//! Watching Citus's servers: a thread asks now and then which do not answer, and which have more than their share of the shops.

use std::thread;
use std::time::{Duration, Instant};

use crate::tenancy::TenancyError;
use crate::tenancy::citus::{self, FullNode};
use crate::tenancy::engine::Tenancy;

/// The pause between two times.
const PAUSE: Duration = Duration::from_secs(5);
/// How often the shares are asked for: so many times less often.
const TIMES: usize = 12;
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
        self.nodes.silent.get()
    }

    /// Asks the servers of Citus again and again, until `stopped` returns true. Runs on a thread of its own; returns at once without
    /// Citus.
    pub fn supervise_nodes(&self, stopped: &dyn Fn() -> bool) {
        for time in (0..TIMES).cycle() {
            if !self.server.has_nodes() || stopped() {
                return;
            }
            if let Err(error) = self.ask_nodes(time == 0) {
                // The coordinator itself is away, of which a health check tells more.
                tracing::debug!(%error, "the servers of Citus could not be asked");
            }
            let next = Instant::now() + PAUSE;
            while !stopped() && Instant::now() < next {
                thread::sleep(POLL);
            }
        }
    }

    fn ask_nodes(&self, for_shares: bool) -> Result<(), TenancyError> {
        if for_shares {
            self.note_full_nodes(
                self.as_operator(|owner| Ok::<_, TenancyError>(citus::full_nodes(owner.pg())?))?,
            );
        }
        self.note_silent_nodes(&self.find_silent_nodes()?);
        Ok(())
    }

    fn note_silent_nodes(&self, names: &[String]) {
        let before = self.nodes.silent.replace(names.to_vec());
        for node in names.iter().filter(|node| !before.contains(node)) {
            tracing::warn!(node, "a server of Citus does not answer: requests in its shops get 503");
        }
        for node in before.iter().filter(|node| !names.contains(node)) {
            tracing::info!(node, "a server of Citus answers again");
        }
    }

    fn note_full_nodes(&self, full: Vec<FullNode>) {
        let before = self.nodes.full.replace(full.clone());
        for node in full.iter().filter(|node| !before.contains(node)) {
            tracing::info!(
                node = node.name,
                "a server of Citus has more than its share: new shops go to others"
            );
        }
    }
}
