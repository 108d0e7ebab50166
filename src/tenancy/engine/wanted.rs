//! Shops that requests found outdated: the supervisor migrates them next.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::tenancy::shop::ShopId;

/// Shops that requests ask for, each of them once.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct Wanted {
    shops: Mutex<VecDeque<ShopId>>,
    asked: Condvar,
}

/// Requests that find more shops lagging than this are not noted: the run comes to these shops anyway.
const MOST_WANTED: usize = 1_000;

impl Wanted {
    /// Notes a shop that a request could not enter.
    pub(in crate::tenancy) fn ask(&self, shop: ShopId) {
        let mut shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        if shops.len() < MOST_WANTED && !shops.contains(&shop) {
            shops.push_back(shop);
            self.asked.notify_one();
        }
    }

    /// The one that has waited longest.
    pub(in crate::tenancy) fn take(&self) -> Option<ShopId> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Waits up to `timeout` for a request to ask. True when one has.
    pub(in crate::tenancy) fn wait(&self, timeout: Duration) -> bool {
        let shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        let (shops, _) = self
            .asked
            .wait_timeout_while(shops, timeout, |shops| shops.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        !shops.is_empty()
    }
}
