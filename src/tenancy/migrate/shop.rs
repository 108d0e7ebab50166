//! Migrating one shop: its schema, its wall and its ledger entry, in one transaction.

use std::time::{Duration, Instant};

use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::tenancy::engine::begin_owner;
use crate::tenancy::{OwnerTx, ShopId, Tenancy, TenancyError, wall};

use super::apply_tenant;
use super::together::Sharing;

/// How long to wait for what others hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Patience {
    /// A shop that another instance has in hand is passed over, one in use is given up at once: whoever
    /// waits for a table keeps its next readers waiting, and there are other shops to do.
    Hasty,
    /// Waits for both, as long as the configured lock time-out says.
    Patient,
}

/// How long a hasty migration waits for a lock.
pub(super) const HASTE: Duration = Duration::from_millis(100);

/// What became of a shop that was tried.
#[derive(Debug)]
pub(super) enum Attempt {
    /// It is at the newest version now.
    Migrated,
    /// It was already, or is no more.
    Current,
    /// Others had it in hand, or used its tables; nothing is wrong with it. With what was said, if anything.
    InUse(Option<TenancyError>),
    /// Its migration failed, and it stays as it was. `anew` unless it had failed before.
    Failed { error: TenancyError, anew: bool },
}

/// A shop's ledger entry, held for its migration.
#[derive(QueryableByName)]
pub(super) struct Entry {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = Text)]
    pub(super) schema_version: String,
    #[diesel(sql_type = Bool)]
    pub(super) has_failed: bool,
    #[diesel(sql_type = Bool)]
    pub(super) has_schema: bool,
}

impl Tenancy {
    /// Migrates one shop; when that fails, its ledger entry says so. From one that succeeds `sharing` learns.
    ///
    /// # Errors
    /// When the database cannot be reached, which is nothing of the shop's.
    pub(super) fn try_shop(
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
        wall::raise(owner.pg(), shop, &self.roles.shop)?;
        self.record.keep(owner, &self.trees)?;
        self.enter_success(owner, &[shop])?;
        Ok(Attempt::Migrated)
    }

    /// Enters shops into the ledger as being at the newest version, in the transaction that brought them there.
    pub(super) fn enter_success(&self, owner: &mut OwnerTx<'_>, shops: &[ShopId]) -> QueryResult<usize> {
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
    pub(super) fn owner_blocking<T>(
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

/// Locks ledger entries against other instances, but not against new memberships, which only need them to be
/// there. In one order, so that two who wait for the same ones do not wait in a circle.
pub(super) fn hold(owner: &mut OwnerTx<'_>, shops: &[ShopId], patience: Patience) -> QueryResult<Vec<Entry>> {
    let skip = match patience {
        Patience::Hasty => "SKIP LOCKED",
        Patience::Patient => "",
    };
    diesel::sql_query(format!(
        "SELECT id, schema_version, state = 'failed' AS has_failed, \
         to_regnamespace('shop_' || replace(id::text, '-', '')) IS NOT NULL AS has_schema \
         FROM shops WHERE id = ANY ($1) AND state <> 'deleting' ORDER BY id FOR NO KEY UPDATE {skip}",
    ))
    .bind::<Array<SqlUuid>, _>(ids(shops))
    .load(owner.pg())
}

fn ids(shops: &[ShopId]) -> Vec<Uuid> {
    shops.iter().map(|shop| shop.0).collect()
}
