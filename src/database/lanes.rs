//! The threads that run jobs on a pool's lanes, one job at a time on each.
//!
//! A thread that has ended a job goes on with the lane's next one: under load no thread is woken for each job, and the
//! connection stays in the cache of one processor.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rocket::futures::future::pending;
use rocket::tokio::runtime::Handle;
use rocket::tokio::time;

use super::party::Party;
use super::queue::{HELD_LONG, Queue, Start, Ticket};

/// What is run on a blocking thread while it holds a lane.
pub(super) type Job = Box<dyn FnOnce(&Permit) + Send>;

/// What is done on a lane's thread when none of the lane's jobs runs next.
pub(super) type OnIdle = Box<dyn Fn(usize) + Send + Sync>;

/// The lanes of a pool.
pub(super) struct Lanes {
    queue: Mutex<Queue<Queued>>,
    on_idle: OnIdle,
}

/// What waits for a lane.
enum Queued {
    /// A job, to be run on a thread of the runtime.
    Job(Job, Handle),
    /// A thread that waits for a permit.
    Thread(SyncSender<Permit>),
}

/// The right to use a lane's connection, until it is dropped.
pub(super) struct Permit {
    lanes: Arc<Lanes>,
    lane: usize,
    is_released: bool,
}

/// A job that was submitted. Dropping this cancels the job unless it has started, as when the client has gone.
pub(super) struct SubmittedJob {
    lanes: Arc<Lanes>,
    ticket: Ticket,
}

impl Lanes {
    /// So many, at least one, of which `active` work at a time.
    pub(super) fn new(count: u32, active: u32, on_idle: OnIdle) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::new(Queue::new(count, active)), on_idle })
    }

    /// Has `job` run when a lane is free for it. To be called in a runtime.
    pub(super) fn submit(self: &Arc<Self>, party: Party, job: Job) -> SubmittedJob {
        let (ticket, start) =
            self.queue().enqueue(party, Queued::Job(job, Handle::current()), Instant::now());
        self.start(start);
        SubmittedJob { lanes: Arc::clone(self), ticket }
    }

    /// Blocks the calling thread until it has a permit; none when it got none in time.
    pub(super) fn acquire_blocking(self: &Arc<Self>, timeout: Duration) -> Option<Permit> {
        let (sender, receiver) = sync_channel(1);
        let (ticket, start) = self.queue().enqueue(Party::OPERATOR, Queued::Thread(sender), Instant::now());
        self.start(start);
        receiver.recv_timeout(timeout).ok().or_else(|| {
            let is_cancelled = self.queue().cancel(ticket, Instant::now()).is_some();
            // Otherwise the permit has just been sent.
            if is_cancelled { None } else { receiver.recv().ok() }
        })
    }

    /// Whether somebody has a job here, or had one a moment ago.
    pub(super) fn are_in_use(&self) -> bool {
        self.queue().is_in_use(Instant::now())
    }

    fn queue(&self) -> MutexGuard<'_, Queue<Queued>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(self: &Arc<Self>, start: Option<Start<Queued>>) {
        match start.map(|(lane, queued)| (self.permit(lane), queued)) {
            Some((permit, Queued::Job(job, runtime))) => {
                runtime.spawn_blocking(|| run_jobs(permit, job));
            }
            // If the thread does not wait any more, the permit is dropped, which starts the next one.
            Some((permit, Queued::Thread(sender))) => drop(sender.send(permit)),
            None => {}
        }
    }

    fn permit(self: &Arc<Self>, lane: usize) -> Permit {
        Permit { lanes: Arc::clone(self), lane, is_released: false }
    }
}

/// Runs the job, and the lane's next ones, until none of the lane's runs next.
fn run_jobs(permit: Permit, job: Job) {
    let mut next = Some((permit, job));
    while let Some((permit, job)) = next {
        let (lanes, lane) = (Arc::clone(&permit.lanes), permit.lane);
        job(&permit);
        next = permit.next_job();
        if next.is_none() {
            (lanes.on_idle)(lane);
        }
    }
}

impl Permit {
    /// The number of the lane, from 0.
    pub(super) fn lane(&self) -> usize {
        self.lane
    }

    /// Releases the lane. Returns the job that starts in place of its last one, if that is the lane's own and for a thread of the runtime. One of
    /// another lane has a thread of its own: this one may have to wait for its connection once more.
    fn next_job(mut self) -> Option<(Self, Job)> {
        match self.release() {
            Some((lane, Queued::Job(job, _))) if lane == self.lane => Some((self.lanes.permit(lane), job)),
            other => {
                self.lanes.start(other);
                None
            }
        }
    }

    fn release(&mut self) -> Option<Start<Queued>> {
        self.is_released = true;
        self.lanes.queue().release(self.lane, Instant::now())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_released {
            let start = self.release();
            self.lanes.start(start);
        }
    }
}

