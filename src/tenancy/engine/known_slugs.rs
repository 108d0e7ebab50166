//! The ids of shops by their slugs, as visitors last found them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::tenancy::shop::{ShopId, Slug};

/// How many slugs are remembered: a megabyte of them.
const MOST_SLUGS: usize = 10_000;

/// The ids that shops had when their slugs were last looked up.
#[derive(Debug, Default)]
pub(super) struct KnownSlugs(Mutex<HashMap<Slug, ShopId>>);

impl KnownSlugs {
    /// The id that is remembered.
    pub(super) fn get(&self, slug: &Slug) -> Option<ShopId> {
        self.slugs().get(slug).copied()
    }

    /// Remembers an id.
    pub(super) fn remember(&self, slug: Slug, shop: ShopId) {
        let mut slugs = self.slugs();
        // Which ones are asked for most is not known. Those are soon here again.
        if slugs.len() >= MOST_SLUGS {
            slugs.clear();
        }
        slugs.insert(slug, shop);
    }

    /// Forgets it.
    pub(super) fn forget(&self, slug: &Slug) {
        self.slugs().remove(slug);
    }

    fn slugs(&self) -> MutexGuard<'_, HashMap<Slug, ShopId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
