//! Access: connections that are pinned for one transaction, and which role may do what with a shop.
//!
//! | file | subject |
//! |---|---|
//! | `connections` | [`TenantConn`], [`PublicConn`] and [`OwnerTx`] |
//! | `permissions` | which role may do what with a shop and its members |

mod connections;
mod permissions;

pub use connections::{
    Caller, ChangeRecords, Credential, OwnerTx, PersonChange, PublicConn, ShopContext, TenantConn,
    Transaction,
};
pub(in crate::tenancy) use connections::{begin_owner, no_records};
pub use permissions::{Action, NotAllowed};
