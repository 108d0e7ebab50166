//! Which job runs on which lane, and when. A lane is one connection's worth of work. Nothing here runs anything.
//!
//! Each key has a home lane, whose connection knows its tables. Its jobs wait there while other jobs hold the lane for a
//! moment, since they would be slower elsewhere. They go to another free lane when their key holds the home lane itself and
//! more of its jobs wait, or when one job holds the lane for long. A key gets half of the lanes at the most, so that the
//! others are left to other keys.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long one job may hold a lane before the jobs that wait there go elsewhere. Longer than requests take on a busy
/// machine, also on a connection that has yet to read the shop's tables: a job that goes elsewhere makes another connection read
/// them.
pub(super) const HELD_LONG: Duration = Duration::from_millis(100);

/// Lanes and the jobs that wait for them. `J` is the job.
pub(super) struct Queue<J> {
    lanes: Vec<Lane<J>>,
    /// Jobs without a key, which any lane may take.
    keyless: VecDeque<Waiting<J>>,
    /// How many lanes each key holds now.
    held: HashMap<u64, usize>,
    tickets: u64,
}

struct Lane<J> {
    holder: Option<Holder>,
    /// Jobs whose keys have their home here, by number. Empty while nobody holds the lane.
    waiting: VecDeque<Waiting<J>>,
}

struct Holder {
    key: Option<u64>,
    since: Instant,
}

struct Waiting<J> {
    number: u64,
    key: Option<u64>,
    job: J,
}

/// Identifies a job that was enqueued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    key: Option<u64>,
    number: u64,
}

/// A lane, and the job that it is to run now.
pub(super) type Start<J> = (usize, J);

impl<J> Queue<J> {
    /// For so many lanes, at least one.
    pub(super) fn new(lanes: u32) -> Self {
        let lane = |_| Lane { holder: None, waiting: VecDeque::new() };
        Self {
            lanes: (0..lanes.max(1)).map(lane).collect(),
            keyless: VecDeque::new(),
            held: HashMap::new(),
            tickets: 0,
        }
    }

    /// Takes a job. If a lane is to start a job now, that is returned: it need not be the same job.
    pub(super) fn enqueue(&mut self, key: Option<u64>, job: J, now: Instant) -> (Ticket, Option<Start<J>>) {
        self.tickets += 1;
        let ticket = Ticket { key, number: self.tickets };
        let waiting = Waiting { number: ticket.number, key, job };
        let free = match key.map(|key| self.home(key)) {
            Some(home) => self.lanes[home].holder.is_none().then_some(home),
            // In one order, so that no more connections are made than are needed at once.
            None => self.first_free_after(self.lanes.len() - 1),
        };
        if let Some(lane) = free {
            return (ticket, Some(self.start(lane, waiting, now)));
        }
        self.line(key).push_back(waiting);
        (ticket, key.and_then(|key| self.start_elsewhere(key, now)))
    }

    /// A lane's job has ended. Returns the lane's next one.
    pub(super) fn release(&mut self, lane: usize, now: Instant) -> Option<Start<J>> {
        let key = self.lanes[lane].holder.take().and_then(|holder| holder.key);
        key.inspect(|key| self.count_down(*key));
        self.start_next(lane, now).or_else(|| {
            // The connection has just read the tables of this key, whose home is elsewhere.
            let waiting = self.take_oldest(key?)?;
            Some(self.start(lane, waiting, now))
        })
    }

    /// Whether the job waits: it has neither started nor been cancelled.
    pub(super) fn is_waiting(&mut self, ticket: Ticket) -> bool {
        self.position(ticket).is_some()
    }

    /// Starts a job of the ticket's key on a free lane, if it may leave its home by now. To be called now and then while a
    /// job waits: a free lane does not look for jobs.
    pub(super) fn try_elsewhere(&mut self, ticket: Ticket, now: Instant) -> Option<Start<J>> {
        ticket.key.and_then(|key| self.start_elsewhere(key, now))
    }

    /// Takes a job back. None when it has started.
    pub(super) fn cancel(&mut self, ticket: Ticket) -> Option<J> {
        let at = self.position(ticket)?;
        self.line(ticket.key).remove(at).map(|waiting| waiting.job)
    }

    /// Starts the oldest of the jobs that a free lane may run: of its own, of those without a key, and of those whose home is
    /// held for long.
    fn start_next(&mut self, lane: usize, now: Instant) -> Option<Start<J>> {
        let own = self.lanes[lane].waiting.front();
        let firsts = own.into_iter().chain(self.keyless.front()).chain(self.held_up(now));
        let Waiting { number, key, .. } = *firsts.min_by_key(|waiting| waiting.number)?;
        let job = self.cancel(Ticket { key, number })?;
        Some(self.start(lane, Waiting { number, key, job }, now))
    }

