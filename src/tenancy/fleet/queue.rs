//! The queue of shops to migrate: first those that requests found outdated, then all outdated ones in the ledger, page
//! by page. A shop that is being deleted is not migrated, because its tables may be gone. If it is restored, a later
//! run migrates it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::schema::public::shops;
use crate::tenancy::TenancyError;
use crate::tenancy::access::OwnerTx;
use crate::tenancy::engine::Tenancy;
use crate::tenancy::shop::ShopId;

use super::outcome::LockWait;

/// Number of shops read from the ledger at a time.
const PAGE: i64 = 1_000;

/// The shops to migrate, for several workers.
pub(in crate::tenancy) struct Queue<'a> {
    tenancy: &'a Tenancy,
    inner: Mutex<Inner>,
}

struct Inner {
    page: VecDeque<ShopId>,
    /// Version and id of the last shop that was read.
    after: (String, Uuid),
    is_read: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    schema_version: String,
}

impl<'a> Queue<'a> {
    /// All outdated shops, oldest version first.
    pub(in crate::tenancy) fn of_ledger(tenancy: &'a Tenancy) -> Self {
        Self::new(tenancy, VecDeque::new(), false)
    }

    /// Only these shops, after those that requests found outdated.
    pub(in crate::tenancy) fn of(tenancy: &'a Tenancy, shops: Vec<ShopId>) -> Self {
        Self::new(tenancy, shops.into(), true)
    }

    fn new(tenancy: &'a Tenancy, page: VecDeque<ShopId>, is_read: bool) -> Self {
        Self { tenancy, inner: Mutex::new(Inner { page, after: (String::new(), Uuid::nil()), is_read }) }
    }

    /// The next shops, at most `many`; empty when none are left.
    pub(in crate::tenancy) fn next_few(&self, many: usize) -> Result<Vec<ShopId>, TenancyError> {
        std::iter::from_fn(|| self.next().transpose()).take(many).collect()
    }

    /// The next shop; `None` when none is left.
    pub(in crate::tenancy) fn next(&self) -> Result<Option<ShopId>, TenancyError> {
        if let Some(requested) = self.tenancy.outdated.take() {
            return Ok(Some(requested));
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.page.is_empty() && !inner.is_read {
            let rows = self.tenancy.owner_blocking(LockWait::Full, |owner| {
                read_page(owner, self.tenancy.tenant_version(), &inner.after)
            })?;
            inner.is_read = i64::try_from(rows.len()).unwrap_or(PAGE) < PAGE;
            if let Some(last) = rows.last() {
                inner.after = (last.schema_version.clone(), last.id);
            }
            inner.page = rows.into_iter().map(|row| ShopId(row.id)).collect();
        }
        Ok(inner.page.pop_front())
    }
}

fn read_page(
    owner: &mut OwnerTx<'_>,
    version: &str,
    after: &(String, Uuid),
) -> Result<Vec<Row>, TenancyError> {
    let query = "SELECT id, schema_version FROM shops WHERE schema_version < $1 AND state <> 'deleting' \
                 AND (schema_version, id) > ($2, $3) ORDER BY schema_version, id LIMIT $4";
    Ok(diesel::sql_query(query)
        .bind::<Text, _>(version)
        .bind::<Text, _>(&after.0)
        .bind::<SqlUuid, _>(after.1)
        .bind::<BigInt, _>(PAGE)
        .load(owner.pg())?)
}

impl Tenancy {
    /// The number of outdated shops. Reads one range of one index, which is empty when there is nothing to do.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_outdated(&self) -> Result<i64, TenancyError> {
        self.owner_blocking(LockWait::Full, |owner| {
            Ok(shops::table
                .filter(shops::schema_version.lt(self.tenant_version()).and(shops::state.ne("deleting")))
                .count()
                .get_result(owner.pg())?)
        })
    }
}
