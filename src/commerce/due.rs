//! What in a shop ends by itself.

use diesel::QueryResult;
use uuid::Uuid;

use crate::tenancy::{Due, DueWork, OwnerTx, TenancyError, TenantConn};

use super::{import, orders};

/// What the engine calls when something in a shop is due: an import, or else an order.
pub const DUE_WORK: DueWork = DueWork { end: end_due, restore };

fn end_due(conn: &mut TenantConn<'_>, due: &[Uuid]) -> Result<Vec<(Uuid, Due)>, TenancyError> {
    let mut outcomes = import::jobs::due::end(conn, due)?;
    let is_order = |id: &Uuid| !outcomes.iter().any(|(import, _)| import == id);
    let orders: Vec<Uuid> = due.iter().copied().filter(is_order).collect();
    if !orders.is_empty() {
        outcomes.extend(orders::end_due(conn, &orders)?);
    }
    Ok(outcomes)
}

fn restore(owner: &mut OwnerTx<'_>) -> QueryResult<()> {
    orders::restore_deadlines(owner)?;
    import::jobs::due::restore(owner)
}
