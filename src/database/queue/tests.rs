//! Tests of the queue, with a clock that only goes when it is told to.

use super::*;

/// A queue of jobs that are names, and a clock.
struct Clocked {
    queue: Queue<&'static str>,
    now: Instant,
}

impl Clocked {
    fn of(lanes: u32) -> Self {
        Self::active(lanes, lanes)
    }

    /// So many lanes, of which some may run jobs at a time.
    fn active(lanes: u32, active: u32) -> Self {
        Self { queue: Queue::new(lanes, active), now: Instant::now() }
    }

    /// A job of a party with a home.
    fn enqueue(&mut self, party: u64, name: &'static str) -> Option<(usize, &'static str)> {
        self.queue.enqueue(Party::with_home(party), name, self.now).1
    }

    /// A job of a party without a home.
    fn enqueue_anywhere(&mut self, party: u64, name: &'static str) -> Option<(usize, &'static str)> {
        self.queue.enqueue(Party::without_home(party), name, self.now).1
    }

    fn release(&mut self, lane: usize) -> Option<(usize, &'static str)> {
        self.queue.release(lane, self.now)
    }

    fn a_while_passes(&mut self) {
        self.now += HELD_LONG + Duration::from_millis(1);
    }
}

#[test]
fn a_party_comes_back_to_its_lane_and_parties_are_spread() {
    let mut clocked = Clocked::of(4);
    for (party, lane) in [(0, 0), (5, 1), (2, 2), (7, 3), (5, 1), (0, 0)] {
        assert_eq!(clocked.enqueue(party, "it"), Some((lane, "it")));
        assert_eq!(clocked.release(lane), None);
    }
}

#[test]
fn parties_of_one_lane_wait_for_one_another_while_others_are_free() {
    let mut clocked = Clocked::of(4);
    assert_eq!(clocked.enqueue(1, "first"), Some((1, "first")));
    assert_eq!(clocked.enqueue(5, "second"), None);
    assert_eq!(clocked.enqueue(9, "third"), None);
    assert_eq!(clocked.release(1), Some((1, "second")));
    assert_eq!(clocked.release(1), Some((1, "third")));
}

#[test]
fn a_party_has_all_lanes_while_nobody_else_waits() {
    let mut clocked = Clocked::of(4);
    assert_eq!(clocked.enqueue(3, "first"), Some((3, "first")));
    assert_eq!(clocked.enqueue(3, "second"), None, "one that waits will have its turn soon");
    assert_eq!(clocked.enqueue(3, "third"), Some((0, "second")), "its own jobs keep their order");
    assert_eq!(clocked.enqueue(3, "fourth"), Some((1, "third")));
    assert_eq!(clocked.enqueue(3, "fifth"), Some((2, "fourth")));
    assert_eq!(clocked.enqueue(3, "sixth"), None, "there are no more");
}

#[test]
fn a_party_has_half_of_the_lanes_while_others_wait() {
    let mut clocked = Clocked::of(4);
    for name in ["first", "second", "third", "fourth", "fifth"] {
        clocked.enqueue(3, name);
    }
    assert_eq!(clocked.enqueue(2, "other"), None);
    assert_eq!(clocked.release(0), None, "the other waits for its home, and this party has its share");
    assert_eq!(clocked.enqueue_anywhere(9, "third party"), Some((0, "third party")));
    assert_eq!(clocked.release(2), Some((2, "other")));
    assert_eq!(clocked.release(1), Some((1, "fifth")), "it has less than its share");
}

#[test]
fn a_party_that_was_here_a_moment_ago_keeps_its_room() {
    let mut clocked = Clocked::of(8);
    clocked.enqueue(1, "other");
    clocked.release(1);
    let mut started = || (0..8).filter(|_| clocked.enqueue(0, "it").is_some()).count();
    assert_eq!(started(), 4, "half of the lanes");
    let mut alone = Clocked::of(8);
    alone.enqueue(1, "other");
    alone.release(1);
    alone.a_while_passes();
    assert!((0..8).filter(|_| alone.enqueue(0, "it").is_some()).count() > 4, "the other has left");
}

