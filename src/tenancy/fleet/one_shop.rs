//! Migrating one shop: its schema, its policies and its ledger entry, in one transaction.

use std::time::{Duration, Instant};

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::tenancy::TenancyError;
use crate::tenancy::access::{Mode, OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations::apply_tenant;
use crate::tenancy::shop::ShopId;

use super::batch::BatchSize;
use super::outcome::{LockWait, Outcome, SHORT_WAIT, ids, lock_entries};

impl Tenancy {
    /// Migrates one shop. When that fails, its ledger entry records why; when it succeeds, `batch_size` is measured.
    ///
    /// # Errors
    /// When the database cannot be reached, or accepts no changes: that is no failure of the shop.
    pub(in crate::tenancy) fn try_shop(
        &self,
        shop: ShopId,
        wait: LockWait,
        batch_size: &BatchSize,
    ) -> Result<Outcome, TenancyError> {
        let begun = Instant::now();
        let mut had_failed = false;
        let outcome = self.owner_blocking(wait, |owner| {
            let outcome = self.migrate_shop(owner, shop, wait, &mut had_failed)?;
            if matches!(outcome, Outcome::Migrated) {
                batch_size.measure(self.server, owner)?;
            }
            Ok(outcome)
        });
        match outcome {
            Ok(Outcome::Migrated) => {
                self.metrics.migration.migrated(begun.elapsed());
                Ok(Outcome::Migrated)
            }
            Ok(outcome) => Ok(outcome),
            Err(error) if error.concerns_all_shops() => Err(error),
            Err(error) if error.is_passing() => Ok(Outcome::InUse(Some(error))),
            Err(error) => {
                self.metrics.migration.failed();
                self.mark_failed(shop, &error)?;
                Ok(Outcome::Failed { error, is_new: !had_failed })
            }
        }
    }

    fn migrate_shop(
        &self,
        owner: &mut OwnerTx<'_>,
        shop: ShopId,
        wait: LockWait,
        had_failed: &mut bool,
    ) -> Result<Outcome, TenancyError> {
        let Some(entry) = lock_entries(owner, &[shop], wait)?.pop() else {
            return Ok(match wait {
                LockWait::Short => Outcome::InUse(None),
                LockWait::Full => Outcome::Current,
            });
        };
        *had_failed = entry.has_failed;
        let steps = self.trees.tenant.between(&entry.schema_version, self.tenant_version());
        if steps.is_empty() {
            return Ok(Outcome::Current);
        }
        if !entry.has_schema {
            return Err(TenancyError::WrongSchema { expected: shop.schema(), found: "missing".to_owned() });
        }
        apply_tenant(self.server, owner.pg(), shop, steps)?;
        policies::enforce(self.server, owner.pg(), shop, &self.roles.shop)?;
        self.history.record(owner, &self.trees)?;
        self.record_success(owner, &[shop])?;
        Ok(Outcome::Migrated)
    }

    /// Records in the ledger that shops are at the newest version, in the transaction that migrated them.
    pub(in crate::tenancy) fn record_success(
        &self,
        owner: &mut OwnerTx<'_>,
        shops: &[ShopId],
    ) -> QueryResult<usize> {
        diesel::sql_query(
            "UPDATE public.shops SET schema_version = $2, schema_floor = greatest(schema_floor, $3), migrated_at = $4, \
             state = coalesce(failed_from, state), failed_from = NULL, failed_migration = NULL, failure = NULL \
             WHERE id = ANY ($1)",
        )
        .bind::<Array<SqlUuid>, _>(ids(shops))
        .bind::<Text, _>(self.tenant_version())
        .bind::<Text, _>(self.trees.tenant.floor_at(self.tenant_version()))
        .bind::<Timestamptz, _>(Utc::now())
        .execute(owner.pg())
    }

    fn mark_failed(&self, shop: ShopId, error: &TenancyError) -> Result<(), TenancyError> {
        let migration = match error {
            TenancyError::Migration { name, .. } => Some(name.as_str()),
            _ => None,
        };
        self.owner_blocking(LockWait::Full, |owner| {
            diesel::sql_query(
                "UPDATE shops SET state = 'failed', failed_from = coalesce(failed_from, state), \
                 failed_migration = $2, failure = $3 WHERE id = $1 AND schema_version < $4",
            )
            .bind::<SqlUuid, _>(shop.0)
            .bind::<Nullable<Text>, _>(migration)
            .bind::<Text, _>(error.to_string())
            // Another instance may have migrated it meanwhile.
            .bind::<Text, _>(self.tenant_version())
            .execute(owner.pg())?;
            Ok(())
        })
    }

    /// Runs `work` as the owner without a statement timeout.
    pub(in crate::tenancy) fn owner_blocking<T>(
        &self,
        wait: LockWait,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, TenancyError>,
    ) -> Result<T, TenancyError> {
        let lock_timeout = match wait {
            LockWait::Short => self.limits.lock_timeout.min(SHORT_WAIT),
            LockWait::Full => self.limits.lock_timeout,
        };
        let begin = begin_owner(self.server, Mode::ReadWrite, Duration::ZERO, lock_timeout);
        self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::new(pg)))?
    }
}
