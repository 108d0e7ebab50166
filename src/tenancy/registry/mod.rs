//! The registry: which shops and memberships there are in `public`.
//!
//! | file | subject |
//! |---|---|
//! | `shops` | shops and memberships, as members see them |
//! | `ledger` | the same table as the operator reads it: all shops, with their version and state |
//! | `members` | people joining a shop, and what it knows of them |

pub mod ledger;
mod members;
mod shops;

pub use members::{carry, join, rename};
pub(in crate::tenancy) use shops::id_of;
pub use shops::{
    FleetState, RegistryError, Shop, ShopChanges, active_by_slug, find, fleet_state, list_of, lock_and_find,
    membership_by_name, role_in, update,
};
