//! Budgets: of what there is only so much, nobody takes more than a share.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So much of something, such as bytes of memory, for parties of which each may have a share.
#[derive(Debug)]
pub(in crate::http) struct Budget {
    total: u64,
    share: u64,
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    total: u64,
    by_party: HashMap<u128, u64>,
}

/// Why nothing is left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::http) enum Exhausted {
    /// The party has its share already.
    Share,
    /// All of it is in use.
    Total,
}

/// What a party has taken, until this is dropped.
#[derive(Debug)]
pub(in crate::http) struct Taken {
    budget: Arc<Budget>,
    party: u128,
    amount: u64,
}

impl Budget {
    /// `total` in all, and at most `share` for each party.
    pub(in crate::http) fn new(total: u64, share: u64) -> Arc<Self> {
        Arc::new(Self { total, share, used: Mutex::default() })
    }

    /// Takes `amount` for a party.
    ///
    /// # Errors
    /// When that is more than the party may have, or than is left.
    pub(in crate::http) fn take(self: &Arc<Self>, party: u128, amount: u64) -> Result<Taken, Exhausted> {
        let mut taken = Taken { budget: Arc::clone(self), party, amount: 0 };
        taken.grow(amount)?;
        Ok(taken)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// How much was taken.
    pub(in crate::http) fn amount(&self) -> u64 {
        self.amount
    }

    /// Takes `amount` more.
    ///
    /// # Errors
    /// As [`Budget::take`]; what was taken before stays.
    pub(in crate::http) fn grow(&mut self, amount: u64) -> Result<(), Exhausted> {
        let mut used = self.budget.used();
        let own = used.by_party.get(&self.party).copied().unwrap_or_default();
        if own + amount > self.budget.share {
            return Err(Exhausted::Share);
        }
        if used.total + amount > self.budget.total {
            return Err(Exhausted::Total);
        }
        used.total += amount;
        used.by_party.insert(self.party, own + amount);
        self.amount += amount;
        Ok(())
    }

    /// Gives all of it back.
    pub(in crate::http) fn give_back(&mut self) {
        let amount = mem::take(&mut self.amount);
        let mut used = self.budget.used();
        used.total = used.total.saturating_sub(amount);
        let left = used.by_party.remove(&self.party).unwrap_or_default().saturating_sub(amount);
        if left > 0 {
            used.by_party.insert(self.party, left);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_has_its_share_and_all_have_what_there_is() {
        let budget = Budget::new(5, 3);
        let mut first = budget.take(1, 2).unwrap();
        assert_eq!(first.grow(2).unwrap_err(), Exhausted::Share);
        first.grow(1).unwrap();
        let second = budget.take(2, 2).unwrap();
        assert_eq!(budget.take(3, 1).unwrap_err(), Exhausted::Total);
        drop(first);
        let third = budget.take(1, 3).unwrap();
        drop((second, third));
        let used = budget.used();
        assert_eq!((used.total, used.by_party.len()), (0, 0));
    }
}
