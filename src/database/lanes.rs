//! Who gets which connection. Each lane has one, and each key has a lane where it is at home: what PostgreSQL must know of
//! a shop's tables it keeps for each connection, so a shop that comes back to the same one finds it there, and every
//! connection knows its share of the shops in place of all.
//!
//! A key whose lane is taken goes elsewhere as long as most lanes are free. So one busy key has half of them, and the others'
//! lanes are left to them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rocket::futures::future::{FutureExt, select_all};
use rocket::tokio::sync::{OwnedSemaphorePermit, Semaphore};
use rocket::tokio::time;

use super::connection::Idle;

/// How long one waits at home while most lanes are free: the transaction before may be a long one.
const SHORTLY: Duration = Duration::from_millis(10);
/// How long one waits at home while most lanes are taken.
const A_WHILE: Duration = Duration::from_millis(250);
/// How often a blocking thread looks again.
const LOOK: Duration = Duration::from_millis(1);

/// The connections of a pool.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
}

struct Lane {
    /// One permit: whoever has it has the connection.
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// None until it is first used, while it is in use, and after it was found worn or broken.
    idle: Mutex<Option<Idle>>,
}

/// The right to use a lane's connection, until it is dropped.
pub(super) struct Turn {
    lanes: Arc<Lanes>,
    lane: usize,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// The lane's connection, if it has one.
    pub(super) fn take(&self) -> Option<Idle> {
        self.slot().take()
    }

