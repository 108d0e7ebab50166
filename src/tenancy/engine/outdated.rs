//! Shops that requests found outdated: they are migrated next.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::tenancy::shop::ShopId;

/// A queue of shops, each of them in it once.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct OutdatedShops {
    shops: Mutex<VecDeque<ShopId>>,
    added: Condvar,
}

/// The queue's limit. Shops beyond it are not added; the run over all shops migrates them anyway.
const MAX_SHOPS: usize = 1_000;

impl OutdatedShops {
    /// Adds a shop that a request could not enter.
    pub(in crate::tenancy) fn add(&self, shop: ShopId) {
        let mut shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        if shops.len() < MAX_SHOPS && !shops.contains(&shop) {
            shops.push_back(shop);
            self.added.notify_one();
        }
    }

    /// Takes the shop that has waited longest.
    pub(in crate::tenancy) fn take(&self) -> Option<ShopId> {
        self.shops.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Waits up to `timeout` until there is a shop. False if there is none then.
    pub(in crate::tenancy) fn wait(&self, timeout: Duration) -> bool {
        let shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
        let (shops, _) = self
            .added
            .wait_timeout_while(shops, timeout, |shops| shops.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        !shops.is_empty()
    }
}
