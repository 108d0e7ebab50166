//! A batch: several shops migrated in one transaction, with two messages and one commit for all of them. One shop alone
//! takes five messages and a commit. If anything fails, the transaction is rolled back, and the shops are tried one by
//! one.
//!
//! While the transaction waits for one shop, it holds locks on the tables of the others. So its lock timeout and its
//! statement timeout are both short.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, OwnerTx, begin_owner};
use crate::tenancy::citus::Server;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations::{Step, search_path_sql, step_sql};
use crate::tenancy::shop::ShopId;

use super::outcome::{Entry, LockWait, Outcome, SHORT_WAIT, lock_entries};

/// The greatest batch. Greater ones gain little (`./dev bench fleet`), and a failing shop makes more to do again.
const MAX_BATCH: i64 = 8;

/// The part of PostgreSQL's table of locks that the batches of all workers take together, at most: one in so many.
const PART_OF_LOCKS: i64 = 4;

/// The number of shops in a batch, by the locks that they take. The locks are counted when the first shop has been migrated, alone. It
/// lacks the most migrations, since the oldest go first.
#[derive(Debug)]
pub(in crate::tenancy) struct BatchSize {
    workers: u32,
    /// Zero until it was measured.
    shops: AtomicUsize,
}

impl BatchSize {
    /// For a run with so many workers.
    pub(in crate::tenancy) fn new(workers: usize) -> Self {
        Self { workers: u32::try_from(workers).unwrap_or(u32::MAX).max(1), shops: AtomicUsize::new(0) }
    }

    /// The greatest number of shops in a batch; one until it was measured.
    pub(in crate::tenancy) fn get(&self) -> usize {
        self.shops.load(Ordering::Relaxed).max(1)
    }

    /// After a batch that failed although each of its shops can be migrated alone: it took too long, or its migrations create tables.
    /// The next ones have half as many shops.
    pub(in crate::tenancy) fn halve(&self, tried: usize) {
        self.shops.fetch_min((tried / 2).max(1), Ordering::Relaxed);
    }

    /// Counts the locks of the transaction that has just migrated a shop, unless that was done before.
    pub(in crate::tenancy) fn measure(&self, server: Server, owner: &mut OwnerTx<'_>) -> QueryResult<()> {
        if server.has_batches() && self.shops.load(Ordering::Relaxed) == 0 {
            let fit = usize::try_from(self.by_locks(owner)?.clamp(1, MAX_BATCH)).unwrap_or(1);
            self.shops.store(fit, Ordering::Relaxed);
        }
        Ok(())
    }

    /// How many shops take no more locks than PostgreSQL plans for one transaction, or than the batch's share of all its locks.
    fn by_locks(&self, owner: &mut OwnerTx<'_>) -> QueryResult<i64> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            fit: i64,
        }
        // Relations below 16384 are PostgreSQL's own catalogues: a transaction locks these once, whatever its shops.
        let row: Row = diesel::sql_query(
            "SELECT greatest(planned, planned * current_setting('max_connections')::bigint / ($1 * $2)) \
                    / greatest(count(*), 1) AS fit \
             FROM (SELECT current_setting('max_locks_per_transaction')::bigint) AS for_one (planned), pg_locks \
             WHERE pid = pg_backend_pid() AND relation >= 16384 GROUP BY planned",
        )
        .bind::<BigInt, _>(PART_OF_LOCKS)
        .bind::<BigInt, _>(i64::from(self.workers))
        .get_result(owner.pg())?;
        Ok(row.fit)
    }
}

/// A shop that can be migrated in a batch, and the migrations that it lacks.
struct Due<'a> {
    shop: ShopId,
    steps: &'a [Step],
}

/// What became of a batch.
pub(in crate::tenancy) enum Batch {
    /// Its transaction was committed.
    Done(Vec<(ShopId, Outcome)>),
    /// Its transaction failed, and changed nothing.
    Failed,
    /// Not tried: one of the shops failed before, has no schema or is current.
    Mixed,
}

impl Tenancy {
    /// Migrates these shops in one transaction.
    ///
    /// # Errors
    /// When the database cannot be reached, or accepts no changes.
    pub(in crate::tenancy) fn try_batch(&self, shops: &[ShopId]) -> Result<Batch, TenancyError> {
        let begun = Instant::now();
        let begin = begin_owner(self.server, Mode::ReadWrite, SHORT_WAIT, SHORT_WAIT);
        let outcome = self
            .owner
            .run_blocking(&begin, |pg| self.migrate_batch(&mut OwnerTx::new(pg), shops))
            .map_err(TenancyError::from)
            .and_then(|outcome| outcome);
        match outcome {
            Ok(None) => Ok(Batch::Mixed),
            Ok(Some(outcomes)) => {
                self.count(&outcomes, begun.elapsed());
                Ok(Batch::Done(outcomes))
            }
            Err(error) if error.concerns_all_shops() => Err(error),
            Err(error) => {
                tracing::debug!(%error, "shops could not be migrated together, and are tried one by one");
                Ok(Batch::Failed)
            }
        }
    }

    fn count(&self, outcomes: &[(ShopId, Outcome)], took: Duration) {
        let migrated = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Migrated)).count();
        for _ in 0..migrated {
            self.metrics.migration.migrated(took / u32::try_from(migrated).unwrap_or(1));
        }
    }

    fn migrate_batch(
        &self,
        owner: &mut OwnerTx<'_>,
        shops: &[ShopId],
    ) -> Result<Option<Vec<(ShopId, Outcome)>>, TenancyError> {
        let entries = lock_entries(owner, shops, LockWait::Short)?;
        let Some(due) = self.due(&entries) else {
            return Ok(None);
        };
        owner.pg().batch_execute(&self.message(&due))?;
        self.history.record(owner, &self.trees)?;
        let migrated: Vec<ShopId> = due.iter().map(|due| due.shop).collect();
        self.record_success(owner, &migrated)?;
        let outcome = |shop: &ShopId| {
            let is_done = migrated.contains(shop);
            (*shop, if is_done { Outcome::Migrated } else { Outcome::InUse(None) })
        };
        Ok(Some(shops.iter().map(outcome).collect()))
    }

    /// The migrations that each shop lacks. None if one of the shops failed before, has no schema or is current.
    fn due(&self, entries: &[Entry]) -> Option<Vec<Due<'_>>> {
        let due = |entry: &Entry| {
            let steps = self.trees.tenant.between(&entry.schema_version, self.tenant_version());
            let is_ready = entry.has_schema && !entry.has_failed && !steps.is_empty();
            is_ready.then_some(Due { shop: ShopId(entry.id), steps })
        };
        entries.iter().map(due).collect::<Option<Vec<_>>>().filter(|due| !due.is_empty())
    }

    /// For each shop: `search_path`, the migrations with their bookkeeping, and the check of the policies.
    fn message(&self, due: &[Due<'_>]) -> String {
        let mut message = String::new();
        for Due { shop, steps } in due {
            let schema = shop.schema();
            message.push_str(&search_path_sql(&schema));
            message.extend(steps.iter().map(|step| step_sql(step, &schema)));
            let _ = writeln!(message, "{};", policies::assertion(*shop, &self.roles.shop));
        }
        message
    }
}
