//! Access: connections that are pinned for one transaction, and which role may do what with a shop.
//!
//! | file | subject |
//! |---|---|
//! | `begin` | the message that begins a transaction |
//! | `connections` | [`TenantConn`], [`PublicConn`] and [`OwnerTx`] |
//! | `credential` | who asks: the session of an access token, or an API key |
//! | `due` | what the product does with what ends by itself |
//! | `prepared` | statements that a connection keeps prepared, for each shop |
//! | `permissions` | which role may do what with a shop and its members |

mod begin;
mod connections;
mod credential;
mod due;
mod permissions;
mod prepared;

pub(in crate::tenancy) use begin::{Mode, NO_TRANSACTION_TIMEOUT, begin, begin_owner};
pub use connections::{
    ChangeRecords, OwnerTx, PersonChange, PublicConn, ShopContext, TenantConn, Transaction, current_setting,
};
pub use credential::{Caller, Credential};
pub use due::{Due, DueWork, EndDue};
pub use permissions::{Action, NotAllowed};
pub use prepared::Prepared;
