//! What the product does with its own records of a person, when the person's address changes or the person is erased.

use diesel::result::QueryResult;
use uuid::Uuid;

use super::OwnerTx;

/// A change of a person in one shop.
#[derive(Clone, Copy, Debug)]
pub struct PersonChange<'a> {
    /// The id in `people`.
    pub id: Uuid,
    /// The address that the shop had.
    pub old_email: &'a str,
    /// The address from now on.
    pub new_email: &'a str,
    /// Whether the person is erased.
    pub is_erasure: bool,
}

/// Changes what a shop's tables hold of a person beside `people`. It runs in the transaction that changes `people`; the
/// shop's schema is current.
pub type ChangeRecords = fn(&mut OwnerTx<'_>, &PersonChange<'_>) -> QueryResult<()>;

/// For a product that has no other records of people.
pub(in crate::tenancy) fn no_records(_: &mut OwnerTx<'_>, _: &PersonChange<'_>) -> QueryResult<()> {
    Ok(())
}
