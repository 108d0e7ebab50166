//! The registry: the shops and memberships in `public`.
//!
//! | file | subject |
//! |---|---|
//! | `shops` | shops and memberships, for members |
//! | `ledger` | all shops with their version and state, for the operator |
//! | `members` | joining a shop, and the members' emails and names in it |

pub mod ledger;
mod members;
mod shops;

pub use members::{join, update_person, update_person_everywhere};
pub(in crate::tenancy) use shops::id_of;
pub use shops::{
    FleetState, RegistryError, Shop, ShopChanges, active_by_slug, find, fleet_state, id_in_path, list_of,
    lock_and_find, membership_by_name, role_in, update,
};
