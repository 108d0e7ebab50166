//! What the product does with the things in its shops that end by themselves.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use uuid::Uuid;

use crate::tenancy::TenancyError;

use super::connections::{OwnerTx, TenantConn};

/// What became of something that was due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// It has ended now.
    Ended,
    /// It had ended before, was kept for good, or does not exist.
    Settled,
    /// It ends later.
    At(DateTime<Utc>),
    /// Somebody else is changing it.
    Busy,
}

/// Ends what is due of some items of a shop, and says what became of each.
pub type EndDue = fn(&mut TenantConn<'_>, &[Uuid]) -> Result<Vec<(Uuid, Due)>, TenancyError>;

/// The product's part in ending what is due. Both functions run in the transaction that changes the deadlines; the shop's
/// schema is current.
#[derive(Clone, Copy, Debug)]
pub struct DueWork {
    /// Ends items. It must wait for none of them: whoever changes an item may be waiting for its deadline. The user of the
    /// connection is nobody.
    pub end: EndDue,
    /// Sets the deadlines of what an imported shop has.
    pub restore: fn(&mut OwnerTx<'_>) -> QueryResult<()>,
}