#[test]
fn who_waits_since_another_was_here_a_moment_ago_starts_when_it_looks() {
    let mut clocked = Clocked::of(2);
    clocked.enqueue(1, "other");
    clocked.release(1);
    assert_eq!(clocked.enqueue(0, "first"), Some((0, "first")));
    let (ticket, started) = clocked.queue.enqueue(Party::with_home(0), "waits", clocked.now);
    assert_eq!(started, None);
    clocked.a_while_passes();
    assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), Some((1, "waits")));
}

#[test]
fn a_party_beside_many_has_a_quarter_of_the_lanes() {
    let mut clocked = Clocked::of(8);
    for party in 1..7 {
        clocked.enqueue(party, "other");
    }
    for lane in 1..7 {
        clocked.release(lane);
    }
    assert_eq!((0..8).filter(|_| clocked.enqueue(0, "it").is_some()).count(), 2);
}

#[test]
fn a_party_whose_job_takes_long_has_half_of_the_lanes() {
    let mut clocked = Clocked::of(4);
    clocked.enqueue(3, "long");
    clocked.a_while_passes();
    assert_eq!(clocked.enqueue(3, "second"), Some((0, "second")));
    assert_eq!(clocked.enqueue(3, "third"), None);
    assert_eq!(clocked.enqueue(3, "fourth"), None);
    assert_eq!(clocked.release(3), Some((3, "third")));
}

#[test]
fn who_has_one_job_waiting_is_next_however_many_another_has() {
    let mut clocked = Clocked::of(1);
    for name in ["a1", "a2", "a3", "a4"] {
        clocked.enqueue(1, name);
    }
    clocked.enqueue(2, "b1");
    clocked.enqueue_anywhere(3, "c1");
    clocked.enqueue(2, "b2");
    let order: Vec<_> = std::iter::from_fn(|| clocked.release(0)).map(|(_, name)| name).collect();
    assert_eq!(order, ["a2", "b1", "c1", "a3", "b2", "a4"]);
}

#[test]
fn who_held_a_lane_for_long_waits_for_those_who_did_not() {
    let mut clocked = Clocked::of(1);
    clocked.enqueue(1, "long");
    clocked.enqueue(1, "its next");
    clocked.now += Duration::from_millis(3);
    assert_eq!(clocked.release(0), Some((0, "its next")));
    clocked.enqueue(1, "its third");
    for name in ["b1", "b2", "b3"] {
        clocked.enqueue(2, name);
    }
    let order: Vec<_> = std::iter::from_fn(|| clocked.release(0)).map(|(_, name)| name).collect();
    assert_eq!(order, ["b1", "b2", "b3", "its third"]);
}

#[test]
fn who_finds_a_lane_held_for_long_goes_elsewhere_at_once_and_who_waits_there_when_it_looks() {
    let mut clocked = Clocked::of(3);
    clocked.enqueue(1, "long one");
    let (ticket, started) = clocked.queue.enqueue(Party::with_home(4), "waits", clocked.now);
    assert_eq!(started, None);
    assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), None);
    clocked.a_while_passes();
    assert_eq!(clocked.enqueue(7, "comes later"), Some((2, "comes later")));
    assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), Some((0, "waits")));
}

#[test]
fn a_free_lane_starts_the_first_job_also_of_a_lane_that_is_held_for_long() {
    let mut clocked = Clocked::of(2);
    clocked.enqueue(0, "long one");
    clocked.enqueue(1, "other");
    clocked.enqueue(2, "held up");
    clocked.enqueue(3, "next");
    assert_eq!(clocked.release(1), Some((1, "next")), "nobody is held up yet");
    clocked.enqueue_anywhere(9, "of no home");
    clocked.a_while_passes();
    assert_eq!(clocked.release(1), Some((1, "held up")));
    assert_eq!(clocked.release(1), Some((1, "of no home")));
}

