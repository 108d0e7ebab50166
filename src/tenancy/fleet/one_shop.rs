//! Migrating one shop: its schema, its wall and its ledger entry, in one transaction.

use std::time::{Duration, Instant};

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::tenancy::TenancyError;
use crate::tenancy::access::{OwnerTx, begin_owner};
use crate::tenancy::engine::Tenancy;
use crate::tenancy::isolation::policies;
use crate::tenancy::migrations::apply_tenant;
use crate::tenancy::shop::ShopId;

use super::attempt::{Attempt, HASTE, Patience, hold, ids};
use super::batch::Sharing;

impl Tenancy {
    /// Migrates one shop; when that fails, its ledger entry says so. From one that succeeds `sharing` learns.
    ///
    /// # Errors
    /// When the database cannot be reached, which is nothing of the shop's.
    pub(in crate::tenancy) fn try_shop(
        &self,
        shop: ShopId,
        patience: Patience,
        sharing: &Sharing,
    ) -> Result<Attempt, TenancyError> {
        let begun = Instant::now();
        let mut had_failed = false;
        let outcome = self.owner_blocking(patience, |owner| {
            let attempt = self.migrate_shop(owner, shop, patience, &mut had_failed)?;
            if matches!(attempt, Attempt::Migrated) {
                sharing.learn(owner)?;
            }
            Ok(attempt)
        });
        match outcome {
            Ok(Attempt::Migrated) => {
                self.metrics.migration.migrated(begun.elapsed());
                Ok(Attempt::Migrated)
            }
            Ok(attempt) => Ok(attempt),
            Err(error) if error.is_unreachable() => Err(error),
            Err(error) if error.is_passing() => Ok(Attempt::InUse(Some(error))),
            Err(error) => {
                self.metrics.migration.failed();
                self.mark_failed(shop, &error)?;
                Ok(Attempt::Failed { error, anew: !had_failed })
            }
        }
    }

    fn migrate_shop(
        &self,
        owner: &mut OwnerTx<'_>,
        shop: ShopId,
        patience: Patience,
        had_failed: &mut bool,
    ) -> Result<Attempt, TenancyError> {
        let Some(entry) = hold(owner, &[shop], patience)?.pop() else {
            return Ok(match patience {
                Patience::Hasty => Attempt::InUse(None),
                Patience::Patient => Attempt::Current,
            });
        };
        *had_failed = entry.has_failed;
        let steps = self.trees.tenant.between(&entry.schema_version, self.tenant_version());
        if steps.is_empty() {
            return Ok(Attempt::Current);
        }
        if !entry.has_schema {
            return Err(TenancyError::WrongSchema { expected: shop.schema(), found: "missing".to_owned() });
        }
        apply_tenant(owner.pg(), shop, steps)?;
        policies::raise(owner.pg(), shop, &self.roles.shop)?;
        self.history.keep(owner, &self.trees)?;
        self.enter_success(owner, &[shop])?;
        Ok(Attempt::Migrated)
    }

    /// Enters shops into the ledger as being at the newest version, in the transaction that brought them there.
    pub(in crate::tenancy) fn enter_success(
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
        self.owner_blocking(Patience::Patient, |owner| {
            diesel::sql_query(
                "UPDATE shops SET state = 'failed', failed_from = coalesce(failed_from, state), \
                 failed_migration = $2, failure = $3 WHERE id = $1 AND schema_version < $4",
            )
            .bind::<SqlUuid, _>(shop.0)
            .bind::<Nullable<Text>, _>(migration)
            .bind::<Text, _>(error.to_string())
            // Another instance may have brought it up to date meanwhile.
            .bind::<Text, _>(self.tenant_version())
            .execute(owner.pg())?;
            Ok(())
        })
    }

    /// The owner's transaction without a limit on the time of a statement, for migrations.
    pub(in crate::tenancy) fn owner_blocking<T>(
        &self,
        patience: Patience,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, TenancyError>,
    ) -> Result<T, TenancyError> {
        let lock_timeout = match patience {
            Patience::Hasty => self.limits.lock_timeout.min(HASTE),
            Patience::Patient => self.limits.lock_timeout,
        };
        let begin = begin_owner(Duration::ZERO, lock_timeout);
        self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::new(pg)))?
    }
}
