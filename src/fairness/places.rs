//! Places, given to those who wait in a fair queue.

use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::tokio::sync::oneshot::{self, Sender};

use super::queue::{FairQueue, Ticket};

/// A number of places, and the queue of those who wait for one. Clones share them.
pub struct Places<K: Clone + Eq + Hash, const DEPTH: usize>(Arc<Mutex<Inner<K, DEPTH>>>);

struct Inner<K: Clone + Eq + Hash, const DEPTH: usize> {
    /// None while somebody waits.
    free: usize,
    queue: FairQueue<K, Sender<Place<K, DEPTH>>, DEPTH>,
}

/// A place that somebody holds. Dropped, it goes to the next one who waits.
pub struct Place<K: Clone + Eq + Hash, const DEPTH: usize>(Places<K, DEPTH>);

/// The queue is full: the one who asks is refused, or loses the place in the queue to somebody who has fewer.
#[derive(Debug, thiserror::Error)]
#[error("too many wait")]
pub struct Full;

impl<K: Clone + Eq + Hash, const DEPTH: usize> Places<K, DEPTH> {
    /// So many places, and room for so many who wait.
    pub fn new(places: usize, waiting: usize) -> Self {
        Self(Arc::new(Mutex::new(Inner { free: places, queue: FairQueue::new(waiting) })))
    }

    /// Waits for a place. Whoever stops waiting, by dropping the future, leaves the queue at once.
    ///
    /// # Errors
    /// [`Full`].
    pub async fn enter(&self, path: [K; DEPTH]) -> Result<Place<K, DEPTH>, Full> {
        let (sender, granted) = oneshot::channel();
        let waits = {
            let mut inner = self.lock();
            if inner.free > 0 {
                inner.free -= 1;
                return Ok(Place(self.clone()));
            }
            // Who loses the place in the queue learns it when the sender is dropped.
            let (ticket, _dropped) = inner.queue.push(path, sender);
            Waits { places: self, ticket }
        };
        let place = granted.await;
        drop(waits);
        place.map_err(|_| Full)
    }

    /// The number of those who wait.
    pub fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    /// Gives a place to the next one.
    fn pass_on(&self) {
        let next = {
            let mut inner = self.lock();
            let next = inner.queue.pop();
            inner.free += usize::from(next.is_none());
            next
        };
        // Whoever has gone meanwhile does not take the place: it is dropped here, and goes to the one after.
        let _untaken = next.map(|next| next.send(Place(self.clone())));
    }

    fn lock(&self) -> MutexGuard<'_, Inner<K, DEPTH>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, const DEPTH: usize> Clone for Places<K, DEPTH> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Clone + Eq + Hash, const DEPTH: usize> Drop for Place<K, DEPTH> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

/// Leaves the queue when it is dropped.
struct Waits<'p, K: Clone + Eq + Hash, const DEPTH: usize> {
    places: &'p Places<K, DEPTH>,
    ticket: Ticket<K, DEPTH>,
}

impl<K: Clone + Eq + Hash, const DEPTH: usize> Drop for Waits<'_, K, DEPTH> {
    fn drop(&mut self) {
        self.places.lock().queue.cancel(&self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Polls a future once, and returns its output if there is one.
    fn is_ready<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_place_goes_to_those_who_wait_in_turns() {
        let places: Places<char, 1> = Places::new(1, 10);
        let held = is_ready(pin!(places.enter(['A']))).unwrap().unwrap();
        let mut waiting = [['A'], ['A'], ['B']].map(|path| Some(Box::pin(places.enter(path))));
        assert!(waiting.iter_mut().flatten().all(|waits| is_ready(waits.as_mut()).is_none()));
        assert_eq!(places.waiting(), 3);
        let (mut held, mut order) = (Some(held), Vec::new());
        while let Some(place) = held.take() {
            drop(place);
            for (number, slot) in waiting.iter_mut().enumerate() {
                if let Some(got) = slot.as_mut().and_then(|waits| is_ready(waits.as_mut())) {
                    *slot = None;
                    order.push(number);
                    held = Some(got.unwrap());
                }
            }
        }
        // Who asks rarely is next.
        assert_eq!(order, [2, 0, 1]);
        assert!(is_ready(pin!(places.enter(['C']))).unwrap().is_ok(), "the place is free again");
    }

    #[test]
    fn who_stops_waiting_frees_the_room_and_loses_no_place() {
        let places: Places<char, 1> = Places::new(1, 1);
        let held = is_ready(pin!(places.enter(['A']))).unwrap().unwrap();
        let mut gone = Box::pin(places.enter(['A']));
        assert!(is_ready(gone.as_mut()).is_none());
        assert!(is_ready(pin!(places.enter(['A']))).unwrap().is_err(), "no room");
        drop(gone);
        assert_eq!(places.waiting(), 0);
        let mut late = Box::pin(places.enter(['A']));
        assert!(is_ready(late.as_mut()).is_none());
        // The place is given, and whom it is given to has gone before taking it.
        drop(held);
        drop(late);
        assert!(is_ready(pin!(places.enter(['A']))).unwrap().is_ok(), "the place is free again");
    }

    #[test]
    fn who_has_the_most_loses_a_place_in_a_full_queue() {
        let places: Places<char, 1> = Places::new(1, 2);
        let _held = is_ready(pin!(places.enter(['A']))).unwrap().unwrap();
        let mut waits = [places.enter(['A']), places.enter(['A'])].map(Box::pin);
        assert!(waits.iter_mut().all(|waits| is_ready(waits.as_mut()).is_none()));
        let mut other = pin!(places.enter(['B']));
        assert!(is_ready(other.as_mut()).is_none());
        let [first, second] = &mut waits;
        assert!(is_ready(first.as_mut()).is_none());
        assert!(is_ready(second.as_mut()).unwrap().is_err(), "the newest of A gave up its place");
    }
}
