//! Classes of work. Each has connections of its own, so that none waits for another's.

use std::sync::Arc;

use crate::database::{DatabaseUrl, Pool, PoolOptions, PreparedStatements, Recycle, Sessions};
use crate::metrics::Metrics;

/// What kind of work the web login does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// What somebody waits for: most requests.
    Interactive,
    /// Registering, signing in, refreshing tokens: strangers may ask for it.
    SignIn,
    /// Exports and imports: few at a time, and each may take long. They give way to interactive work.
    Bulk,
    /// Health checks.
    Health,
}

/// The web login's pools.
pub(super) struct Pools {
    interactive: Pool,
    sign_in: Pool,
    bulk: Pool,
    health: Pool,
}

/// Who waits for bulk work has patience: the work before it may take long.
const BULK_PATIENCE: u32 = 10;

impl Pools {
    /// The pools, made after the options of the one for interactive work.
    pub(super) fn new(
        url: &DatabaseUrl,
        web: PoolOptions,
        recycle: Recycle,
        statements: PreparedStatements,
        metrics: &Metrics,
    ) -> Self {
        let sessions = Arc::new(Sessions::new(statements, url.clone()));
        let pool = |options, meter| Pool::new(url, options, recycle, Some(&sessions), meter);
        let few = PoolOptions { size: (web.size / 4).max(1), ..web };
        let size = (web.size / 8).max(1);
        let bulk = PoolOptions { size, timeout: web.timeout * BULK_PATIENCE, ..web };
        let interactive = pool(web, &metrics.web);
        Self {
            sign_in: pool(few, &metrics.sign_in),
            bulk: pool(bulk, &metrics.bulk).giving_way_to(&interactive),
            interactive,
            health: pool(PoolOptions { size: 1, ..web }, &metrics.health),
        }
    }

    pub(super) fn of(&self, class: Class) -> &Pool {
        match class {
            Class::Interactive => &self.interactive,
            Class::SignIn => &self.sign_in,
            Class::Bulk => &self.bulk,
            Class::Health => &self.health,
        }
    }

    pub(super) fn measure(&self) {
        [&self.interactive, &self.sign_in, &self.bulk, &self.health].into_iter().for_each(Pool::measure);
    }
}
