//! How many orders of one customer may be pending.

use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use crate::limits::Limit;
use crate::schema::tenant::orders;
use crate::tenancy::{TenantConn, Transaction};

use super::{OrderError, Status};

/// Checks that a customer may have one more pending order. The caller has locked the customer's row, so that two orders at
/// once count one after the other.
pub(super) fn check_pending(conn: &mut TenantConn<'_>, customer: Uuid) -> Result<(), OrderError> {
    if conn.limit(Limit::PendingOrders).is_none() {
        return Ok(());
    }
    let pending = orders::table
        .filter(orders::customer_id.eq(customer).and(orders::status.eq(Status::Pending.as_str())));
    let pending: i64 = conn.prepared(pending.select(count_star())).get_result(conn.pg())?;
    Ok(conn.check_limit(Limit::PendingOrders, pending + 1)?)
}
