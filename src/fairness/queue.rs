//! A bounded queue whose lines take turns. Nothing here runs anything.
//!
//! Each item has a path of keys, such as a client's network and then an account. The items of one path are a line, first in,
//! first out. The scheme is *hierarchical round robin with longest queue drop*:
//!
//! - The first keys take turns; within one of them the second keys take turns, and so on. However many items a key has, each of
//!   the others waits for one of them at most, per turn.
//! - A first key that had nothing waiting is next, unless it was also the last one: whoever asks rarely does not wait behind a
//!   crowd. (So are the new flows of FQ-CoDel, RFC 8290, section 4.2.) The other keys begin at the end: of those, a crowd could
//!   make any number.
//! - When the queue is full, a new item is let in first. Then, level by level, the key with the most items is looked for, and the
//!   newest item of that line loses its place. Of keys with equally many, it is the new item's own: then the new item is refused.
//!
//! A key that is alone may fill the whole queue, and gives the room up as others come.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// The queue. Each item has a path of `DEPTH` keys.
pub struct FairQueue<K, T, const DEPTH: usize> {
    root: Line<K, T>,
    /// The first key of the item that left last.
    served: Option<K>,
    capacity: usize,
    tickets: u64,
}

/// Identifies an item that was enqueued.
#[derive(Clone, Debug)]
pub struct Ticket<K, const DEPTH: usize> {
    path: [K; DEPTH],
    number: u64,
}

