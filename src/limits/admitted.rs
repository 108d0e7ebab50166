//! Callers that the database has let in lately.
//!
//! Requests are counted before the database is asked, and anybody can write an API key that names a shop. A key counts for
//! the shop only when it was let in before, so nobody uses up a shop's requests with keys that are none.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The most callers that are remembered. When there are more, all are forgotten, and each is let in anew.
const MOST: usize = 16_384;

/// A set of callers, each a number.
#[derive(Default)]
pub(super) struct Admitted(Mutex<HashSet<u128>>);

impl Admitted {
    pub(super) fn contains(&self, caller: u128) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&caller)
    }

    pub(super) fn add(&self, caller: u128) {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.contains(&caller) {
            return;
        }
        if callers.len() >= MOST {
            callers.clear();
        }
        callers.insert(caller);
    }

    pub(super) fn remove(&self, caller: u128) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&caller);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let admitted = Admitted::default();
        (0..=MOST as u128).for_each(|caller| admitted.add(caller));
        assert!(admitted.contains(MOST as u128) && !admitted.contains(0));
        admitted.remove(MOST as u128);
        assert!(!admitted.contains(MOST as u128));
    }
}
