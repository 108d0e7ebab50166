//! How long to wait for locks, and the outcome of trying to migrate a shop.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::ShopId;

/// How long to wait for locks that others hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::tenancy) enum LockWait {
    /// Does not wait for a ledger entry, and for a table only [`SHORT_WAIT`]: while a migration waits for a table, all
    /// later readers of it wait too, and there are other shops to migrate.
    Short,
    /// Waits for both, up to the configured lock timeout.
    Full,
}

/// How long [`LockWait::Short`] waits for a table.
pub(in crate::tenancy) const SHORT_WAIT: Duration = Duration::from_millis(100);

/// The outcome of trying to migrate a shop.
#[derive(Debug)]
pub(in crate::tenancy) enum Outcome {
    /// It was migrated to the newest version.
    Migrated,
    /// It was at the newest version already, or does not exist any more.
    Current,
    /// Others had locks on it. It has not failed. The error, if there was one.
    InUse(Option<TenancyError>),
    /// Its migration failed, and its schema is as before. `is_new` unless it had failed before.
    Failed { error: TenancyError, is_new: bool },
}

/// A shop's ledger entry, locked for its migration.
#[derive(QueryableByName)]
pub(in crate::tenancy) struct Entry {
    #[diesel(sql_type = SqlUuid)]
    pub(in crate::tenancy) id: Uuid,
    #[diesel(sql_type = Text)]
    pub(in crate::tenancy) schema_version: String,
    #[diesel(sql_type = Bool)]
    pub(in crate::tenancy) has_failed: bool,
    #[diesel(sql_type = Bool)]
    pub(in crate::tenancy) has_schema: bool,
}

/// Locks ledger entries against other instances. New memberships, which only refer to them, do not wait. The order of
/// the locks is always the same, so that there is no deadlock.
pub(in crate::tenancy) fn lock_entries(
    owner: &mut OwnerTx<'_>,
    shops: &[ShopId],
    wait: LockWait,
) -> QueryResult<Vec<Entry>> {
    let skip = match wait {
        LockWait::Short => "SKIP LOCKED",
        LockWait::Full => "",
    };
    diesel::sql_query(format!(
        "SELECT id, schema_version, state = 'failed' AS has_failed, \
         to_regnamespace('shop_' || replace(id::text, '-', '')) IS NOT NULL AS has_schema \
         FROM shops WHERE id = ANY ($1) AND state <> 'deleting' ORDER BY id FOR NO KEY UPDATE {skip}",
    ))
    .bind::<Array<SqlUuid>, _>(ids(shops))
    .load(owner.pg())
}

pub(in crate::tenancy) fn ids(shops: &[ShopId]) -> Vec<Uuid> {
    shops.iter().map(|shop| shop.0).collect()
}