    /// Of each lane that one job holds for long: the first that waits there and may go elsewhere.
    fn held_up(&self, now: Instant) -> impl Iterator<Item = &Waiting<J>> {
        self.lanes.iter().filter(move |lane| lane.is_held_long(now)).filter_map(|lane| {
            lane.waiting.iter().find(|waiting| waiting.key.is_none_or(|key| self.may_hold_more(key)))
        })
    }

    /// Starts a key's oldest job on a free lane, if the key may leave its home and there is one.
    fn start_elsewhere(&mut self, key: u64, now: Instant) -> Option<Start<J>> {
        let home = &self.lanes[self.home(key)];
        if !(home.is_held_long(now) || home.is_crowded_by(key)) {
            return None;
        }
        let lane = self.first_free_after(self.home(key))?;
        let waiting = self.take_oldest(key)?;
        Some(self.start(lane, waiting, now))
    }

    /// Takes a key's oldest job out of the queue, if the key may hold one more lane.
    fn take_oldest(&mut self, key: u64) -> Option<Waiting<J>> {
        if !self.may_hold_more(key) {
            return None;
        }
        let line = self.line(Some(key));
        let at = line.iter().position(|waiting| waiting.key == Some(key))?;
        line.remove(at)
    }

    fn start(&mut self, lane: usize, waiting: Waiting<J>, now: Instant) -> Start<J> {
        waiting.key.inspect(|key| *self.held.entry(*key).or_default() += 1);
        self.lanes[lane].holder = Some(Holder { key: waiting.key, since: now });
        (lane, waiting.job)
    }

    fn count_down(&mut self, key: u64) {
        let count = self.held.remove(&key).unwrap_or_default();
        if count > 1 {
            self.held.insert(key, count - 1);
        }
    }

    /// Half of the lanes; two if there are two.
    fn may_hold_more(&self, key: u64) -> bool {
        self.held.get(&key).is_none_or(|count| *count < (self.lanes.len() / 2).max(2))
    }

    fn first_free_after(&self, lane: usize) -> Option<usize> {
        let count = self.lanes.len();
        (1..=count)
            .map(|step| lane.wrapping_add(step) % count)
            .find(|lane| self.lanes[*lane].holder.is_none())
    }

    fn position(&mut self, ticket: Ticket) -> Option<usize> {
        self.line(ticket.key).binary_search_by_key(&ticket.number, |waiting| waiting.number).ok()
    }

    fn line(&mut self, key: Option<u64>) -> &mut VecDeque<Waiting<J>> {
        match key.map(|key| self.home(key)) {
            Some(home) => &mut self.lanes[home].waiting,
            None => &mut self.keyless,
        }
    }

    fn home(&self, key: u64) -> usize {
        usize::try_from(key % self.lanes.len() as u64).unwrap_or(0)
    }
}

