//! What orders hold of a person: changed with the person's address, and erased with the person.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::schema::tenant::orders;
use crate::tenancy::{ChangeRecords, OwnerTx, PersonChange};

/// What the erasure of a person leaves in the orders of that person.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ErasureKeeps {
    /// The note, the shipping address, and an email address that was given for the order alone.
    #[default]
    Orders,
    /// None of these.
    Nothing,
}

impl ErasureKeeps {
    /// What happens to orders when a person changes or is erased.
    pub fn change_records(self) -> ChangeRecords {
        match self {
            Self::Orders => replace_email,
            Self::Nothing => erase_all,
        }
    }
}

/// The orders that have the person's address as their own get the new one.
fn replace_email(owner: &mut OwnerTx<'_>, change: &PersonChange<'_>) -> QueryResult<()> {
    let theirs =
        orders::table.filter(orders::customer_id.eq(change.id).and(orders::email.eq(change.old_email)));
    diesel::update(theirs).set(orders::email.eq(change.new_email)).execute(owner.pg())?;
    Ok(())
}

/// The same; and an erasure removes everything that the customer wrote.
fn erase_all(owner: &mut OwnerTx<'_>, change: &PersonChange<'_>) -> QueryResult<()> {
    if !change.is_erasure {
        return replace_email(owner, change);
    }
    diesel::update(orders::table.filter(orders::customer_id.eq(change.id)))
        .set((
            orders::email.eq(change.new_email),
            orders::note.eq(""),
            orders::shipping_address.eq(None::<serde_json::Value>),
        ))
        .execute(owner.pg())?;
    Ok(())
}
