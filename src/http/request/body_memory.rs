//! The memory that JSON bodies take while they are read: thousands of clients may send large ones slowly.

use std::sync::{Arc, Mutex, PoisonError};

use rocket::Request;

use crate::http::budget::{Budget, Taken};
use crate::http::problem::{BUSY, Problem, TOO_LARGE};

use super::client;
use super::log_fields::LogFields;

/// The largest JSON body, in bytes.
pub(in crate::http) const JSON_LIMIT: u64 = 1 << 20;

/// The bytes of a body that count for nobody: most bodies have fewer.
const SMALL: usize = 8 << 10;
/// The bytes of all larger bodies together, and of those of one caller.
const TOTAL: u64 = 16 << 20;
const SHARE: u64 = 4 << 20;

/// The memory for the bodies of a server. Managed by Rocket as state.
pub struct AllBodies(Arc<Budget>);

impl Default for AllBodies {
    fn default() -> Self {
        Self(Budget::new(TOTAL, SHARE))
    }
}

/// The memory that a request's body takes, until the request has been answered.
pub(super) struct BodyMemory {
    /// None where nothing is bounded: a server that does not manage [`AllBodies`].
    taken: Option<Mutex<Taken>>,
}

impl BodyMemory {
    /// Of this request, by who sends it: a user, or a stranger's address.
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| {
            let user = LogFields::of(request).user();
            let party = user.map_or_else(|| address(request), |user| user.as_u128());
            let bodies = request.rocket().state::<AllBodies>();
            let taken = bodies.and_then(|bodies| bodies.0.take(party, 0).ok());
            Self { taken: taken.map(Mutex::new) }
        })
    }

    /// Takes memory for a body that has this many bytes by now.
    ///
    /// # Errors
    /// When it is too large, or there is no memory for it.
    pub(super) fn grow_to(&self, bytes: usize) -> Result<(), Problem> {
        if bytes as u64 > JSON_LIMIT {
            return Err(TOO_LARGE.because("A JSON body may have at most 1 MiB."));
        }
        let Some(taken) = self.taken.as_ref().filter(|_| bytes > SMALL) else { return Ok(()) };
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = (bytes as u64).saturating_sub(taken.amount());
        let busy = |_| BUSY.because("The server is reading too many large bodies; try again.").retry_after(1);
        taken.grow(missing).map_err(busy)
    }

    /// Gives the memory back, of a body that is not kept after all.
    pub(super) fn give_back(&self) {
        self.taken.as_ref().inspect(|taken| taken.lock().unwrap_or_else(PoisonError::into_inner).give_back());
    }
}

fn address(request: &Request<'_>) -> u128 {
    client::address(request).map_or(0, client::network)
}
