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
mod tests;
