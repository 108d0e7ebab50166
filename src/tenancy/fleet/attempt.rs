//! Trying to migrate a shop: how long to wait for others, its locked ledger entry, and what became of it.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::ShopId;

/// How long to wait for what others hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::tenancy) enum Patience {
    /// A shop that another instance has in hand is passed over, one in use is given up at once: whoever
    /// waits for a table keeps its next readers waiting, and there are other shops to do.
    Hasty,
    /// Waits for both, as long as the configured lock time-out says.
    Patient,
}

/// How long a hasty migration waits for a lock.
pub(in crate::tenancy) const HASTE: Duration = Duration::from_millis(100);

/// What became of a shop that was tried.
#[derive(Debug)]
pub(in crate::tenancy) enum Attempt {
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

/// Locks ledger entries against other instances, but not against new memberships, which only need them to be
/// there. In one order, so that two who wait for the same ones do not wait in a circle.
pub(in crate::tenancy) fn hold(
    owner: &mut OwnerTx<'_>,
    shops: &[ShopId],
    patience: Patience,
) -> QueryResult<Vec<Entry>> {
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

pub(in crate::tenancy) fn ids(shops: &[ShopId]) -> Vec<Uuid> {
    shops.iter().map(|shop| shop.0).collect()
}
