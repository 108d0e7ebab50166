//! The connections of a pool, and the threads that work on them. Each lane has one connection: what PostgreSQL must know of a
//! shop's tables it keeps for each connection, so a shop that comes back to the same one finds it there, and every
//! connection knows its share of the shops in place of all.
//!
//! A thread that is done with a piece of work goes on with the next that its lane is to do: under load nobody wakes anybody
//! to begin.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rocket::futures::future::pending;
use rocket::tokio::runtime::Handle;
use rocket::tokio::time;

use super::connection::Idle;
use super::queue::{Place, Queue, SHORTLY};

/// What is to be done with a lane's connection, on a blocking thread.
pub(super) type Work = Box<dyn FnOnce(&Turn) + Send>;

/// The connections of a pool.
pub(super) struct Lanes {
    queue: Mutex<Queue<Waiter>>,
    /// None until it is first used, while it is in use, and after it was found worn or broken.
    idle: Vec<Mutex<Option<Idle>>>,
}

/// What becomes of a turn.
enum Waiter {
    /// It is worked with, on a thread of the runtime.
    Work(Work, Handle),
    /// It goes to a thread that waits for it.
    Thread(SyncSender<Turn>),
}

/// The right to use a lane's connection, until it is dropped.
pub(super) struct Turn {
    lanes: Arc<Lanes>,
    lane: usize,
    is_passed_on: bool,
}

/// Work that waits for its turn. It leaves when this is dropped, also because the client has gone.
pub(super) struct Waiting {
    lanes: Arc<Lanes>,
    place: Place,
}

impl Lanes {
    /// So many, at least one.
    pub(super) fn new(size: u32) -> Arc<Self> {
        let idle = (0..size.max(1)).map(|_| Mutex::new(None)).collect();
        Arc::new(Self { queue: Mutex::new(Queue::new(size)), idle })
    }

    /// Has `work` done when it has its turn. To be called in a runtime.
    pub(super) fn work(self: &Arc<Self>, key: Option<u64>, work: Work) -> Waiting {
        let (place, started) =
            self.queue().arrive(key, Waiter::Work(work, Handle::current()), Instant::now());
        self.start(started);
        Waiting { lanes: Arc::clone(self), place }
    }

    /// Waits for a turn on the thread of whoever calls; none when there was none in time.
    pub(super) fn turn_blocking(self: &Arc<Self>, timeout: Duration) -> Option<Turn> {
        let (give, given) = sync_channel(1);
        let (place, started) = self.queue().arrive(None, Waiter::Thread(give), Instant::now());
        self.start(started);
        given.recv_timeout(timeout).ok().or_else(|| {
            let had_none = self.queue().leave(place).is_some();
            // Otherwise it is on its way.
            if had_none { None } else { given.recv().ok() }
        })
    }

    /// Lanes in use, and connections that wait for work.
    pub(super) fn state(&self) -> (u32, u32) {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let has_idle = |idle: &&Mutex<Option<Idle>>| idle.lock().is_ok_and(|idle| idle.is_some());
        (count(self.queue().in_use()), count(self.idle.iter().filter(has_idle).count()))
    }

    fn queue(&self) -> MutexGuard<'_, Queue<Waiter>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(self: &Arc<Self>, next: Option<(usize, Waiter)>) {
        match next.map(|(lane, waiter)| (self.turn(lane), waiter)) {
            Some((turn, Waiter::Work(work, runtime))) => {
                runtime.spawn_blocking(|| work_off(turn, work));
            }
            // One that does not wait any more passes it on, by dropping it.
            Some((turn, Waiter::Thread(give))) => drop(give.send(turn)),
            None => {}
        }
    }

    fn turn(self: &Arc<Self>, lane: usize) -> Turn {
        Turn { lanes: Arc::clone(self), lane, is_passed_on: false }
    }
}

/// Does the work, and what the lane is to do then, until there is none.
fn work_off(turn: Turn, work: Work) {
    let mut next = Some((turn, work));
    while let Some((turn, work)) = next {
        work(&turn);
        next = turn.pass_on();
    }
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

    fn slot(&self) -> MutexGuard<'_, Option<Idle>> {
        self.lanes.idle[self.lane].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it. What the lane is to do next comes back, if that is for a thread of the runtime.
    fn pass_on(mut self) -> Option<(Self, Work)> {
        match self.end() {
            Some((lane, Waiter::Work(work, _))) => Some((self.lanes.turn(lane), work)),
            other => {
                self.lanes.start(other);
                None
            }
        }
    }

    fn end(&mut self) -> Option<(usize, Waiter)> {
        self.is_passed_on = true;
        self.lanes.queue().done(self.lane, Instant::now())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_passed_on {
            let next = self.end();
            self.lanes.start(next);
        }
    }
}

