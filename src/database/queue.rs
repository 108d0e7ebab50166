//! Who waits for which lane, and who is next. Nothing here runs anything.
//!
//! Each key has a lane where it is at home. It waits there while others have the lane for a moment, since it would be slower
//! elsewhere, where a connection does not know its shop. It goes elsewhere when it has the lane itself and others of it wait
//! already, or when whoever has the lane keeps it for long; and never to more than its part of the lanes, so that others' are left
//! to them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long somebody may have a lane before those who are at home there go elsewhere. Longer than requests take on a busy
/// machine, also on a connection that has yet to learn the shop's tables: whoever leaves makes another connection learn them.
pub(super) const SHORTLY: Duration = Duration::from_millis(100);

/// Lanes and who waits for them. `W` is what somebody waits with.
pub(super) struct Queue<W> {
    lanes: Vec<Lane<W>>,
    /// Those who are at home nowhere.
    at_large: VecDeque<Waiting<W>>,
    /// How many lanes each key has now.
    held: HashMap<u64, usize>,
    arrivals: u64,
}

struct Lane<W> {
    holder: Option<Holder>,
    /// In the order of their numbers. Empty while nobody has the lane.
    at_home: VecDeque<Waiting<W>>,
}

struct Holder {
    key: Option<u64>,
    since: Instant,
}

struct Waiting<W> {
    number: u64,
    key: Option<u64>,
    with: W,
}

/// Somebody's place in the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    key: Option<u64>,
    number: u64,
}

impl<W> Queue<W> {
    /// For so many lanes, at least one.
    pub(super) fn new(lanes: u32) -> Self {
        let lane = |_| Lane { holder: None, at_home: VecDeque::new() };
        Self {
            lanes: (0..lanes.max(1)).map(lane).collect(),
            at_large: VecDeque::new(),
            held: HashMap::new(),
            arrivals: 0,
        }
    }

    /// Somebody comes. If that gives a lane something to do, it is said which and what: it need not be the one who came.
    pub(super) fn arrive(&mut self, key: Option<u64>, with: W, now: Instant) -> (Place, Option<(usize, W)>) {
        self.arrivals += 1;
        let place = Place { key, number: self.arrivals };
        let waiting = Waiting { number: place.number, key, with };
        let free = match key.map(|key| self.home(key)) {
            Some(home) => self.lanes[home].holder.is_none().then_some(home),
            // In one order, so that no more connections are made than are needed at once.
            None => self.first_free_after(self.lanes.len() - 1),
        };
        if let Some(lane) = free {
            return (place, Some(self.give(lane, waiting, now)));
        }
        self.line(key).push_back(waiting);
        (place, key.and_then(|key| self.send_elsewhere(key, now)))
    }

    /// Somebody's work on a lane is done: who has it next.
    pub(super) fn done(&mut self, lane: usize, now: Instant) -> Option<(usize, W)> {
        let key = self.lanes[lane].holder.take().and_then(|holder| holder.key);
        key.inspect(|key| self.count_down(*key));
        self.next(lane, now).or_else(|| {
            // A guest's next one finds here what the guest's connection has just learnt.
            let waiting = self.oldest_of(key?)?;
            Some(self.give(lane, waiting, now))
        })
    }

    /// Whether somebody has not had a turn yet, and has not left.
    pub(super) fn has(&mut self, place: Place) -> bool {
        self.position(place).is_some()
    }

    /// To be asked now and then by those who wait: a lane with nothing to do does not look for them.
    pub(super) fn look_elsewhere(&mut self, place: Place, now: Instant) -> Option<(usize, W)> {
        place.key.and_then(|key| self.send_elsewhere(key, now))
    }

    /// Somebody goes, who has not had a turn. None when there was one.
    pub(super) fn leave(&mut self, place: Place) -> Option<W> {
        let at = self.position(place)?;
        self.line(place.key).remove(at).map(|waiting| waiting.with)
    }

    /// Lanes in use.
    pub(super) fn in_use(&self) -> usize {
        self.lanes.iter().filter(|lane| lane.holder.is_some()).count()
    }

    /// The one who has waited longest of those whom a free lane serves.
    fn next(&mut self, lane: usize, now: Instant) -> Option<(usize, W)> {
        let own = self.lanes[lane].at_home.front();
        let firsts = own.into_iter().chain(self.at_large.front()).chain(self.stranded(now));
        let Waiting { number, key, .. } = *firsts.min_by_key(|waiting| waiting.number)?;
        let with = self.leave(Place { key, number })?;
        Some(self.give(lane, Waiting { number, key, with }, now))
    }

