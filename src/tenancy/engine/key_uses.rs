//! When API keys were last used, to the minute.
//!
//! A request writes nothing for it: it would hold the row of its key for as long as it runs, so that other requests with the key
//! and its revocation wait, and would fail where the database takes no changes. A short transaction of its own writes it
//! behind the request, once a minute for a key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a use is written.
const EVERY: Duration = Duration::from_mins(1);

/// The most keys that are remembered. When there are more, those that are due are forgotten, or else all.
const MOST: usize = 16_384;

/// The keys whose use this instance has written, and when.
#[derive(Default)]
pub(in crate::tenancy) struct KeyUses(Mutex<HashMap<[u8; 32], Instant>>);

impl KeyUses {
    /// Whether the use of a key is to be written. If so, the next one is due in a minute.
    pub(super) fn is_due(&self, hash: [u8; 32], now: Instant) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&hash).is_some_and(|last| now.duration_since(*last) < EVERY) {
            return false;
        }
        if written.len() >= MOST {
            written.retain(|_, last| now.duration_since(*last) < EVERY);
        }
        if written.len() >= MOST {
            written.clear();
        }
        written.insert(hash, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute_for_each_key() {
        let (uses, start) = (KeyUses::default(), Instant::now());
        assert!(uses.is_due([1; 32], start) && uses.is_due([2; 32], start));
        assert!(!uses.is_due([1; 32], start + EVERY / 2));
        assert!(uses.is_due([1; 32], start + EVERY));
        assert!(!uses.is_due([1; 32], start + EVERY));
    }
}
