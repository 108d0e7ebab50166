//! Several shops in one transaction: two messages and one commit for all of them, where each alone takes five
//! and a commit. Whatever goes wrong, all of them are as they were, and are then tried one by one.
//!
//! Everything that one of them waits for keeps the others' tables locked, so it waits, and works, for moments only.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations::{Step, noted, standing_in};
use crate::tenancy::shop::ShopId;

use super::attempt::{Attempt, Entry, HASTE, Patience, hold};

/// Shops that share a transaction at the most. With more of them there is little left to gain (`./dev bench fleet`), and
/// more to be done again when one fails.
const MOST_TOGETHER: i64 = 4;

/// How many shops may share a transaction in a run: together they are to take no more locks than PostgreSQL sets aside
/// for one. That is learnt from the first shop that is migrated, alone, which lacks the most: the oldest go first.
#[derive(Debug, Default)]
pub(in crate::tenancy) struct Sharing(AtomicUsize);

impl Sharing {
    /// Shops at the most.
    pub(in crate::tenancy) fn most(&self) -> usize {
        self.0.load(Ordering::Relaxed).max(1)
    }

    /// Learns from the shop that `owner` has just migrated, unless another was first.
    pub(in crate::tenancy) fn learn(&self, owner: &mut OwnerTx<'_>) -> QueryResult<()> {
        if self.0.load(Ordering::Relaxed) == 0 {
            let fit = usize::try_from(how_many_fit(owner)?.clamp(1, MOST_TOGETHER)).unwrap_or(1);
            self.0.store(fit, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn how_many_fit(owner: &mut OwnerTx<'_>) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        fit: i64,
    }
    // What is below 16384 are PostgreSQL's own catalogues, which are locked but once.
    let row: Row = diesel::sql_query(
        "SELECT current_setting('max_locks_per_transaction')::bigint / greatest(count(*), 1) AS fit \
         FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384",
    )
    .get_result(owner.pg())?;
    Ok(row.fit)
}

/// A shop that is well, with what it lacks.
struct Due<'a> {
    shop: ShopId,
    steps: &'a [Step],
}

impl Tenancy {
    /// Migrates these shops together. None when that failed, or is not for all of them: then nothing has happened.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(in crate::tenancy) fn try_together(
        &self,
        shops: &[ShopId],
    ) -> Result<Option<Vec<(ShopId, Attempt)>>, TenancyError> {
        let begun = Instant::now();
        let begin = begin_owner(HASTE, HASTE);
        let outcome = self
            .owner
            .run_blocking(&begin, |pg| self.migrate_together(&mut OwnerTx::new(pg), shops))
            .map_err(TenancyError::from)
            .and_then(|outcome| outcome);
        match outcome {
            Ok(attempts) => {
                self.count(attempts.as_deref().unwrap_or_default(), begun.elapsed());
                Ok(attempts)
            }
            Err(error) if error.is_unreachable() => Err(error),
            Err(error) => {
                tracing::debug!(%error, "shops could not be migrated together, and are tried one by one");
                Ok(None)
            }
        }
    }

    fn count(&self, attempts: &[(ShopId, Attempt)], took: Duration) {
        let migrated = attempts.iter().filter(|(_, attempt)| matches!(attempt, Attempt::Migrated)).count();
        for _ in 0..migrated {
            self.metrics.migration.migrated(took / u32::try_from(migrated).unwrap_or(1));
        }
    }

    fn migrate_together(
        &self,
        owner: &mut OwnerTx<'_>,
        shops: &[ShopId],
    ) -> Result<Option<Vec<(ShopId, Attempt)>>, TenancyError> {
        let entries = hold(owner, shops, Patience::Hasty)?;
        let Some(due) = self.due(&entries) else {
            return Ok(None);
        };
        owner.pg().batch_execute(&self.message(&due))?;
        self.history.keep(owner, &self.trees)?;
        let migrated: Vec<ShopId> = due.iter().map(|due| due.shop).collect();
        self.enter_success(owner, &migrated)?;
        let attempt = |shop: &ShopId| {
            let is_done = migrated.contains(shop);
            (*shop, if is_done { Attempt::Migrated } else { Attempt::InUse(None) })
        };
        Ok(Some(shops.iter().map(attempt).collect()))
    }

    /// What each of them lacks; none when there is one whose turn may end otherwise than well.
    fn due(&self, entries: &[Entry]) -> Option<Vec<Due<'_>>> {
        let due = |entry: &Entry| {
            let steps = self.trees.tenant.between(&entry.schema_version, self.tenant_version());
            let is_well = entry.has_schema && !entry.has_failed && !steps.is_empty();
            is_well.then_some(Due { shop: ShopId(entry.id), steps })
        };
        entries.iter().map(due).collect::<Option<Vec<_>>>().filter(|due| !due.is_empty())
    }

    /// Path, migrations, their notes and the question after the wall, for each.
    fn message(&self, due: &[Due<'_>]) -> String {
        let mut message = String::new();
        for Due { shop, steps } in due {
            let schema = shop.schema();
            message.push_str(&standing_in(&schema));
            message.extend(steps.iter().map(|step| noted(step, &schema)));
            let _ = writeln!(message, "{};", policies::assertion(*shop, &self.roles.shop));
        }
        message
    }
}