impl SubmittedJob {
    /// Returns when the job has not started within `timeout`; it is cancelled then. Never returns if it has started.
    pub(super) async fn timed_out(&self, timeout: Duration) {
        let end = time::Instant::now() + timeout;
        let mut pause = HELD_LONG;
        while self.lanes.queue().is_waiting(self.ticket) {
            let until = end.min(time::Instant::now() + pause);
            time::sleep_until(until).await;
            if until == end {
                let cancelled = self.lanes.queue().cancel(self.ticket, Instant::now());
                if cancelled.is_some() {
                    return;
                }
            }
            let start = self.lanes.queue().try_elsewhere(self.ticket, Instant::now());
            self.lanes.start(start);
            // Thousands may wait: each looks less often the longer it waits.
            pause *= 2;
        }
        pending::<()>().await;
    }
}

impl Drop for SubmittedJob {
    fn drop(&mut self) {
        // Two statements: the lock is released before the job is dropped, which may tell others that it is gone.
        let cancelled = self.lanes.queue().cancel(self.ticket, Instant::now());
        drop(cancelled);
    }
}

#[cfg(test)]
mod tests {
    use rocket::tokio::sync::oneshot;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn lanes(count: u32) -> Arc<Lanes> {
        Lanes::new(count, count, Box::new(|_| {}))
    }

    /// Submits a job that tells on which lane it runs.
    fn submit(lanes: &Arc<Lanes>, party: Party) -> (SubmittedJob, oneshot::Receiver<usize>) {
        let (tell, told) = oneshot::channel();
        let submitted = lanes.submit(
            party,
            Box::new(move |permit| {
                let _ = tell.send(permit.lane);
            }),
        );
        (submitted, told)
    }

    #[rocket::async_test]
    async fn jobs_that_wait_run_one_after_another_and_cancelled_ones_do_not() {
        let lanes = lanes(1);
        let held = lanes.acquire_blocking(LONG).unwrap();
        let (_first, first_done) = submit(&lanes, Party::with_home(1));
        let (gone, gone_done) = submit(&lanes, Party::with_home(2));
        let (_last, last_done) = submit(&lanes, Party::OPERATOR);
        drop(gone);
        drop(held);
        assert_eq!((first_done.await, last_done.await), (Ok(0), Ok(0)));
        assert!(gone_done.await.is_err());
        assert!(lanes.acquire_blocking(LONG).is_some());
    }

    #[rocket::async_test]
    async fn nobody_waits_longer_than_the_timeout() {
        let lanes = lanes(2);
        let held = (lanes.acquire_blocking(LONG).unwrap(), lanes.acquire_blocking(LONG).unwrap());
        assert!(lanes.acquire_blocking(Duration::ZERO).is_none());
        let (submitted, mut done) = submit(&lanes, Party::with_home(0));
        submitted.timed_out(Duration::ZERO).await;
        drop(held);
        assert!(done.try_recv().is_err());
        let free = (lanes.acquire_blocking(LONG), lanes.acquire_blocking(LONG));
        assert!(free.0.is_some() && free.1.is_some());
    }

    #[rocket::async_test]
    async fn a_job_behind_a_long_one_finds_a_free_lane() {
        let lanes = lanes(3);
        let (ask, asked) = std::sync::mpsc::channel::<()>();
        let long = lanes.submit(
            Party::with_home(1),
            Box::new(move |_| {
                let _ = asked.recv();
            }),
        );
        let (submitted, mut done) = submit(&lanes, Party::with_home(4));
        let lane = rocket::tokio::select! {
            lane = &mut done => lane.unwrap(),
            () = submitted.timed_out(LONG) => panic!("it timed out"),
        };
        assert_eq!(lane, 2);
        drop((ask, long));
    }

    #[rocket::async_test]
    async fn a_lane_that_does_not_come_to_rest_holds_up_no_job_of_another() {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let ended = Mutex::new(ended);
        let rest = move |lane| {
            if lane == 0 {
                let _ = ended.lock().unwrap().recv();
            }
        };
        let lanes = Lanes::new(2, 1, Box::new(rest));
        let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
        let runs = move |_: &Permit| {
            let _ = goes_on.recv();
        };
        let _first = lanes.submit(Party::with_home(0), Box::new(runs));
        let (_second, done) = submit(&lanes, Party::with_home(1));
        drop(go_on);
        let lane = time::timeout(Duration::from_secs(10), done).await;
        drop(end);
        assert_eq!(lane, Ok(Ok(1)));
    }

    #[rocket::async_test]
    async fn a_job_that_panics_releases_its_lane() {
        let lanes = lanes(1);
        let held = lanes.acquire_blocking(LONG).unwrap();
        let _panics = lanes.submit(Party::OPERATOR, Box::new(|_| panic!("as it should")));
        let (_next, done) = submit(&lanes, Party::OPERATOR);
        drop(held);
        assert_eq!(done.await, Ok(0));
    }

    #[rocket::async_test]
    async fn a_thread_that_waits_gets_its_permit_after_the_jobs_before_it() {
        let lanes = lanes(1);
        let held = lanes.acquire_blocking(LONG).unwrap();
        let (_first, first_done) = submit(&lanes, Party::OPERATOR);
        let waits = {
            let lanes = Arc::clone(&lanes);
            std::thread::spawn(move || lanes.acquire_blocking(LONG).is_some())
        };
        drop(held);
        assert_eq!(first_done.await, Ok(0));
        assert!(waits.join().unwrap());
    }
}