    /// Gives it back, for the next.
    pub(super) fn give_back(&self, idle: Idle) {
        *self.slot() = Some(idle);
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Idle>> {
        self.lanes.lanes[self.lane].idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    /// So many, at least one.
    pub(super) fn new(size: u32) -> Arc<Self> {
        let lane = |_| Lane {
            free: Arc::new(Semaphore::new(1)),
            waiting: AtomicUsize::new(0),
            idle: Mutex::new(None),
        };
        Arc::new(Self { lanes: (0..size.max(1)).map(lane).collect() })
    }

    /// Waits for a turn; none when there was none in time.
    pub(super) async fn turn(self: &Arc<Self>, key: Option<u64>, timeout: Duration) -> Option<Turn> {
        if let Some(turn) = self.turn_now(key) {
            return Some(turn);
        }
        let until = time::Instant::now() + timeout;
        if let Some(home) = key.map(|key| self.home(key)) {
            let patience = if self.most_are_free() { SHORTLY } else { A_WHILE };
            if let Ok(turn) = time::timeout(patience.min(timeout), self.wait(home)).await {
                return turn;
            }
        }
        let any = select_all((0..self.lanes.len()).map(|lane| self.wait(lane).boxed()));
        time::timeout_at(until, any).await.ok().and_then(|(turn, _, _)| turn)
    }

    /// The same for a blocking thread, which has no clock to be woken by.
    pub(super) fn turn_blocking(self: &Arc<Self>, timeout: Duration) -> Option<Turn> {
        let until = Instant::now() + timeout;
        loop {
            if let Some(turn) = self.turn_now(None) {
                return Some(turn);
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(LOOK);
        }
    }

    /// Lanes in use, and connections that wait for work.
    pub(super) fn state(&self) -> (u32, u32) {
        let count =
            |is: fn(&&Lane) -> bool| u32::try_from(self.lanes.iter().filter(is).count()).unwrap_or(u32::MAX);
        let has_idle = |lane: &&Lane| lane.idle.lock().is_ok_and(|idle| idle.is_some());
        (count(|lane| !lane.is_free()), count(has_idle))
    }

    fn turn_now(self: &Arc<Self>, key: Option<u64>) -> Option<Turn> {
        let Some(home) = key.map(|key| self.home(key)) else {
            // In one order, so that no more connections are made than are needed at once.
            return self.first_free_after(self.lanes.len() - 1);
        };
        let elsewhere = || {
            // Whoever is the first to wait at home will soon have its turn, and finds there what it needs.
            let others_wait = self.lanes[home].waiting.load(Ordering::Relaxed) > 0;
            (others_wait && self.most_are_free()).then(|| self.first_free_after(home)).flatten()
        };
        self.try_lane(home).or_else(elsewhere)
    }

    fn first_free_after(self: &Arc<Self>, lane: usize) -> Option<Turn> {
        let count = self.lanes.len();
        (1..=count).find_map(|step| self.try_lane(lane.wrapping_add(step) % count))
    }

    fn try_lane(self: &Arc<Self>, lane: usize) -> Option<Turn> {
        let permit = Arc::clone(&self.lanes[lane].free).try_acquire_owned().ok()?;
        Some(Turn { lanes: Arc::clone(self), lane, _permit: permit })
    }

    async fn wait(self: &Arc<Self>, lane: usize) -> Option<Turn> {
        let _waiting = Waiting::at(&self.lanes[lane].waiting);
        let permit = Arc::clone(&self.lanes[lane].free).acquire_owned().await.ok()?;
        Some(Turn { lanes: Arc::clone(self), lane, _permit: permit })
    }

    fn home(&self, key: u64) -> usize {
        usize::try_from(key % self.lanes.len() as u64).unwrap_or(0)
    }

    fn most_are_free(&self) -> bool {
        2 * self.lanes.iter().filter(|lane| lane.is_free()).count() > self.lanes.len()
    }
}

impl Lane {
    fn is_free(&self) -> bool {
        self.free.available_permits() > 0
    }
}

/// Counted as waiting until it is dropped, also by a client that goes.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn at(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    async fn lane(lanes: &Arc<Lanes>, key: u64) -> Turn {
        lanes.turn(Some(key), LONG).await.unwrap()
    }

    #[rocket::async_test]
    async fn a_key_comes_back_to_its_lane_and_keys_are_spread() {
        let lanes = Lanes::new(4);
        for (key, at) in [(0, 0), (5, 1), (2, 2), (7, 3), (5, 1), (0, 0)] {
            assert_eq!(lane(&lanes, key).await.lane, at);
        }
    }

    #[rocket::async_test]
    async fn a_busy_key_has_half_of_the_lanes_and_leaves_the_others_alone() {
        let lanes = Lanes::new(8);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(lane(&lanes, 3).await);
            // Somebody waits at home already, so the next goes elsewhere at once.
            lanes.lanes[3].waiting.store(1, Ordering::Relaxed);
        }
        assert_eq!(held.iter().map(|turn| turn.lane).collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert!(lanes.turn_now(Some(3)).is_none(), "half are taken: the fifth waits at home");
        assert_eq!(lane(&lanes, 7).await.lane, 7);
        drop(held);
        assert_eq!(lane(&lanes, 3).await.lane, 3);
    }

    #[rocket::async_test]
    async fn who_waits_in_vain_at_home_goes_elsewhere() {
        let lanes = Lanes::new(3);
        let long_one = lane(&lanes, 1).await;
        assert_ne!(lane(&lanes, 1).await.lane, long_one.lane);
    }

    #[rocket::async_test]
    async fn nobody_waits_longer_than_the_time_out_and_nobody_is_forgotten() {
        let lanes = Lanes::new(2);
        let held = (lane(&lanes, 0).await, lane(&lanes, 1).await);
        assert!(lanes.turn(Some(0), Duration::ZERO).await.is_none());
        assert!(lanes.turn(None, Duration::ZERO).await.is_none());
        assert!(lanes.turn_blocking(Duration::ZERO).is_none());
        let (keyed, unkeyed) = (lanes.turn(Some(0), LONG), lanes.turn(None, LONG));
        let (keyed, unkeyed, ()) = rocket::tokio::join!(keyed, unkeyed, async { drop(held) });
        assert!(keyed.is_some() && unkeyed.is_some());
        drop((keyed, unkeyed));
        assert_eq!(lanes.state(), (0, 0));
        assert!(lanes.lanes.iter().all(|lane| lane.waiting.load(Ordering::Relaxed) == 0));
    }
}