#[test]
fn a_cancelled_job_does_not_start_and_a_started_one_cannot_be_cancelled() {
    let mut clocked = Clocked::of(1);
    let (served, _) = clocked.queue.enqueue(Party::OPERATOR, "served", clocked.now);
    let (gone, _) = clocked.queue.enqueue(Party::with_home(8), "gone", clocked.now);
    clocked.enqueue(8, "stays");
    assert_eq!(clocked.queue.cancel(served, clocked.now), None);
    assert_eq!(clocked.queue.cancel(gone, clocked.now), Some("gone"));
    assert_eq!(clocked.queue.cancel(gone, clocked.now), None);
    assert_eq!(clocked.release(0), Some((0, "stays")));
    assert_eq!(clocked.release(0), None);
    assert!(clocked.queue.lanes.iter().all(|lane| lane.holder.is_none()));
    clocked.a_while_passes();
    clocked.queue.accounts.forget_gone(clocked.now);
    assert!(clocked.queue.accounts.present() == 0);
}

#[test]
fn a_job_without_a_home_takes_the_first_free_lane() {
    let mut clocked = Clocked::of(3);
    clocked.enqueue(0, "of a home");
    assert_eq!(clocked.enqueue_anywhere(5, "first"), Some((1, "first")));
    assert_eq!(clocked.enqueue_anywhere(6, "second"), Some((2, "second")));
    assert_eq!(clocked.enqueue_anywhere(7, "third"), None);
    assert_eq!(clocked.release(2), Some((2, "third")));
}

#[test]
fn the_operator_may_have_all_lanes_while_others_wait() {
    let mut clocked = Clocked::of(2);
    assert_eq!(clocked.queue.enqueue(Party::OPERATOR, "one", clocked.now).1, Some((0, "one")));
    assert_eq!(clocked.enqueue(0, "a shop's"), None);
    assert_eq!(clocked.queue.enqueue(Party::OPERATOR, "two", clocked.now).1, Some((1, "two")));
    assert_eq!(clocked.release(0), Some((0, "a shop's")), "which has its turn");
}

#[test]
fn no_more_jobs_run_than_may_and_the_first_that_waits_is_next_whatever_its_lane() {
    let mut clocked = Clocked::active(4, 2);
    assert_eq!(clocked.enqueue(0, "first"), Some((0, "first")));
    assert_eq!(clocked.enqueue(1, "second"), Some((1, "second")));
    assert_eq!(clocked.enqueue(2, "third"), None, "its lane is free, but two jobs run");
    assert_eq!(clocked.enqueue(0, "fourth"), None);
    assert_eq!(clocked.release(0), Some((0, "fourth")), "a job of the same turn goes on where it is");
    assert_eq!(clocked.enqueue(4, "fifth"), None);
    assert_eq!(clocked.release(0), Some((2, "third")), "it has waited for a turn");
    assert_eq!(clocked.release(1), Some((0, "fifth")));
    assert_eq!((clocked.release(0), clocked.release(2)), (None, None));
}

#[test]
fn a_job_that_is_held_up_takes_no_place_from_others() {
    let mut clocked = Clocked::active(4, 1);
    assert_eq!(clocked.enqueue(0, "waits for a lock"), Some((0, "waits for a lock")));
    let (ticket, started) = clocked.queue.enqueue(Party::with_home(1), "waits", clocked.now);
    assert_eq!(started, None);
    clocked.a_while_passes();
    assert_eq!(clocked.queue.try_elsewhere(ticket, clocked.now), Some((1, "waits")));
    assert_eq!(clocked.enqueue(2, "next"), None);
    assert_eq!(clocked.release(0), None, "one job runs");
    assert_eq!(clocked.release(1), Some((2, "next")));
}

#[test]
fn shares_are_parts_of_the_jobs_that_may_run() {
    let mut clocked = Clocked::active(8, 4);
    clocked.enqueue(1, "other");
    clocked.release(1);
    assert_eq!((0..8).filter(|_| clocked.enqueue(0, "it").is_some()).count(), 2);
}