    /// The first at each lane that somebody has had for long.
    fn stranded(&self, now: Instant) -> impl Iterator<Item = &Waiting<W>> {
        self.lanes.iter().filter(move |lane| lane.is_held_long(now)).filter_map(|lane| {
            lane.at_home.iter().find(|waiting| waiting.key.is_none_or(|key| self.may_have_more(key)))
        })
    }

    /// Gives a free lane to the oldest of a key's, if that may leave its home and there is one.
    fn send_elsewhere(&mut self, key: u64, now: Instant) -> Option<(usize, W)> {
        let home = &self.lanes[self.home(key)];
        if !(home.is_held_long(now) || home.is_crowded_by(key)) {
            return None;
        }
        let lane = self.first_free_after(self.home(key))?;
        let waiting = self.oldest_of(key)?;
        Some(self.give(lane, waiting, now))
    }

    /// Takes the oldest of a key's out of the queue, if the key may have one more lane.
    fn oldest_of(&mut self, key: u64) -> Option<Waiting<W>> {
        if !self.may_have_more(key) {
            return None;
        }
        let line = self.line(Some(key));
        let at = line.iter().position(|waiting| waiting.key == Some(key))?;
        line.remove(at)
    }

    fn give(&mut self, lane: usize, waiting: Waiting<W>, now: Instant) -> (usize, W) {
        waiting.key.inspect(|key| *self.held.entry(*key).or_default() += 1);
        self.lanes[lane].holder = Some(Holder { key: waiting.key, since: now });
        (lane, waiting.with)
    }

    fn count_down(&mut self, key: u64) {
        let count = self.held.remove(&key).unwrap_or_default();
        if count > 1 {
            self.held.insert(key, count - 1);
        }
    }

    /// Half of the lanes; two if there are two.
    fn may_have_more(&self, key: u64) -> bool {
        self.held.get(&key).is_none_or(|count| *count < (self.lanes.len() / 2).max(2))
    }

    fn first_free_after(&self, lane: usize) -> Option<usize> {
        let count = self.lanes.len();
        (1..=count)
            .map(|step| lane.wrapping_add(step) % count)
            .find(|lane| self.lanes[*lane].holder.is_none())
    }

    fn position(&mut self, place: Place) -> Option<usize> {
        self.line(place.key).binary_search_by_key(&place.number, |waiting| waiting.number).ok()
    }

    fn line(&mut self, key: Option<u64>) -> &mut VecDeque<Waiting<W>> {
        match key.map(|key| self.home(key)) {
            Some(home) => &mut self.lanes[home].at_home,
            None => &mut self.at_large,
        }
    }

    fn home(&self, key: u64) -> usize {
        usize::try_from(key % self.lanes.len() as u64).unwrap_or(0)
    }
}

impl<W> Lane<W> {
    /// Whether a key has the lane, and more than one of it wait for it: a single one will have its turn as soon.
    fn is_crowded_by(&self, key: u64) -> bool {
        self.holder.as_ref().is_some_and(|holder| holder.key == Some(key))
            && self.at_home.iter().filter(|waiting| waiting.key == Some(key)).nth(1).is_some()
    }

