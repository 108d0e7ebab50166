//! Counting requests by their sender, with the generic cell rate algorithm: whoever has not asked for a while may ask some
//! times at once; after that, each request must wait until its share of the minute has passed.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// The senders that are not needed any more are forgotten each time that so many requests were counted.
///
/// A request adds at most one sender. A sender is needed for its share of the minute after each of its requests, and no
/// longer. So there are never more senders than this, and those that the requests of the last moments need: with 10,000
/// requests a second at 1,200 a minute, 500.
const SWEEP: u32 = 4_096;

/// How many requests of a quiet sender may come at once: ten seconds' worth, or this many where that is less. A whole minute's
/// would keep the server busy for seconds.
const LEAST_BURST: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// Requests by their sender, and how many there may be in a minute.
pub(super) struct Rate {
    per_minute: NonZeroU32,
    senders: RateLimiter<u128, HashMapStateStore<u128>, MonotonicClock>,
    counted: AtomicU32,
}

impl Rate {
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        let burst =
            NonZeroU32::new(per_minute.get() / 6).unwrap_or(NonZeroU32::MIN).max(LEAST_BURST).min(per_minute);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let senders = RateLimiter::hashmap_with_clock(quota, MonotonicClock);
        Self { per_minute, senders, counted: AtomicU32::new(0) }
    }

    pub(super) fn per_minute(&self) -> NonZeroU32 {
        self.per_minute
    }

    /// Counts a request, or tells how long its sender has to wait. A refused request is not counted.
    pub(super) fn count(&self, sender: u128) -> Result<(), Duration> {
        if self.counted.fetch_add(1, Ordering::Relaxed).wrapping_add(1).is_multiple_of(SWEEP) {
            self.senders.retain_recent();
            self.senders.shrink_to_fit();
        }
        self.senders.check_key(&sender).map_err(|until| until.wait_time_from(MonotonicClock.now()))
    }

    #[cfg(test)]
    fn known_senders(&self) -> usize {
        self.senders.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_does_not_grow_with_the_senders() {
        // A share of the minute is shorter than what a few requests take.
        let rate = Rate::new(NonZeroU32::new(600_000_000).unwrap());
        for sender in 0..u128::from(3 * SWEEP) {
            assert!(rate.count(sender).is_ok());
        }
        assert!(rate.known_senders() <= SWEEP as usize, "{}", rate.known_senders());
    }

    #[test]
    fn senders_are_counted_apart() {
        let rate = Rate::new(NonZeroU32::new(2).unwrap());
        assert!(rate.count(1).is_ok() && rate.count(1).is_ok());
        let wait = rate.count(1).unwrap_err();
        assert!(wait > Duration::from_secs(29) && wait <= Duration::from_secs(30), "{wait:?}");
        assert!(rate.count(2).is_ok());
    }
}