impl<J> Lane<J> {
    /// Whether a key holds the lane, and more than one of its jobs wait here: a single one will start soon enough.
    fn is_crowded_by(&self, key: u64) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.key == Some(key))
            && self.waiting.iter().filter(|waiting| waiting.key == Some(key)).nth(1).is_some()
    }

    fn is_held_long(&self, now: Instant) -> bool {
        self.holder.as_ref().is_some_and(|holder| now.duration_since(holder.since) > HELD_LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue of jobs that are names, and a clock that only goes when it is told to.
    struct Clocked {
        queue: Queue<&'static str>,
        now: Instant,
    }

    impl Clocked {
        fn of(lanes: u32) -> Self {
            Self { queue: Queue::new(lanes), now: Instant::now() }
        }

        fn enqueue(
            &mut self,
            key: impl Into<Option<u64>>,
            name: &'static str,
        ) -> Option<(usize, &'static str)> {
            self.queue.enqueue(key.into(), name, self.now).1
        }

        fn release(&mut self, lane: usize) -> Option<(usize, &'static str)> {
            self.queue.release(lane, self.now)
        }

        fn a_while_passes(&mut self) {
            self.now += HELD_LONG + Duration::from_millis(1);
        }
    }

    #[test]
    fn a_key_comes_back_to_its_lane_and_keys_are_spread() {
        let mut clocked = Clocked::of(4);
        for (key, lane) in [(0, 0), (5, 1), (2, 2), (7, 3), (5, 1), (0, 0)] {
            assert_eq!(clocked.enqueue(key, "it"), Some((lane, "it")));
            assert_eq!(clocked.release(lane), None);
        }
    }

    #[test]
    fn keys_of_one_lane_wait_for_one_another_while_others_are_free() {
        let mut clocked = Clocked::of(4);
        assert_eq!(clocked.enqueue(1, "first"), Some((1, "first")));
        assert_eq!(clocked.enqueue(5, "second"), None);
        assert_eq!(clocked.enqueue(9, "third"), None);
        assert_eq!(clocked.release(1), Some((1, "second")));
        assert_eq!(clocked.release(1), Some((1, "third")));
    }

    #[test]
    fn a_busy_key_has_half_of_the_lanes_and_leaves_the_others_alone() {
        let mut clocked = Clocked::of(8);
        assert_eq!(clocked.enqueue(3, "first"), Some((3, "first")));
        assert_eq!(clocked.enqueue(3, "second"), None, "one that waits will have its turn soon");
        assert_eq!(clocked.enqueue(3, "third"), Some((4, "second")), "nobody is overtaken");
        assert_eq!(clocked.enqueue(3, "fourth"), Some((5, "third")));
        assert_eq!(clocked.enqueue(3, "fifth"), Some((6, "fourth")));
        assert_eq!(clocked.enqueue(3, "sixth"), None, "it has half of them");
        assert_eq!(clocked.enqueue(7, "other"), Some((7, "other")));
        assert_eq!(clocked.enqueue(4, "at home here"), None);
        assert_eq!(clocked.release(5), Some((5, "fifth")), "a lane that knows the shop goes on with it");
        assert_eq!(clocked.release(4), Some((4, "at home here")), "whoever is at home goes before a guest");
        assert_eq!(clocked.release(7), None, "a lane that does not know it stays with its own");
        assert_eq!(clocked.enqueue(3, "seventh"), Some((7, "sixth")));
    }

    #[test]
    fn who_finds_a_lane_held_for_long_goes_elsewhere_at_once_and_who_waits_there_when_it_looks() {
        let mut clocked = Clocked::of(3);
        clocked.enqueue(1, "long one");
        let (ticket, started) = clocked.queue.enqueue(Some(4), "waits", clocked.now);
        assert_eq!(started, None);
        assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), None);
        clocked.a_while_passes();
        assert_eq!(clocked.enqueue(7, "comes later"), Some((2, "comes later")));
        assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), Some((0, "waits")));
    }

    #[test]
    fn a_free_lane_starts_the_oldest_job_also_of_a_lane_that_is_held_for_long() {
        let mut clocked = Clocked::of(2);
        clocked.enqueue(0, "long one");
        clocked.enqueue(1, "other");
        clocked.enqueue(2, "held up");
        clocked.enqueue(3, "next");
        assert_eq!(clocked.release(1), Some((1, "next")), "nobody is held up yet");
        clocked.enqueue(None, "of no key");
        clocked.a_while_passes();
        assert_eq!(clocked.release(1), Some((1, "held up")));
        assert_eq!(clocked.release(1), Some((1, "of no key")));
    }

    #[test]
    fn a_key_that_holds_its_part_of_the_lanes_for_long_gets_no_more_and_another_of_its_home_does() {
        let mut clocked = Clocked::of(4);
        clocked.enqueue(1, "long");
        clocked.a_while_passes();
        assert_eq!(clocked.enqueue(1, "long too"), Some((2, "long too")));
        assert_eq!(clocked.enqueue(1, "third"), None);
        assert_eq!(clocked.enqueue(5, "neighbour"), Some((3, "neighbour")));
        clocked.enqueue(0, "other");
        clocked.enqueue(5, "neighbour too");
        assert_eq!(
            clocked.release(0),
            Some((0, "neighbour too")),
            "the third before it has no right to a lane"
        );
    }

    #[test]
    fn a_cancelled_job_does_not_start_and_a_started_one_cannot_be_cancelled() {
        let mut clocked = Clocked::of(1);
        let (served, _) = clocked.queue.enqueue(None, "served", clocked.now);
        let (gone, _) = clocked.queue.enqueue(Some(8), "gone", clocked.now);
        clocked.enqueue(8, "stays");
        assert_eq!(clocked.queue.cancel(served), None);
        assert_eq!(clocked.queue.cancel(gone), Some("gone"));
        assert_eq!(clocked.queue.cancel(gone), None);
        assert_eq!(clocked.release(0), Some((0, "stays")));
        assert_eq!(clocked.release(0), None);
        assert!(clocked.queue.lanes.iter().all(|lane| lane.holder.is_none()));
        assert!(clocked.queue.held.is_empty());
    }

    #[test]
    fn a_job_of_no_key_takes_the_first_free_lane() {
        let mut clocked = Clocked::of(3);
        clocked.enqueue(0, "keyed");
        assert_eq!(clocked.enqueue(None, "first"), Some((1, "first")));
        assert_eq!(clocked.enqueue(None, "second"), Some((2, "second")));
        assert_eq!(clocked.enqueue(None, "third"), None);
        assert_eq!(clocked.release(2), Some((2, "third")));
    }
}