    fn is_held_long(&self, now: Instant) -> bool {
        self.holder.as_ref().is_some_and(|holder| now.duration_since(holder.since) > SHORTLY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue whose waiters wait with a name, and a clock that goes only when it is told to.
    struct Trial {
        queue: Queue<&'static str>,
        now: Instant,
    }

    impl Trial {
        fn of(lanes: u32) -> Self {
            Self { queue: Queue::new(lanes), now: Instant::now() }
        }

        fn arrive(
            &mut self,
            key: impl Into<Option<u64>>,
            name: &'static str,
        ) -> Option<(usize, &'static str)> {
            self.queue.arrive(key.into(), name, self.now).1
        }

        fn done(&mut self, lane: usize) -> Option<(usize, &'static str)> {
            self.queue.done(lane, self.now)
        }

        fn a_while_passes(&mut self) {
            self.now += SHORTLY + Duration::from_millis(1);
        }
    }

    #[test]
    fn a_key_comes_back_to_its_lane_and_keys_are_spread() {
        let mut trial = Trial::of(4);
        for (key, lane) in [(0, 0), (5, 1), (2, 2), (7, 3), (5, 1), (0, 0)] {
            assert_eq!(trial.arrive(key, "it"), Some((lane, "it")));
            assert_eq!(trial.done(lane), None);
        }
    }

    #[test]
    fn keys_of_one_lane_wait_for_one_another_while_others_are_free() {
        let mut trial = Trial::of(4);
        assert_eq!(trial.arrive(1, "first"), Some((1, "first")));
        assert_eq!(trial.arrive(5, "second"), None);
        assert_eq!(trial.arrive(9, "third"), None);
        assert_eq!(trial.done(1), Some((1, "second")));
        assert_eq!(trial.done(1), Some((1, "third")));
    }

    #[test]
    fn a_busy_key_has_half_of_the_lanes_and_leaves_the_others_alone() {
        let mut trial = Trial::of(8);
        assert_eq!(trial.arrive(3, "first"), Some((3, "first")));
        assert_eq!(trial.arrive(3, "second"), None, "one that waits will have its turn soon");
        assert_eq!(trial.arrive(3, "third"), Some((4, "second")), "nobody is overtaken");
        assert_eq!(trial.arrive(3, "fourth"), Some((5, "third")));
        assert_eq!(trial.arrive(3, "fifth"), Some((6, "fourth")));
        assert_eq!(trial.arrive(3, "sixth"), None, "it has half of them");
        assert_eq!(trial.arrive(7, "other"), Some((7, "other")));
        assert_eq!(trial.arrive(4, "at home here"), None);
        assert_eq!(trial.done(5), Some((5, "fifth")), "a lane that knows the shop goes on with it");
        assert_eq!(trial.done(4), Some((4, "at home here")), "whoever is at home goes before a guest");
        assert_eq!(trial.done(7), None, "a lane that does not know it stays with its own");
        assert_eq!(trial.arrive(3, "seventh"), Some((7, "sixth")));
    }

    #[test]
    fn who_finds_a_lane_held_for_long_goes_elsewhere_at_once_and_who_waits_there_when_it_looks() {
        let mut trial = Trial::of(3);
        trial.arrive(1, "long one");
        let (place, started) = trial.queue.arrive(Some(4), "waits", trial.now);
        assert_eq!(started, None);
        assert_eq!(trial.queue.look_elsewhere(place, trial.now), None);
        trial.a_while_passes();
        assert_eq!(trial.arrive(7, "comes later"), Some((2, "comes later")));
        assert_eq!(trial.queue.look_elsewhere(place, trial.now), Some((0, "waits")));
    }

    #[test]
    fn a_lane_that_is_done_takes_who_has_waited_longest_also_for_one_that_is_held_for_long() {
        let mut trial = Trial::of(2);
        trial.arrive(0, "long one");
        trial.arrive(1, "other");
        trial.arrive(2, "stranded");
        trial.arrive(3, "next");
        assert_eq!(trial.done(1), Some((1, "next")), "nobody is stranded yet");
        trial.arrive(None, "at home nowhere");
        trial.a_while_passes();
        assert_eq!(trial.done(1), Some((1, "stranded")));
        assert_eq!(trial.done(1), Some((1, "at home nowhere")));
    }

    #[test]
    fn a_key_that_holds_its_part_of_the_lanes_for_long_gets_no_more_and_another_of_its_home_does() {
        let mut trial = Trial::of(4);
        trial.arrive(1, "long");
        trial.a_while_passes();
        assert_eq!(trial.arrive(1, "long too"), Some((2, "long too")));
        assert_eq!(trial.arrive(1, "third"), None);
        assert_eq!(trial.arrive(5, "neighbour"), Some((3, "neighbour")));
        trial.arrive(0, "other");
        trial.arrive(5, "neighbour too");
        assert_eq!(trial.done(0), Some((0, "neighbour too")), "the third before it has no right to a lane");
    }

    #[test]
    fn who_leaves_is_not_served_and_who_was_served_cannot_leave() {
        let mut trial = Trial::of(1);
        let (served, _) = trial.queue.arrive(None, "served", trial.now);
        let (gone, _) = trial.queue.arrive(Some(8), "gone", trial.now);
        trial.arrive(8, "stays");
        assert_eq!(trial.queue.leave(served), None);
        assert_eq!(trial.queue.leave(gone), Some("gone"));
        assert_eq!(trial.queue.leave(gone), None);
        assert_eq!(trial.done(0), Some((0, "stays")));
        assert_eq!(trial.done(0), None);
        assert_eq!(trial.queue.in_use(), 0);
        assert!(trial.queue.held.is_empty());
    }

    #[test]
    fn work_of_no_key_takes_the_first_free_lane() {
        let mut trial = Trial::of(3);
        trial.arrive(0, "keyed");
        assert_eq!(trial.arrive(None, "first"), Some((1, "first")));
        assert_eq!(trial.arrive(None, "second"), Some((2, "second")));
        assert_eq!(trial.arrive(None, "third"), None);
        assert_eq!(trial.done(2), Some((2, "third")));
    }
}
