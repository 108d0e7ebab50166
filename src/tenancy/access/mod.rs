//! Access: connections that are pinned for one transaction, and which role may do what with a shop.
//!
//! | file | subject |
//! |---|---|
//! | `connections` | [`TenantConn`], [`PublicConn`] and [`OwnerTx`] |
//! | `person` | what the product does with its own records of a person |
//! | `permissions` | which role may do what with a shop and its members |

mod connections;
mod permissions;
mod person;

pub(in crate::tenancy) use connections::begin_owner;
pub use connections::{Caller, Credential, OwnerTx, PublicConn, ShopContext, TenantConn, Transaction};
pub use permissions::{Action, NotAllowed};
pub(in crate::tenancy) use person::no_records;
pub use person::{ChangeRecords, PersonChange};