/// The items of one path, or the lines below one key.
struct Line<K, T> {
    /// The number of items, also those of the lines below.
    waiting: usize,
    /// By number. Empty unless this is the end of a path.
    items: VecDeque<(u64, T)>,
    /// Lines with items.
    lines: HashMap<K, Line<K, T>>,
    /// The keys of `lines`; the next one first.
    turns: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, T, const DEPTH: usize> FairQueue<K, T, DEPTH> {
    /// A queue with room for so many items.
    pub fn new(capacity: usize) -> Self {
        Self { root: Line::default(), served: None, capacity, tickets: 0 }
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.root.waiting
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Enqueues an item. If the queue was full, the item that lost its place is returned: it may be this one.
    pub fn push(&mut self, path: [K; DEPTH], item: T) -> (Ticket<K, DEPTH>, Option<T>) {
        self.tickets += 1;
        let number = self.tickets;
        let is_newcomer = !self.root.lines.contains_key(&path[0]) && self.served.as_ref() != Some(&path[0]);
        self.root.push(&path, (number, item));
        if is_newcomer {
            self.root.turns.rotate_right(1);
        }
        let is_full = self.root.waiting > self.capacity;
        let dropped = if is_full { self.root.drop_newest(Some(&path)) } else { None };
        (Ticket { path, number }, dropped)
    }

    /// Takes the item whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        self.served = self.root.turns.front().cloned();
        self.root.pop()
    }

    /// Takes an item back. None when it has left the queue already.
    pub fn cancel(&mut self, ticket: &Ticket<K, DEPTH>) -> Option<T> {
        self.root.remove(&ticket.path, ticket.number)
    }
}

impl<K, T> Default for Line<K, T> {
    fn default() -> Self {
        Self { waiting: 0, items: VecDeque::new(), lines: HashMap::new(), turns: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash, T> Line<K, T> {
    fn push(&mut self, path: &[K], entry: (u64, T)) {
        self.waiting += 1;
        let Some((key, rest)) = path.split_first() else {
            self.items.push_back(entry);
            return;
        };
        if !self.lines.contains_key(key) {
            self.turns.push_back(key.clone());
        }
        self.lines.entry(key.clone()).or_default().push(rest, entry);
    }

    fn pop(&mut self) -> Option<T> {
        let item = match self.turns.pop_front() {
            None => self.items.pop_front()?.1,
            Some(key) => {
                let item = self.lines.get_mut(&key)?.pop()?;
                // Behind the others, if the line goes on.
                self.turns.push_back(key.clone());
                self.remove_if_empty(&key);
                item
            }
        };
        self.waiting -= 1;
        Some(item)
    }

    fn remove(&mut self, path: &[K], number: u64) -> Option<T> {
        let item = match path.split_first() {
            None => {
                let at = self.items.iter().position(|(other, _)| *other == number)?;
                self.items.remove(at)?.1
            }
            Some((key, rest)) => {
                let item = self.lines.get_mut(key)?.remove(rest, number)?;
                self.remove_if_empty(key);
                item
            }
        };
        self.waiting -= 1;
        Some(item)
    }

    /// Drops the newest item of the longest line; of lines that are equally long, that of `newcomer`, the path of the newest item
    /// from here on.
    fn drop_newest(&mut self, newcomer: Option<&[K]>) -> Option<T> {
        let own = newcomer.and_then(|path| path.split_first());
        let length = |key: &K| self.lines.get(key).map_or(0, |line| line.waiting);
        let is_own = |key: &K| own.is_some_and(|(own, _)| own == key);
        let item = match self.turns.iter().max_by_key(|key| (length(key), is_own(key))).cloned() {
            None => self.items.pop_back()?.1,
            Some(key) => {
                let rest = own.filter(|(own, _)| **own == key).map(|(_, rest)| rest);
                let item = self.lines.get_mut(&key)?.drop_newest(rest)?;
                self.remove_if_empty(&key);
                item
            }
        };
        self.waiting -= 1;
        Some(item)
    }

    fn remove_if_empty(&mut self, key: &K) {
        if self.lines.get(key).is_some_and(|line| line.waiting == 0) {
            self.lines.remove(key);
            self.turns.retain(|other| other != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue of items that are named after their path: a network, an account. All have the same first key.
    fn queue(capacity: usize) -> FairQueue<&'static str, String, 3> {
        FairQueue::new(capacity)
    }

    /// Enqueues the `number`th item of a path. Returns what lost its place.
    fn push(
        queue: &mut FairQueue<&'static str, String, 3>,
        path: [&'static str; 2],
        number: u32,
    ) -> Option<String> {
        queue.push(["all", path[0], path[1]], format!("{}{}{number}", path[0], path[1])).1
    }

    fn rest(queue: &mut FairQueue<&'static str, String, 3>) -> Vec<String> {
        let rest: Vec<String> = std::iter::from_fn(|| queue.pop()).collect();
        assert!(queue.is_empty() && queue.root.lines.is_empty() && queue.root.turns.is_empty());
        rest
    }

    #[test]
    fn networks_take_turns_and_within_a_network_its_accounts() {
        let mut queue = queue(100);
        for number in 1..=4 {
            push(&mut queue, ["A", "x"], number);
        }
        push(&mut queue, ["A", "y"], 1);
        push(&mut queue, ["B", "x"], 1);
        push(&mut queue, ["B", "x"], 2);
        push(&mut queue, ["C", "z"], 1);
        assert_eq!(queue.len(), 8);
        assert_eq!(rest(&mut queue), ["Ax1", "Bx1", "Cz1", "Ay1", "Bx2", "Ax2", "Ax3", "Ax4"]);
    }

    #[test]
    fn a_first_key_that_asks_rarely_is_next_but_not_twice_in_a_row() {
        let mut queue: FairQueue<&str, &str, 1> = FairQueue::new(9);
        let push = |queue: &mut FairQueue<_, _, 1>, key, item| assert!(queue.push([key], item).1.is_none());
        for item in ["crowd 1", "crowd 2", "crowd 3"] {
            push(&mut queue, "crowd", item);
        }
        assert_eq!(queue.pop(), Some("crowd 1"));
        push(&mut queue, "rare", "rare 1");
        assert_eq!(queue.pop(), Some("rare 1"));
        push(&mut queue, "rare", "rare 2");
        assert_eq!(
            [queue.pop(), queue.pop(), queue.pop()],
            [Some("crowd 2"), Some("rare 2"), Some("crowd 3")]
        );
    }

    #[test]
    fn who_comes_late_waits_for_one_of_each_other_at_most() {
        let mut queue = queue(100);
        for number in 1..=50 {
            push(&mut queue, ["A", "x"], number);
        }
        assert_eq!(queue.pop().as_deref(), Some("Ax1"));
        push(&mut queue, ["B", "x"], 1);
        assert_eq!([queue.pop(), queue.pop()], [Some("Ax2".to_owned()), Some("Bx1".to_owned())]);
    }

    #[test]
    fn a_full_queue_drops_the_newest_of_whoever_has_the_most() {
        let mut queue = queue(5);
        for number in 1..=3 {
            assert_eq!(push(&mut queue, ["A", "x"], number), None);
        }
        assert_eq!(push(&mut queue, ["A", "y"], 1), None);
        assert_eq!(push(&mut queue, ["B", "x"], 1), None);
        // A has four, of which x has three.
        assert_eq!(push(&mut queue, ["B", "y"], 1).as_deref(), Some("Ax3"));
        // A has three, B two: after this, as many as B.
        assert_eq!(push(&mut queue, ["C", "x"], 1).as_deref(), Some("Ax2"));
        // A, B and C have two, two and one. B would have the most.
        assert_eq!(push(&mut queue, ["B", "z"], 1).as_deref(), Some("Bz1"));
        assert_eq!(rest(&mut queue), ["Ax1", "Bx1", "Cx1", "Ay1", "By1"]);
    }

    #[test]
    fn whoever_would_have_the_most_is_refused() {
        let mut queue = queue(2);
        push(&mut queue, ["A", "x"], 1);
        push(&mut queue, ["B", "x"], 1);
        for number in 2..10 {
            let refused = format!("Ax{number}");
            assert_eq!(push(&mut queue, ["A", "x"], number), Some(refused));
        }
        // Nobody has more than the newcomer would have.
        assert_eq!(push(&mut queue, ["C", "x"], 1).as_deref(), Some("Cx1"));
        assert_eq!(rest(&mut queue), ["Ax1", "Bx1"]);
        let mut none = self::queue(0);
        assert_eq!(push(&mut none, ["A", "x"], 1).as_deref(), Some("Ax1"));
    }

    #[test]
    fn who_cancels_leaves_the_place_to_others() {
        let mut queue = queue(2);
        let (first, _) = queue.push(["all", "A", "x"], "Ax1".to_owned());
        let (second, _) = queue.push(["all", "A", "x"], "Ax2".to_owned());
        assert_eq!(queue.cancel(&first).as_deref(), Some("Ax1"));
        assert_eq!(queue.cancel(&first), None);
        assert_eq!(push(&mut queue, ["B", "x"], 1), None);
        assert_eq!(queue.pop().as_deref(), Some("Ax2"));
        assert_eq!(queue.cancel(&second), None);
        assert_eq!(rest(&mut queue), ["Bx1"]);
    }
}