impl Waiting {
    /// Ends when the work has had no turn for so long, and will have none. Does not end when it had one.
    pub(super) async fn in_vain(&self, timeout: Duration) {
        let end = time::Instant::now() + timeout;
        let mut patience = SHORTLY;
        while self.lanes.queue().has(self.place) {
            let until = end.min(time::Instant::now() + patience);
            time::sleep_until(until).await;
            if until == end {
                let withdrawn = self.lanes.queue().leave(self.place);
                if withdrawn.is_some() {
                    return;
                }
            }
            let started = self.lanes.queue().look_elsewhere(self.place, Instant::now());
            self.lanes.start(started);
            // Thousands may wait: each looks less often the longer it does.
            patience *= 2;
        }
        pending::<()>().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // The lock is free before the work is dropped, which may have something to say to those who wait for it.
        let withdrawn = self.lanes.queue().leave(self.place);
        drop(withdrawn);
    }
}

#[cfg(test)]
mod tests {
    use rocket::tokio::sync::oneshot;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    /// Work that says on which lane it is done.
    fn work(lanes: &Arc<Lanes>, key: Option<u64>) -> (Waiting, oneshot::Receiver<usize>) {
        let (tell, told) = oneshot::channel();
        let waiting = lanes.work(
            key,
            Box::new(move |turn| {
                let _ = tell.send(turn.lane);
            }),
        );
        (waiting, told)
    }

    #[rocket::async_test]
    async fn work_that_waits_is_done_by_and_by_and_work_that_left_is_not() {
        let lanes = Lanes::new(1);
        let held = lanes.turn_blocking(LONG).unwrap();
        let (_first, first_done) = work(&lanes, Some(1));
        let (gone, gone_done) = work(&lanes, Some(2));
        let (_last, last_done) = work(&lanes, None);
        drop(gone);
        drop(held);
        assert_eq!((first_done.await, last_done.await), (Ok(0), Ok(0)));
        assert!(gone_done.await.is_err());
        drop(lanes.turn_blocking(LONG));
        assert_eq!(lanes.state(), (0, 0));
    }

    #[rocket::async_test]
    async fn nobody_waits_longer_than_the_time_out() {
        let lanes = Lanes::new(2);
        let held = (lanes.turn_blocking(LONG).unwrap(), lanes.turn_blocking(LONG).unwrap());
        assert!(lanes.turn_blocking(Duration::ZERO).is_none());
        let (waiting, mut done) = work(&lanes, Some(0));
        waiting.in_vain(Duration::ZERO).await;
        drop(held);
        assert!(done.try_recv().is_err());
        assert_eq!(lanes.state(), (0, 0));
    }

    #[rocket::async_test]
    async fn who_waits_behind_long_work_finds_a_free_lane() {
        let lanes = Lanes::new(3);
        let (ask, asked) = std::sync::mpsc::channel::<()>();
        let long = lanes.work(
            Some(1),
            Box::new(move |_| {
                let _ = asked.recv();
            }),
        );
        let (waiting, mut done) = work(&lanes, Some(4));
        let lane = rocket::tokio::select! {
            lane = &mut done => lane.unwrap(),
            () = waiting.in_vain(LONG) => panic!("it waited in vain"),
        };
        assert_eq!(lane, 2);
        drop((ask, long));
    }

    #[rocket::async_test]
    async fn work_that_panics_passes_its_lane_on() {
        let lanes = Lanes::new(1);
        let held = lanes.turn_blocking(LONG).unwrap();
        let _panics = lanes.work(None, Box::new(|_| panic!("as it should")));
        let (_next, done) = work(&lanes, None);
        drop(held);
        assert_eq!(done.await, Ok(0));
    }

    #[rocket::async_test]
    async fn a_thread_that_waits_has_its_turn_after_the_work_before_it() {
        let lanes = Lanes::new(1);
        let held = lanes.turn_blocking(LONG).unwrap();
        let (_first, first_done) = work(&lanes, None);
        let waits = {
            let lanes = Arc::clone(&lanes);
            std::thread::spawn(move || lanes.turn_blocking(LONG).is_some())
        };
        drop(held);
        assert_eq!(first_done.await, Ok(0));
        assert!(waits.join().unwrap());
    }
}
