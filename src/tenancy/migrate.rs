//! Migrating: `public` first, then every shop that lags, each in a transaction of its own together
//! with its ledger entry.

use std::time::Duration;

use chrono::Utc;
use diesel::migration::Migration;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_migrations::MigrationHarness;
use uuid::Uuid;

use crate::database::Pool;
use crate::schema::public::shops;

use super::engine::begin_owner;
use super::trees::{Tree, unreadable};
use super::{OwnerTx, ShopId, Tenancy, TenancyError, Trees, wall};

/// What a run over the fleet did.
#[derive(Debug, Default)]
pub struct FleetReport {
    /// How many shops were brought to the newest version.
    pub migrated: usize,
    /// The shops that were not, and stay as they were.
    pub failed: Vec<ShopFailure>,
}

/// A shop whose migration failed.
#[derive(Debug)]
pub struct ShopFailure {
    /// The shop.
    pub shop: ShopId,
    /// What failed, for the operator.
    pub error: TenancyError,
}

/// Brings `public` up to date.
pub(super) fn migrate_public(
    owner: &Pool,
    trees: &Trees,
    lock_timeout: Duration,
) -> Result<(), TenancyError> {
    // Another instance may be at it: wait, then find nothing left to do.
    let begin = format!(
        "{}; SELECT pg_advisory_xact_lock(hashtext('shophouse public migrations'))",
        begin_owner(Duration::ZERO, lock_timeout),
    );
    owner.run_blocking(&begin, |pg| apply(pg, "public", &trees.public).map(drop))?
}

/// Applies what is pending of the tenant tree to a shop's schema, in which `pg` stands.
pub(super) fn apply_tenant_tree(
    pg: &mut PgConnection,
    shop: ShopId,
    trees: &Trees,
) -> Result<usize, TenancyError> {
    apply(pg, &shop.schema(), &trees.tenant)
}

fn apply(pg: &mut PgConnection, schema: &str, tree: &Tree) -> Result<usize, TenancyError> {
    assert_schema(pg, schema)?;
    let applied = pg.applied_migrations().map_err(unreadable)?;
    let mut pending: Vec<Box<dyn Migration<Pg>>> = tree.migrations().map_err(unreadable)?;
    pending.retain(|migration| !applied.contains(&migration.name().version()));
    pending.sort_unstable_by_key(|migration| migration.name().version().as_owned());
    for migration in &pending {
        pg.run_migration(migration).map_err(|error| TenancyError::Migration {
            version: migration.name().to_string(),
            reason: error.to_string(),
        })?;
    }
    Ok(pending.len())
}

/// Diesel makes its bookkeeping table unqualified: on a wrong path it would silently land in, and
/// migrate, the next schema.
fn assert_schema(pg: &mut PgConnection, expected: &str) -> Result<(), TenancyError> {
    let found: Option<String> = diesel::select(current_schema()).get_result(pg)?;
    if found.as_deref() == Some(expected) {
        return Ok(());
    }
    Err(TenancyError::WrongSchema {
        expected: expected.to_owned(),
        found: found.unwrap_or_else(|| "missing".to_owned()),
    })
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The first schema of the path that exists.
    #[sql_name = "current_schema"]
    fn current_schema() -> Nullable<Text>;
}

impl Tenancy {
    /// Brings every shop that lags up to date, one after the other. A shop that fails is marked in the
    /// ledger and keeps its data; the others go on. One that only did not get its locks in time is not
    /// marked: nothing is wrong with it.
    ///
    /// # Errors
    /// When the database fails, or `stopped` says so; shops done by then stay done.
    pub fn migrate_fleet(&self, stopped: impl Fn() -> bool) -> Result<FleetReport, TenancyError> {
        let mut report = FleetReport::default();
        for shop in self.lagging()? {
            if stopped() {
                break;
            }
            match self.migrate_shop(shop) {
                Ok(true) => report.migrated += 1,
                Ok(false) => {}
                Err(error) if error.is_passing() => {
                    tracing::warn!(%shop, %error, "the shop was in use and lags until the next run");
                    report.failed.push(ShopFailure { shop, error });
                }
                Err(error) => {
                    self.mark_failed(shop, &error)?;
                    tracing::error!(%shop, %error, "the shop's migration failed; the shop is closed");
                    report.failed.push(ShopFailure { shop, error });
                }
            }
        }
        Ok(report)
    }

    /// The shops that lag, found in the index of the ledger.
    fn lagging(&self) -> Result<Vec<ShopId>, TenancyError> {
        let ids: Vec<Uuid> = self.owner_blocking(|owner| {
            Ok(shops::table
                .filter(shops::schema_version.lt(self.tenant_version()).and(shops::state.ne("deleting")))
                .order((shops::schema_version, shops::id))
                .select(shops::id)
                .load(owner.pg())?)
        })?;
        Ok(ids.into_iter().map(ShopId).collect())
    }

    /// Migrates one shop. False when another instance has it in hand, or is done with it.
    fn migrate_shop(&self, shop: ShopId) -> Result<bool, TenancyError> {
        self.owner_blocking(|owner| {
            let ours: Option<Uuid> = shops::table
                .find(shop.0)
                .filter(shops::schema_version.lt(self.tenant_version()).and(shops::state.ne("deleting")))
                .select(shops::id)
                .for_update()
                .skip_locked()
                .first(owner.pg())
                .optional()?;
            if ours.is_none() {
                return Ok(false);
            }
            owner.stand_in(shop)?;
            apply_tenant_tree(owner.pg(), shop, &self.trees)?;
            wall::raise(owner.pg(), shop, &self.roles.shop)?;
            owner.stand_in_public()?;
            self.enter_success(owner, shop)?;
            Ok(true)
        })
    }

    fn enter_success(&self, owner: &mut OwnerTx<'_>, shop: ShopId) -> QueryResult<usize> {
        diesel::sql_query(
            "UPDATE shops SET schema_version = $2, migrated_at = $3, state = coalesce(failed_from, state), \
             failed_from = NULL, failed_migration = NULL, failure = NULL WHERE id = $1",
        )
        .bind::<diesel::sql_types::Uuid, _>(shop.0)
        .bind::<Text, _>(self.tenant_version())
        .bind::<diesel::sql_types::Timestamptz, _>(Utc::now())
        .execute(owner.pg())
    }

    fn mark_failed(&self, shop: ShopId, error: &TenancyError) -> Result<(), TenancyError> {
        let migration = match error {
            TenancyError::Migration { version, .. } => Some(version.as_str()),
            _ => None,
        };
        self.owner_blocking(|owner| {
            diesel::sql_query(
                "UPDATE shops SET state = 'failed', failed_from = coalesce(failed_from, state), \
                 failed_migration = $2, failure = $3 WHERE id = $1 AND schema_version < $4",
            )
            .bind::<diesel::sql_types::Uuid, _>(shop.0)
            .bind::<Nullable<Text>, _>(migration)
            .bind::<Text, _>(error.to_string())
            // Another instance may have brought it up to date meanwhile.
            .bind::<Text, _>(self.tenant_version())
            .execute(owner.pg())?;
            Ok(())
        })
    }

    /// The owner's transaction without a limit on the time of a statement, for migrations.
    fn owner_blocking<T>(
        &self,
        work: impl FnOnce(&mut OwnerTx<'_>) -> Result<T, TenancyError>,
    ) -> Result<T, TenancyError> {
        let begin = begin_owner(Duration::ZERO, self.limits.lock_timeout);
        self.owner.run_blocking(&begin, |pg| work(&mut OwnerTx::new(pg)))?
    }
}
