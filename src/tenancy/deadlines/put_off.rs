//! Putting off: what cannot be ended now is looked at later.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::tenancy::access::OwnerTx;
use crate::tenancy::shop::ShopId;

/// Until somebody who changes an item has done so.
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// Until a shop that is being migrated, or is waiting for it, has been.
pub(super) const UPGRADING: Duration = Duration::from_mins(1);
/// Until a shop that failed here may do better.
pub(super) const FAILED: Duration = Duration::from_mins(5);
/// Until a shop that is closed may be open again.
pub(super) const CLOSED: Duration = Duration::from_mins(10);

/// The most items that one statement puts off: a closed shop may have many.
const MAX_ITEMS: i64 = 10_000;

/// Looks at what is due in a shop later. Waits for nobody: what others work on stays as it is.
pub(super) fn put_off_all(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    now: DateTime<Utc>,
    pause: Duration,
) -> QueryResult<()> {
    diesel::sql_query(
        "WITH due AS (
             SELECT item_id FROM deadlines WHERE shop_id = $1 AND due_at <= $2
             ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
         )
         UPDATE deadlines SET due_at = $3 FROM due WHERE shop_id = $1 AND deadlines.item_id = due.item_id",
    )
    .bind::<SqlUuid, _>(shop.0)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + pause)
    .bind::<BigInt, _>(MAX_ITEMS)
    .execute(owner.pg())?;
    Ok(())
}

/// Looks at items of a shop at other times. Their deadlines must be locked.
pub(super) fn move_each(
    owner: &mut OwnerTx<'_>,
    shop: ShopId,
    items: &[(Uuid, DateTime<Utc>)],
) -> QueryResult<()> {
    if items.is_empty() {
        return Ok(());
    }
    let (ids, times): (Vec<Uuid>, Vec<DateTime<Utc>>) = items.iter().copied().unzip();
    diesel::sql_query(
        "UPDATE deadlines SET due_at = moved.due_at FROM unnest($2, $3) AS moved (item_id, due_at)
         WHERE shop_id = $1 AND deadlines.item_id = moved.item_id",
    )
    .bind::<SqlUuid, _>(shop.0)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Timestamptz>, _>(times)
    .execute(owner.pg())?;
    Ok(())
}
